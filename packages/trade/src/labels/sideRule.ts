import { z } from "zod";

/** A rule that takes a side at each close; a stand-in for a primary model, or the one to be judged. */
export const sideRule = z.discriminatedUnion("kind", [
  /** with the trend: 1 while the mean of the last `fastBars` closes is above that of the last `slowBars`, -1 while below */
  z
    .strictObject({
      kind: z.literal("movingAverageCross"),
      fastBars: z.int().min(1).max(100_000),
      slowBars: z.int().min(2).max(100_000),
    })
    .refine((c) => c.fastBars < c.slowBars, {
      path: ["fastBars"],
      message: "the fast mean must be of fewer bars than the slow one",
    }),
  /** against the move: -1 above the mean of `windowBars` closes plus `deviations` of them, 1 below it less as much, else 0 */
  z.strictObject({
    kind: z.literal("bollinger"),
    windowBars: z.int().min(2).max(100_000),
    deviations: z.number().positive().max(100),
  }),
]);
export type SideRule = z.output<typeof sideRule>;

/**
 * The side of each row, known at its close: 1 long, -1 short, 0 none; NaN while the rule's bars are not all there.
 * Source: exercises 3.4 and 3.5 of Lopez de Prado 2018, which judge these two rules by meta-labels.
 */
export function sidesOf(rule: SideRule, close: Float64Array): Float64Array {
  if (rule.kind === "movingAverageCross") {
    const fast = trailing(close, rule.fastBars);
    const slow = trailing(close, rule.slowBars);
    return fast.mean.map((f, t) => Math.sign(f - slow.mean[t]!));
  }
  const { mean, deviation } = trailing(close, rule.windowBars);
  return mean.map((m, t) => {
    const band = rule.deviations * deviation[t]!;
    return Number.isNaN(m) ? Number.NaN : close[t]! > m + band ? -1 : close[t]! < m - band ? 1 : 0;
  });
}

/** Mean and population deviation (Bollinger's) of the last `bars` prices, each window summed anew; NaN beside a missing one. */
function trailing(close: Float64Array, bars: number): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(close.length).fill(Number.NaN);
  const deviation = mean.slice();
  let run = 0;
  for (let t = 0; t < close.length; t++) {
    run = close[t]! > 0 && close[t]! < Number.POSITIVE_INFINITY ? run + 1 : 0;
    if (run < bars) continue;
    let sum = 0;
    for (let i = t - bars + 1; i <= t; i++) sum += close[i]!;
    const average = sum / bars;
    let squares = 0;
    for (let i = t - bars + 1; i <= t; i++) squares += (close[i]! - average) ** 2;
    if (!Number.isFinite(squares)) continue;
    mean[t] = average;
    deviation[t] = Math.sqrt(squares / bars);
  }
  return { mean, deviation };
}
