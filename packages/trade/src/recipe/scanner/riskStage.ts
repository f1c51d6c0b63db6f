import { availableParallelism } from "node:os";
import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import { shareColumns } from "../../store/sharedBars.ts";
import { onThreads } from "../manySymbols/onThreads.ts";
import { type CandidateRow, placesBySymbol, scannerLabeler } from "./candidateRows.ts";
import type { RiskAnswer, RiskTask, RiskThread } from "./riskWorker.ts";
import type { ScannerBars } from "./scannerBars.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import type { NamedColumns } from "./scannerTable.ts";
import { RISK_COLUMNS } from "./symbolRisk.ts";

/** The risk figures of every candidate row, and how often each way of telling them was taken. */
export interface RiskColumns extends NamedColumns {
  readonly methods: Readonly<Record<string, number>>;
}

/**
 * Volatility and dependence of each candidate as of its bar, on all cores, symbol by symbol. Nothing is fitted over rows: a
 * row's figures depend on the bars up to it alone, so no fold is needed.
 */
export async function riskStage(
  recipe: ScannerRecipe,
  { bars, indices }: ScannerBars,
  rows: readonly CandidateRow[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: OnProgress | undefined;
    readonly threads?: number;
  },
): Promise<RiskColumns> {
  const symbols = placesBySymbol(rows);
  const tasks = symbols.map(
    ([index, places]): RiskTask => ({
      bars: shareColumns(bars[index]!),
      rows: Int32Array.from(places, (place) => rows[place]!.row),
    }),
  );
  const columns = RISK_COLUMNS.map(() => new Float64Array(rows.length).fill(Number.NaN));
  const methods: Record<string, number> = {};
  const began = performance.now();
  let done = 0;
  const workerData: RiskThread = {
    indices: [shareColumns(indices[0]), shareColumns(indices[1])],
    windowBars: recipe.risk.windowBars,
    barMs: timeframeMs(recipe.universe.timeframe),
    horizon: scannerLabeler(recipe).horizonBars,
  };
  const script = new URL("../../../dist/recipe/scanner/riskWorker.js", import.meta.url);
  const threads = options.threads ?? availableParallelism();
  await onThreads<RiskTask, RiskAnswer>(
    { script, workerData, tasks, threads, signal: options.signal },
    (answer, i) => {
      const places = symbols[i]![1];
      for (const [k, place] of places.entries()) {
        for (const [c, column] of columns.entries()) column[place] = answer.values[k * columns.length + c]!;
        // the reason without its numbers
        const way = answer.methods[k]!.split(": ").slice(0, 2).join(": ");
        methods[way] = (methods[way] ?? 0) + 1;
      }
      done += places.length;
      const secondsLeft = ((performance.now() - began) / 1000 / done) * (rows.length - done);
      options.onProgress?.({ stage: "volatility and dependence", done, total: rows.length, secondsLeft });
    },
  );
  return { names: RISK_COLUMNS, columns, methods };
}
