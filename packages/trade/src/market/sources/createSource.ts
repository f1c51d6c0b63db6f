import { UsageError } from "../../core/errors.ts";
import { binanceSource } from "./binance.ts";
import type { Source } from "./source.ts";

interface Entry {
  /** names the variable that points the source elsewhere: a proxy, a local server */
  readonly urlVariable: string;
  create(baseUrl: string | undefined): Source;
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
} as const satisfies Record<string, Entry>;

/** The sources of bars, by the name that `--source` takes. */
export const SOURCES = Object.keys(table) as (keyof typeof table)[];

/**
 * The source of a name. A variable in `env` (`ORION_BINANCE_URL` …) points it elsewhere.
 * @throws UsageError that lists the sources
 */
export function createSource(name: string, env: Readonly<Record<string, string | undefined>> = {}): Source {
  const known = SOURCES.find((s) => s === name);
  if (!known) throw new UsageError(`source '${name}' is not known: choose one of ${SOURCES.join(", ")}`);
  const entry: Entry = table[known];
  return entry.create(env[entry.urlVariable] || undefined);
}
