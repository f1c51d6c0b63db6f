import { UsageError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { checkMarket } from "../market/index.ts";
import { importFactors } from "../store/index.ts";
import { workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import type { ImportOptions, Issue } from "./storedData.ts";

/** Factors of one instrument as imported: `rows` of them, from the first day that a row names to the last. */
export interface FactorsLine {
  rows: number;
  symbol: string;
  market: string;
  kind: "factors";
  timeframe: null;
  from: string;
  to: string;
  source: string;
  issues: readonly Issue[];
}

/**
 * Imports files of split and dividend factors; each file as a whole or not at all.
 * @throws UsageError for options that factors have no use for
 */
export async function importFactorFiles(
  context: PipelineContext,
  files: readonly string[],
  options: ImportOptions,
): Promise<FactorsLine[]> {
  if (options.timeframe !== undefined)
    throw new UsageError("--timeframe: factors hold for whole days and have none; leave it out");
  const workspace = await workspaceOf(context);
  const market = checkMarket(options.market);
  const lines: FactorsLine[] = [];
  for (const file of files) {
    context.signal?.throwIfAborted();
    const stored = await importFactors(workspace, {
      file,
      market,
      ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
      replace: options.replace ?? false,
    });
    for (const { symbol, rows, from, to, source } of stored) {
      lines.push({
        rows,
        symbol,
        market,
        kind: "factors",
        timeframe: null,
        from: isoTime(from),
        to: isoTime(to),
        source,
        issues: [],
      });
    }
  }
  return lines;
}
