import { z } from "zod";
import { trailingDeviation } from "./trailingDeviation.ts";

/** What a return must exceed, as a fraction (0.005 is half a percent) or in units of its own volatility. */
export const returnThreshold = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("fixed"), value: z.number().nonnegative().lt(1) }),
    z.strictObject({
      kind: z.literal("volatility"),
      multiple: z.number().positive(),
      windowBars: z.int().min(2).max(100_000),
    }),
  ])
  .default({ kind: "fixed", value: 0.005 });
export type ReturnThreshold = z.output<typeof returnThreshold>;

/**
 * The threshold of each row, known at it: the fixed value, or multiple x s[t] x sqrt(horizonBars), with s[t] the sample
 * deviation of the last `windowBars` one-bar log `returns` (h independent bars spread as sqrt(h)); NaN until known.
 */
export function rowThresholds(
  threshold: ReturnThreshold,
  returns: Float64Array,
  horizonBars: number,
): Float64Array {
  if (threshold.kind === "fixed") return new Float64Array(returns.length).fill(threshold.value);
  const spread = threshold.multiple * Math.sqrt(horizonBars);
  return trailingDeviation(returns, threshold.windowBars).map((s) => spread * s);
}

/** 0 (BUY) if the outcome exceeds the limit, 2 (SELL) if it falls below its negative, else 1 (HOLD). */
export function sideOf(outcome: number, limit: number): 0 | 1 | 2 {
  return outcome > limit ? 0 : outcome < -limit ? 2 : 1;
}
