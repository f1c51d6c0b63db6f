import { z } from "zod";
import { pctChange } from "../pctChange.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { zScore } from "../zScore.ts";

/**
 * Change of open interest: change = openInterest[t] / openInterest[t-n] - 1, a fraction, default over 1 bar; zScore = that of the change among
 * the last m changes, default 90, with their mean and sample deviation. In units of the instrument and not of money, whose change would be that of
 * the price. NaN before row n and row n+m-1, and where there was no open interest n bars ago; zScore is 0 where the change did not vary.
 * Source: Murphy, Technical Analysis of the Financial Markets, 1999, chapter 7: a move on rising open interest is new money, on falling it is
 * positions being closed.
 */
export const openInterestIndicator = indicator({
  name: "openInterest",
  aliases: ["oi"],
  title: "Change of open interest and its z-score",
  formula:
    "change = openInterest[t] / openInterest[t-n] - 1, zScore = (change - mean) / sample deviation of m changes",
  source: "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 7",
  params: z.strictObject({ change: bars(1), period: bars(90, 2) }),
  inputs: ["openInterest"],
  outputs: ({ change, period }) => ({ change, zScore: change + period - 1 }),
  lookback: ({ change, period }) => change + period - 1,
  compute({ openInterest }, { change, period }) {
    const moved = pctChange(openInterest, change);
    return { change: moved, zScore: zScore(moved, period) };
  },
});
