import { createPart } from "../../core/parts.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import { type Labeler, labelParts } from "../../labels/index.ts";
import { type BarSeries, singlePanel } from "../../market/bars.ts";
import {
  type Candidate,
  candidatesByDay,
  momentumHistory,
  type ScanOptionsInput,
} from "../../signals/momentumScan/index.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { stageClock } from "./stageClock.ts";

/** A symbol that the scan chose on a day of decision, and what became of it. */
export interface CandidateRow {
  readonly symbol: string;
  /** place of the symbol in the universe, and of the bar among its own */
  readonly index: number;
  readonly row: number;
  /** the universe's close at which it was chosen, ms UTC */
  readonly time: number;
  readonly candidate: Candidate;
  /** 0 BUY, 1 HOLD, 2 SELL; NaN where the outcome is not known yet */
  readonly class: number;
  /** over the label's horizon, a fraction */
  readonly forwardReturn: number;
  /** ms UTC; Infinity where it is not known */
  readonly knownAt: number;
}

export function scannerLabeler(recipe: ScannerRecipe): Labeler {
  return createPart<Labeler>(labelParts, recipe.label, "label");
}

/**
 * The candidates of every k-th bar of the universe, oldest first, each as the scan of that moment would have chosen it. A row
 * whose features would reach before the first bar is left out: its values would depend on where the history begins.
 * @param lookback bars before a row that its features read
 */
export function candidateRows(
  recipe: ScannerRecipe,
  bars: readonly BarSeries[],
  lookback: number,
  range: { readonly from?: number; readonly to?: number } = {},
  onProgress?: OnProgress,
): CandidateRow[] {
  const options = recipe.scan as ScanOptionsInput;
  const labeler = scannerLabeler(recipe);
  const index = new Map(bars.map((one, i) => [one.instrument, i]));
  const places = bars.map((one) => new Map(Array.from(one.closeTime, (time, row) => [time, row])));
  // the measures and labels of a symbol cost twice what it costs to rank it on all of its days
  const clock = stageClock("candidates by day", 3 * bars.length, onProgress);
  const measured = bars.map((one) => {
    const both = { history: momentumHistory(one, options), label: labeler.label(singlePanel(one)) };
    clock.done(2, one.instrument);
    return both;
  });
  const days = bars.reduce((most, { length }) => Math.max(most, length), 1);
  const found: CandidateRow[] = [];
  let day = 0;
  for (const { asOf, candidates } of candidatesByDay(
    measured.map(({ history }) => history),
    options,
    range,
  )) {
    clock.at(bars.length * Math.min(1, day / days), isoTime(asOf).slice(0, 10));
    if (day++ % recipe.everyBars !== 0) continue;
    for (const candidate of candidates) {
      const i = index.get(candidate.symbol)!;
      const row = places[i]!.get(candidate.asOf)!;
      if (row < lookback) continue;
      const { values, knownAt } = measured[i]!.label;
      found.push({
        symbol: candidate.symbol,
        index: i,
        row,
        time: asOf,
        candidate,
        class: values[0]![row]!,
        forwardReturn: values[1]![row]!,
        knownAt: knownAt[row]!,
      });
    }
  }
  return found;
}

/** By symbol, in the order of the universe, the places of its rows. */
export function placesBySymbol(rows: readonly CandidateRow[]): [index: number, places: number[]][] {
  const found = new Map<number, number[]>();
  for (const [place, { index }] of rows.entries()) {
    const places = found.get(index);
    if (places) places.push(place);
    else found.set(index, [place]);
  }
  return [...found].sort(([a], [b]) => a - b);
}

/** What the scan measured, as columns for the models; free of scale. */
export const MOMENTUM_COLUMNS = [
  "scanScore",
  "scanRsi",
  "scanRvol",
  "scanPercentChange",
  "scanGap",
  "scanDollarVolumeLog10",
  "scanHighDistance",
] as const;

export function momentumValues(candidate: Candidate): number[] {
  return [
    candidate.momentum_score,
    candidate.rsi,
    candidate.rvol,
    candidate.percentChange,
    candidate.gap,
    Math.log10(candidate.dollarVolume),
    candidate.distanceTo52WeekHigh,
  ];
}
