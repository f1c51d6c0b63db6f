import type { BarSeries } from "../../market/bars.ts";
import { sliceBars } from "../../market/bars.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import { DROP_REASONS, type DropReason, judge } from "./dropReasons.ts";
import { barsNeeded, MEASURES, type MeasureColumns, measureColumns, measureRow } from "./momentumMeasures.ts";
import { momentumScore } from "./momentumScore.ts";
import { parseScanOptions, type ScanOptionsInput } from "./scanOptions.ts";
import { isStill, orderFault, rowFault } from "./soundTail.ts";

/** What a scan as of each bar's close would say of one symbol; T rows. */
export interface MomentumHistory {
  readonly instrument: string;
  readonly length: number;
  /** ms UTC */
  readonly closeTime: Float64Array;
  readonly close: Float64Array;
  /** 0 to 100; NaN in rows in which the symbol drops out */
  readonly score: Float64Array;
  /** 0, or 1 plus the place in `DROP_REASONS` */
  readonly dropped: Uint8Array;
  readonly measures: MeasureColumns;
}

/**
 * The score at every bar, from that bar and those before it alone: row t is what `momentumScan` of these bars as of their t-th
 * close gives, within 1e-6 (averages here remember from the first bar on, there from `tailBars` before). Whether a symbol is
 * stale depends on the others: `candidatesByDay` tells. Cost: O(T).
 * @throws UsageError for options that do not fit
 */
export function momentumHistory(bars: BarSeries, options: ScanOptionsInput = {}): MomentumHistory {
  const checked = parseScanOptions(options);
  const { windows } = checked;
  const needed = barsNeeded(windows);
  const length = bars.length;
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  const score = column();
  const dropped = new Uint8Array(length);
  const measures = Object.fromEntries(MEASURES.map((name) => [name, column()])) as Record<
    (typeof MEASURES)[number],
    Float64Array
  >;
  const history = {
    instrument: bars.instrument,
    length,
    closeTime: bars.closeTime,
    close: bars.close,
    score,
    dropped,
    measures,
  };
  if (orderFault(bars)) {
    dropped.fill(codeOf("unsorted"));
    return history;
  }
  for (let from = 0; from < length; ) {
    let to = from;
    while (to < length && rowFault(bars, to) === null) to++;
    const columns = measureColumns(sliceBars(bars, from, to), windows);
    for (const name of MEASURES) measures[name].set(columns[name], from);
    let stillBars = 0;
    for (let t = from; t < to; t++) {
      stillBars = t > from && isStill(bars, t) ? stillBars + 1 : 0;
      if (t - from + 1 < needed) {
        dropped[t] = codeOf(from > 0 ? "broken" : "short");
        continue;
      }
      const row = measureRow(measures, t);
      const reason = judge(bars.close[t]!, row, stillBars, checked);
      if (reason) dropped[t] = codeOf(reason);
      else score[t] = momentumScore(row, checked);
    }
    if (to < length) dropped[to] = codeOf("broken");
    from = to + 1;
  }
  return history;
}

/** Why row t is no candidate, or null. */
export function dropReasonAt(history: MomentumHistory, t: number): DropReason | null {
  return DROP_REASONS[history.dropped[t]! - 1] ?? null;
}

/** Row t as the scan of that bar gives it; only where it has a score. */
export function candidateAt(history: MomentumHistory, t: number): Candidate {
  const { instrument, closeTime, close, score, measures } = history;
  return candidateOf(instrument, closeTime[t]!, close[t]!, score[t]!, measureRow(measures, t));
}

function codeOf(reason: DropReason): number {
  return DROP_REASONS.indexOf(reason) + 1;
}
