import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { Table } from "../../models/tabular/tabularModel.ts";
import { riskScore } from "../../signals/riskScore.ts";
import type { CandidateRow } from "./candidateRows.ts";
import { riskMeasuresOf } from "./riskMeasures.ts";
import { riskStage } from "./riskStage.ts";
import type { ScannerBars } from "./scannerBars.ts";
import type { ScannerModel } from "./scannerModel.ts";
import { featureColumns, tableOf } from "./scannerTable.ts";
import { forecastMoments } from "./timeframeNet.ts";
import { timeframeParts, timeframeRows } from "./timeframeRows.ts";
import { timeframeColumns } from "./trainScanner.ts";

/** What a trained model says of many candidates of many days. */
export interface JudgedRows {
  readonly table: Table;
  /** [rows, 3] calibrated */
  readonly probabilities: Float32Array;
  /** [rows] place in BUY, HOLD, SELL */
  readonly decision: Uint8Array;
  /** [rows] 1 to 10, NaN where it cannot be told */
  readonly risk: Float64Array;
}

/**
 * Judges candidates of the past with a trained model, each from what had closed by its day: all stages as in a live scan, but
 * over many days at once.
 */
export async function judgeRows(
  model: ScannerModel,
  bars: ScannerBars,
  rows: readonly CandidateRow[],
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: OnProgress | undefined } = {},
): Promise<JudgedRows> {
  const { recipe } = model.manifest;
  const features = await featureColumns(recipe, bars.bars, rows, options);
  const parts = timeframeParts(recipe);
  const moments = rows.map(({ symbol, time }) => ({ symbol, time }));
  const at = rows.reduce((last, row) => Math.max(last, row.time), Number.NEGATIVE_INFINITY);
  const asked = new Set(rows.map((row) => row.symbol));
  const sources = bars.sources.filter(({ symbol }) => asked.has(symbol));
  const forecasts = [];
  for (const [i, { timeframe }] of model.manifest.timeframes.entries()) {
    options.signal?.throwIfAborted();
    const net = model.nets.get(timeframe);
    const stepMs = recipe.universe.market === "stock" ? null : timeframeMs(timeframe);
    const data = net && timeframeRows(parts, sources, timeframe, at, stepMs);
    const empty = (): Float32Array => new Float32Array(rows.length).fill(Number.NaN);
    const told =
      net && data
        ? await forecastMoments(net, data, moments, options.signal)
        : { expected: empty(), edge: empty() };
    forecasts.push({ timeframe, ...told });
    const total = model.manifest.timeframes.length;
    options.onProgress?.({
      stage: "timeframe networks",
      done: i + 1,
      total,
      secondsLeft: null,
      note: timeframe,
    });
  }
  const risk = await riskStage(recipe, bars, rows, options);
  const table = tableOf([features, timeframeColumns(forecasts), risk], rows.length);
  const votes = await model.stack.votes(table, options.signal ? { signal: options.signal } : {});
  return {
    table,
    probabilities: votes.answer,
    decision: votes.decision,
    risk: Float64Array.from(rows, (_, i) => riskScore(riskMeasuresOf(risk, i, recipe))),
  };
}

/** Places of the rows that the recipe's filter makes signals, best confidence first, ties by symbol, at most `top`. */
export function chosenPlaces(
  model: ScannerModel,
  rows: readonly CandidateRow[],
  judged: JudgedRows,
  places: readonly number[],
): number[] {
  const { minConfidence, maxRisk, top } = model.manifest.recipe.signals;
  const confidence = (place: number): number => judged.probabilities[place * SIGNALS.length]!;
  return places
    .filter(
      (place) =>
        judged.decision[place] === 0 && confidence(place) >= minConfidence && judged.risk[place]! <= maxRisk,
    )
    .sort((a, b) => confidence(b) - confidence(a) || (rows[a]!.symbol < rows[b]!.symbol ? -1 : 1))
    .slice(0, top);
}
