import type { Metrics } from "./metrics.ts";

/** What the seeds promise, beside what was measured. */
export interface Goal {
  readonly name: keyof Metrics;
  /** how the measured value has to lie to the target */
  readonly wanted: "above" | "below";
  readonly target: number;
  readonly measured: number | null;
  /** false too where nothing could be measured */
  readonly met: boolean;
}

const GOALS = [
  { name: "sharpe", wanted: "above", target: 1.5 },
  { name: "maxDrawdown", wanted: "below", target: 0.15 },
  { name: "winRate", wanted: "above", target: 0.65 },
  { name: "profitFactor", wanted: "above", target: 1.8 },
  { name: "meanWinningTrade", wanted: "above", target: 0.02 },
] as const;

export function goalsOf(metrics: Metrics): readonly Goal[] {
  return GOALS.map(({ name, wanted, target }) => {
    const measured = metrics[name];
    const met = measured !== null && (wanted === "above" ? measured > target : measured < target);
    return { name, wanted, target, measured, met };
  });
}
