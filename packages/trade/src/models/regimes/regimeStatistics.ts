import { DataError } from "../../core/errors.ts";
import { type Interval, wilsonInterval } from "../evaluation/intervals.ts";

export interface TransitionRow {
  readonly state: string;
  /** steps from this state to a known one */
  readonly steps: number;
  /** by state: how often, the share of `steps` (null without any), and its 95 % Wilson interval */
  readonly to: readonly {
    readonly state: string;
    readonly count: number;
    readonly share: number | null;
    readonly interval: Interval;
  }[];
}

export interface DurationRow {
  readonly state: string;
  /** rows in the state, and their share of the rows with one */
  readonly rows: number;
  readonly occupancy: number;
  /** runs whose beginning and end were both seen; of these the durations in bars, null without any */
  readonly spells: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly longest: number | null;
  /** runs cut off by the beginning, the end or missing rows: they are longer than what was seen, and not in the means */
  readonly cutOff: number;
  /** 1 / (1 - P(stay)), bars, of a chain that forgets; null where the state was never left */
  readonly expected: number | null;
  /** the same at the two ends of the interval of P(stay); `high` null without bound */
  readonly expectedInterval: { readonly low: number; readonly high: number | null };
}

export interface RegimeStatistics {
  readonly rows: number;
  /** steps between two rows with a state, of which so many to another one */
  readonly steps: number;
  readonly changes: number;
  readonly transitions: readonly TransitionRow[];
  readonly durations: readonly DurationRow[];
}

/**
 * What a sequence of states tells of staying and leaving. P(j | i) is n[i, j] / Σ_j n[i, j], the maximum likelihood estimate of a
 * Markov chain (Anderson and Goodman 1957); its Wilson interval counts every step as one observation, which holds for a chain: of
 * labels from overlapping windows and with a shortest duration, spells and not steps are what was observed, and the intervals are too narrow.
 * @param states [T] places in `names`, -1 where missing
 * @throws DataError when no row has a state
 */
export function regimeStatistics(states: ArrayLike<number>, names: readonly string[]): RegimeStatistics {
  const K = names.length;
  const counts = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  const rows = new Array<number>(K).fill(0);
  const spells: number[][] = names.map(() => []);
  const cutOff = new Array<number>(K).fill(0);
  let known = 0;
  for (let from = 0; from < states.length; ) {
    const state = states[from]!;
    if (!(Number.isInteger(state) && state >= -1 && state < K))
      throw new DataError(`regimes: row ${from} holds ${state}, which is none of ${K} states`);
    let to = from + 1;
    while (to < states.length && states[to] === state) to++;
    if (state >= 0) {
      const length = to - from;
      known += length;
      rows[state]! += length;
      counts[state]![state]! += length - 1;
      const next = states[to] ?? -1;
      if (next >= 0 && next < K) counts[state]![next]! += 1;
      if (next >= 0 && (states[from - 1] ?? -1) >= 0) spells[state]!.push(length);
      else cutOff[state]! += 1;
    }
    from = to;
  }
  if (known === 0) throw new DataError("regimes: no row has a regime: give more bars");
  const steps = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const all = steps.reduce((a, b) => a + b, 0);
  const stayed = counts.reduce((sum, row, k) => sum + row[k]!, 0);
  return {
    rows: known,
    steps: all,
    changes: all - stayed,
    transitions: names.map((state, i) => ({
      state,
      steps: steps[i]!,
      to: names.map((other, j) => ({
        state: other,
        count: counts[i]![j]!,
        share: steps[i]! > 0 ? counts[i]![j]! / steps[i]! : null,
        interval: wilsonInterval(counts[i]![j]!, steps[i]!),
      })),
    })),
    durations: names.map((state, k) => ({
      state,
      rows: rows[k]!,
      occupancy: rows[k]! / known,
      cutOff: cutOff[k]!,
      ...describeSpells(spells[k]!),
      ...expectedDuration(counts[k]![k]!, steps[k]!),
    })),
  };
}

function describeSpells(
  spells: readonly number[],
): Pick<DurationRow, "spells" | "mean" | "median" | "longest"> {
  const n = spells.length;
  if (n === 0) return { spells: 0, mean: null, median: null, longest: null };
  const sorted = [...spells].sort((a, b) => a - b);
  return {
    spells: n,
    mean: sorted.reduce((a, b) => a + b, 0) / n,
    median: (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2,
    longest: sorted[n - 1]!,
  };
}

function expectedDuration(stayed: number, steps: number): Pick<DurationRow, "expected" | "expectedInterval"> {
  const { low, high } = wilsonInterval(stayed, steps);
  return {
    expected: steps > stayed ? steps / (steps - stayed) : null,
    expectedInterval: { low: 1 / (1 - low), high: high < 1 ? 1 / (1 - high) : null },
  };
}
