import { z } from "zod";
import { REGIMES, type Regime } from "./regimes.ts";

const threshold = z.number().positive().max(1000);

/** The rule's keys; see `regimeLabels` for the formula. */
export const RegimeRule = z
  .strictObject({
    /** h: bars on either side of the row that the trend and the volatility are measured on */
    halfBars: z.int().min(2).max(10_000).default(10),
    /** R: bars before that window that tell the usual volatility and the last high */
    referenceBars: z.int().min(10).max(100_000).default(250),
    /** |trend| from which a market is in a weak trend, and from which in a strong one */
    weakTrend: threshold.default(0.5),
    strongTrend: threshold.default(1),
    /** local over usual volatility from which volatility is high */
    highVolatility: z.number().gt(1).max(1000).default(1.5),
    /** fall from the last high, in usual deviations of 2h bars, from which high volatility is a crisis */
    crisisDrawdown: threshold.default(3),
    /** shortest regime, in bars: a shorter one counts to the regime before */
    minBars: z.int().min(1).max(10_000).default(5),
    /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
    gaps: z.enum(["drop", "allow"]).default("drop"),
  })
  .refine((c) => c.weakTrend < c.strongTrend, {
    path: ["weakTrend"],
    message: "a weak trend has to begin below a strong one",
  });
export type RegimeRule = z.output<typeof RegimeRule>;

/** What the rule reads of one row; see `regimeLabels`. */
export interface RegimeMeasures {
  readonly trend: number;
  readonly volatilityRatio: number;
  readonly drawdown: number;
}

/** The regime of measures alone, before short ones are joined to those before them: the first that fits, in this order. */
export function regimeOf({ trend, volatilityRatio, drawdown }: RegimeMeasures, rule: RegimeRule): Regime {
  const isHigh = volatilityRatio >= rule.highVolatility;
  if (isHigh && drawdown >= rule.crisisDrawdown) return "crisis";
  if (isHigh) return "highVolatility";
  if (trend >= rule.strongTrend) return "strongUp";
  if (trend <= -rule.strongTrend) return "strongDown";
  if (trend >= rule.weakTrend) return "weakUp";
  if (trend <= -rule.weakTrend) return "weakDown";
  return "range";
}

/** Place in `REGIMES`. */
export function regimeNumber(regime: Regime): number {
  return REGIMES.indexOf(regime);
}
