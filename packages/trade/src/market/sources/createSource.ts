import { UsageError } from "../../core/errors.ts";
import { binanceSource } from "./binance.ts";
import type { Source } from "./source.ts";

/** The sources of bars, by the name that `--source` takes. */
export const SOURCES = ["binance", "binanceusdm"] as const;

/**
 * The source of a name. `ORION_BINANCE_URL` in `env` points Binance's sources elsewhere (a proxy, a local server).
 * @throws UsageError that lists the sources
 */
export function createSource(name: string, env: Readonly<Record<string, string | undefined>> = {}): Source {
  const known = SOURCES.find((s) => s === name);
  if (!known) throw new UsageError(`source '${name}' is not known: choose one of ${SOURCES.join(", ")}`);
  const baseUrl = env.ORION_BINANCE_URL;
  return binanceSource(known, baseUrl ? { baseUrl } : {});
}
