import { DataError } from "../../core/errors.ts";
import { type Candidate, topRanked } from "./candidate.ts";
import { candidateAt, type MomentumHistory } from "./momentumHistory.ts";
import { parseScanOptions, type ScanOptionsInput } from "./scanOptions.ts";
import { quorum } from "./universeClock.ts";

export interface DayCandidates {
  /** close of the universe's bar, ms UTC */
  readonly asOf: number;
  /** best score first, equal scores by symbol; empty where nothing can be ranked yet */
  readonly candidates: readonly Candidate[];
}

/**
 * The candidates of every bar of the universe, oldest first: each what `momentumScan` as of that moment gives, so that training
 * and a backtest choose from what could be chosen then. A close that fewer than one in twenty symbols has is no bar of the universe.
 * @param range closes from .. to, ms UTC; default all
 * @throws DataError when there is no history
 */
export function* candidatesByDay(
  histories: readonly MomentumHistory[],
  options: ScanOptionsInput = {},
  range: { readonly from?: number; readonly to?: number } = {},
): Generator<DayCandidates> {
  const { top, filters } = parseScanOptions(options);
  if (histories.length === 0)
    throw new DataError("scan: the universe is empty: give the history of at least one symbol");
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = range;
  // times of a series that does not ascend say nothing
  const usable = histories.filter(({ closeTime, length }) => {
    for (let t = 1; t < length; t++) if (!(closeTime[t]! > closeTime[t - 1]!)) return false;
    return length > 0 && Number.isFinite(closeTime[0]);
  });
  const clock = clockOf(usable);
  const next = new Uint32Array(usable.length);
  const placeOfLast = new Uint32Array(usable.length);
  for (let place = 0; place < clock.length; place++) {
    const asOf = clock[place]!;
    if (asOf > to) return;
    let reached = 0;
    let begun = 0;
    for (let s = 0; s < usable.length; s++) {
      const row = next[s]!;
      if (row < usable[s]!.length && usable[s]!.closeTime[row] === asOf) {
        next[s] = row + 1;
        placeOfLast[s] = place;
        reached++;
      }
      if (next[s]! > 0) begun++;
    }
    if (asOf < from || reached < quorum(begun)) continue;
    const ranked: { symbol: string; score: number; history: MomentumHistory; row: number }[] = [];
    for (let s = 0; s < usable.length; s++) {
      const row = next[s]! - 1;
      if (row < 0 || place - placeOfLast[s]! > filters.staleBars) continue;
      const history = usable[s]!;
      const score = history.score[row]!;
      if (!Number.isNaN(score)) ranked.push({ symbol: history.instrument, score, history, row });
    }
    yield { asOf, candidates: topRanked(ranked, top).map(({ history, row }) => candidateAt(history, row)) };
  }
}

/** All closes that any of them has, each once, ascending. */
function clockOf(histories: readonly MomentumHistory[]): Float64Array {
  const times = new Set<number>();
  for (const { closeTime, length } of histories) for (let t = 0; t < length; t++) times.add(closeTime[t]!);
  return Float64Array.from(times).sort();
}
