import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { shareBeyond } from "../shape/extremeDistance.ts";
import { sma } from "../sma.ts";
import { zScore } from "../zScore.ts";

/**
 * Basis of a future: basis[t] = close[t] / mark[t] - 1, a fraction, mark the close of the mark price, of the index or of the underlying's spot
 * price, whichever the data hold; mean = its simple mean over the last n bars, zScore = (basis - mean) / s, s the sample deviation of the n.
 * n defaults to 90. NaN unless both prices are above 0. Not annualised: a perpetual future has no day of expiry.
 * Source: Hull, Options, Futures and Other Derivatives, "Basis risk", who writes spot less future, the other way round; exchanges and the
 * literature on perpetual futures (He, Manela, Ross and von Wachter 2022) have the future less the spot, as here.
 */
export function basis(close: Float64Array, mark: Float64Array): Float64Array {
  return shareBeyond(close, mark.slice());
}

export const basisIndicator = indicator({
  name: "basis",
  title: "Basis of the future, its mean and z-score",
  formula: "basis = close / mark - 1, mean = SMA(basis, n), zScore = (basis - mean) / sample deviation of n",
  source: "Hull, Options, Futures and Other Derivatives, 'Basis risk'",
  params: z.strictObject({ period: bars(90, 2) }),
  inputs: ["close", "mark"],
  outputs: ({ period }) => ({ basis: 0, mean: period - 1, zScore: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute({ close, mark }, { period }) {
    const column = basis(close, mark);
    return { basis: column, mean: sma(column, period), zScore: zScore(column, period) };
  },
});
