import { lowerBound, upperBound } from "../../../core/columns.ts";
import { seededRandom } from "../../../core/random.ts";
import { unionPanel } from "../../../market/panel/unionPanel.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { ScannerRows } from "./scannerTraining.ts";

/**
 * Times (ms UTC, ascending) at which the bars are cut off and changed: both sides of the split's boundaries, closes drawn from
 * equal stretches of the universe's days, half of them days of decision, and closes of the shortest stored bars, which lie
 * within the bars of longer timeframes.
 */
export function scannerMoments(
  bars: ScannerBars,
  all: readonly CandidateRow[],
  { split, at }: ScannerRows,
  { count, seed }: { readonly count: number; readonly seed: number },
): number[] {
  const random = seededRandom(seed);
  const { closeTime: clock } = unionPanel(bars.bars);
  const decisions = Float64Array.from(new Set(all.map((row) => row.time))).sort();
  const first = decisions[0] ?? 0;
  const found = new Set<number>();
  const draw = (times: Float64Array, number: number): void => {
    const begin = Math.min(upperBound(times, first), times.length - 1);
    for (let k = 0; k < number; k++)
      found.add(times[begin + Math.floor(((k + random.next()) / number) * (times.length - begin))]!);
  };
  for (const moment of [split.train.to, split.validation.from, split.test.from])
    found.add(clock[lowerBound(clock, moment)]!);
  const intraday = shortest(bars, first, at);
  const within = intraday ? Math.max(2, Math.ceil(count / 4)) : 0;
  const rest = Math.max(2, count - found.size - within);
  draw(decisions, Math.ceil(rest / 2));
  draw(clock, Math.floor(rest / 2));
  if (intraday) draw(intraday, within);
  return [...found].filter((time) => time <= at).sort((a, b) => a - b);
}

/**
 * Closes, from `first` to the universe's last, of the series with the most bars among those that are shorter than the universe's; a session's last ones
 * are left out: within a session bars of longer timeframes are unfinished.
 */
function shortest(bars: ScannerBars, first: number, at: number): Float64Array | undefined {
  const [times] = bars.sources
    .flatMap(({ sources }) => sources.slice(1))
    .map(({ bars: { closeTime } }) =>
      closeTime.subarray(upperBound(closeTime, first), upperBound(closeTime, at)),
    )
    .sort((a, b) => b.length - a.length);
  if (!times || times.length < 2) return undefined;
  const steps = times.subarray(1).map((time, i) => time - times[i]!);
  const step = steps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return times.filter((_, i) => steps[i] === step);
}
