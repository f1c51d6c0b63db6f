import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { SchwabSession } from "../market/sources/schwab/schwabSession.ts";
import { schwabTokensSchema, type TokenKeeper } from "../market/sources/schwab/schwabTokens.ts";
import { checkSecret, readSecret, type Workspace, writeSecret } from "../store/index.ts";
import { workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Schwab's tokens in the workspace, encrypted with `ORION_SECRET`. */
export function schwabTokenKeeper(workspace: Workspace, env: Environment): TokenKeeper {
  return {
    async load() {
      const value = await readSecret(workspace, "schwab", env.ORION_SECRET);
      if (value === null) return null;
      const parsed = schwabTokensSchema.safeParse(value);
      if (parsed.success) return parsed.data;
      throw new DataError(
        "the stored tokens of schwab are damaged: sign in again with: orion data login schwab",
      );
    },
    save: (tokens) => writeSecret(workspace, "schwab", tokens, env.ORION_SECRET),
  };
}

export interface SignedIn {
  readonly source: "schwab";
  /** ISO 8601; then the user signs in again */
  readonly endsAt: string;
}

/**
 * Signs in at Schwab: `paste` shows the address that the user opens in a browser, and returns what the browser ended on.
 * @throws UsageError for missing keys, a missing ORION_SECRET (before anything is asked for) and a code that is not taken
 */
export async function signInSchwab(
  context: PipelineContext,
  env: Environment,
  paste: (authorizeUrl: string) => Promise<string>,
): Promise<SignedIn> {
  const workspace = await workspaceOf(context);
  const tokens = schwabTokenKeeper(workspace, env);
  checkSecret(env.ORION_SECRET);
  const {
    SCHWAB_CLIENT_ID: clientId,
    SCHWAB_CLIENT_SECRET: clientSecret,
    SCHWAB_REDIRECT_URI: redirectUri,
    ORION_SCHWAB_URL: baseUrl,
  } = env;
  const session = await SchwabSession.open({
    tokens,
    clock: () => context.now(),
    ...(clientId ? { clientId } : {}),
    ...(clientSecret ? { clientSecret } : {}),
    ...(redirectUri ? { redirectUri } : {}),
    ...(baseUrl ? { baseUrl } : {}),
  });
  const pasted = await paste(session.authorizeUrl());
  const { refreshEndsAt } = await session.signIn(pasted, context.signal ? { signal: context.signal } : {});
  return { source: "schwab", endsAt: isoTime(refreshEndsAt) };
}
