import { messageOf, OrionError } from "../core/errors.ts";
import { createSource, membersAt, SOURCES } from "../market/index.ts";
import type { SourceInfo, SourcesResponse, UniverseInfo } from "../wire/data.ts";
import { loadUniverse, UNIVERSES } from "./loadUniverse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** What bars can be downloaded from here, and the symbols of the universes that come with Orion as of now. */
export async function describeSources(
  context: PipelineContext,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SourcesResponse> {
  const universes: UniverseInfo[] = [];
  for (const name of UNIVERSES) {
    const members = membersAt(await loadUniverse(name), context.now());
    const of = (market: string): string[] => [
      ...new Set(members.filter((m) => m.market === market).map((m) => m.symbol)),
    ];
    universes.push({ name, spot: of("spot"), futures: of("futures"), stock: of("stock") });
  }
  return { sources: SOURCES.map((name) => describe(name, env)), universes };
}

/** Where a source's keys are taken from, and what to do for them. */
const keys: Readonly<Record<string, { variables: readonly string[]; mend: string }>> = {
  alpaca: {
    variables: ["APCA_API_KEY_ID", "APCA_API_SECRET_KEY"],
    mend: "and start Orion again, or let Yahoo stand in",
  },
  schwab: {
    variables: ["SCHWAB_CLIENT_ID", "SCHWAB_CLIENT_SECRET"],
    mend: "of an app of developer.schwab.com, sign in on the command line, and start Orion again",
  },
};

/** @returns null, or in one line which variables are not set */
function missingOf(name: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const needed = keys[name];
  const missing = needed?.variables.filter((variable) => !env[variable]) ?? [];
  return missing.length === 0 ? null : `${name} needs keys: set ${missing.join(" and ")} ${needed!.mend}`;
}

function describe(name: string, env: Readonly<Record<string, string | undefined>>): SourceInfo {
  try {
    const source = createSource(name, env);
    return {
      name,
      market: source.market,
      kinds: [
        "bars",
        ...("fetchMark" in source ? ["mark" as const] : []),
        ...("fetchFunding" in source ? ["funding" as const] : []),
        ...("fetchOpenInterest" in source ? ["openInterest" as const] : []),
      ],
      missing: missingOf(name, env),
    };
  } catch (thrown) {
    // a variable that points it elsewhere or chooses its feed is not understood
    if (!(thrown instanceof OrionError)) throw thrown;
    return { name, market: "stock", kinds: ["bars"], missing: messageOf(thrown) };
  }
}
