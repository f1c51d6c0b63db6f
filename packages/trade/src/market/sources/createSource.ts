import { UsageError } from "../../core/errors.ts";
import { alpacaSource } from "./alpaca/alpaca.ts";
import { ALPACA_FEEDS } from "./alpaca/alpacaClient.ts";
import { withFallback } from "./alpaca/withFallback.ts";
import { binanceSource } from "./binance.ts";
import { schwabSource } from "./schwab/schwab.ts";
import { type TokenKeeper, tokensInMemory } from "./schwab/schwabTokens.ts";
import type { Source } from "./source.ts";
import { yahooSource } from "./yahoo/yahoo.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a source needs beside its environment. */
export interface SourceOptions {
  /** the source that stands in for Alpaca where it cannot serve */
  readonly fallback?: string;
  /** lines for the user: why another source stands in, a sign-in that ends soon */
  readonly notice?: (line: string) => void;
  /** where Schwab's tokens are kept; default nowhere */
  readonly schwabTokens?: TokenKeeper;
}

interface Entry {
  /** names the variable that points the source elsewhere: a proxy, a local server */
  readonly urlVariable: string;
  create(baseUrl: string | undefined, env: Environment, options: SourceOptions): Source;
}

const table = {
  binance: {
    urlVariable: "ORION_BINANCE_URL",
    create: (baseUrl) => binanceSource("binance", baseUrl ? { baseUrl } : {}),
  },
  binanceusdm: {
    urlVariable: "ORION_BINANCE_URL",
    create: (baseUrl) => binanceSource("binanceusdm", baseUrl ? { baseUrl } : {}),
  },
  alpaca: {
    urlVariable: "ORION_ALPACA_URL",
    create: (baseUrl, env) => {
      const { APCA_API_KEY_ID: keyId, APCA_API_SECRET_KEY: secretKey, ORION_ALPACA_FEED: feedName } = env;
      const feed = ALPACA_FEEDS.find((f) => f === (feedName || "iex"));
      if (!feed) {
        throw new UsageError(
          `ORION_ALPACA_FEED '${feedName}' is not known: choose one of ${ALPACA_FEEDS.join(", ")}`,
        );
      }
      return alpacaSource({
        feed,
        ...(baseUrl ? { baseUrl } : {}),
        ...(keyId ? { keyId } : {}),
        ...(secretKey ? { secretKey } : {}),
      });
    },
  },
  schwab: {
    urlVariable: "ORION_SCHWAB_URL",
    create: (baseUrl, env, { schwabTokens, notice }) => {
      const {
        SCHWAB_CLIENT_ID: clientId,
        SCHWAB_CLIENT_SECRET: clientSecret,
        SCHWAB_REFRESH_TOKEN: token,
      } = env;
      // a token of the environment: Schwab alone knows when it ends
      const given = token
        ? tokensInMemory({ accessToken: null, accessEndsAt: 0, refreshToken: token, refreshEndsAt: null })
        : undefined;
      return schwabSource({
        tokens: given ?? schwabTokens ?? tokensInMemory(null),
        ...(notice ? { notice } : {}),
        ...(baseUrl ? { baseUrl } : {}),
        ...(clientId ? { clientId } : {}),
        ...(clientSecret ? { clientSecret } : {}),
      });
    },
  },
  yahoo: {
    urlVariable: "ORION_YAHOO_URL",
    create: (baseUrl) => yahooSource(baseUrl ? { baseUrl } : {}),
  },
} as const satisfies Record<string, Entry>;

/** The sources of bars, by the name that `--source` takes. */
export const SOURCES = Object.keys(table) as (keyof typeof table)[];

/**
 * The source of a name. A variable in `env` (`ORION_BINANCE_URL` …) points it elsewhere; keys come from `env` alone.
 * @throws UsageError that lists the sources
 */
export function createSource(name: string, env: Environment = {}, options: SourceOptions = {}): Source {
  const known = SOURCES.find((s) => s === name);
  if (!known) throw new UsageError(`source '${name}' is not known: choose one of ${SOURCES.join(", ")}`);
  const entry: Entry = table[known];
  const source = entry.create(env[entry.urlVariable] || undefined, env, options);
  const { fallback, notice = () => {} } = options;
  if (fallback === undefined) return source;
  if (known !== "alpaca" || fallback !== "yahoo") {
    throw new UsageError("--fallback stands in for alpaca, and is yahoo: leave it out for other sources");
  }
  return withFallback(source, createSource(fallback, env), notice);
}
