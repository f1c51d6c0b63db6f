import { z } from "zod";
import { isFiniteNumber } from "../finite.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";

const orderMessage = "give a whole number of bars from 2 to 5";

/**
 * Permutation entropy of the last n closes, default 60 and order 3: -sum p ln p / ln(d!), p the share of each of the d! orders in which d
 * closes in a row can lie, among the n-d+1 rows of d in the window. 1: every order is as frequent, as in a random walk of many bars; 0: always the
 * same one. Of equal values the older counts as the lower. NaN before row n-1.
 *
 * Source: Bandt and Pompe, Physical Review Letters 88:17, 2002, divided by its greatest value. Chosen among the entropies (Shannon's of binned
 * returns, approximate, sample) since it has no bin width or tolerance to tune, is the same for prices of any scale, and its counts are
 * whole numbers that cannot drift. Entropies of binned returns in other libraries are another measure.
 */
export function entropy(values: Float64Array, period = 60, order = 3): Float64Array {
  const windows = period - order + 1;
  let orders = 1;
  for (let k = 2; k <= order; k++) orders *= k;
  const counts = new Int32Array(orders);
  const ring = new Int32Array(Math.min(windows, values.length + 1));
  // -p ln p over its greatest sum, for every count that a share can have.
  const terms = new Float64Array(Math.min(windows, values.length) + 1);
  for (let k = 1; k < terms.length; k++) {
    terms[k] = (-(k / windows) * Math.log(k / windows)) / Math.log(orders);
  }
  const out = newColumn(values.length);
  let seen = 0;
  let at = -1;
  for (let t = 0; t < out.length; t++) {
    out[t] = Number.NaN;
    if (!isFiniteNumber(values[t]!)) {
      seen = 0;
      counts.fill(0);
      at = -1;
      continue;
    }
    seen++;
    if (seen < order) continue;
    const held = seen - order;
    at = at + 1 === windows ? 0 : at + 1;
    if (held >= windows) counts[ring[at]!]!--;
    const pattern = patternOf(values, t, order);
    ring[at] = pattern;
    counts[pattern]!++;
    if (seen < period) continue;
    let sum = 0;
    for (let k = 0; k < orders; k++) sum += terms[counts[k]!]!;
    out[t] = Math.min(1, sum);
  }
  return out;
}

/** Number of the order in which the values of t-order+1 to t lie (Lehmer's code): how many older ones each is below. */
function patternOf(values: Float64Array, t: number, order: number): number {
  let code = 0;
  for (let i = 1; i < order; i++) {
    const newer = values[t - order + 1 + i]!;
    let above = 0;
    for (let j = 0; j < i; j++) if (values[t - order + 1 + j]! > newer) above++;
    code = code * (i + 1) + above;
  }
  return code;
}

export const entropyIndicator = indicator({
  name: "entropy",
  aliases: ["permutationEntropy"],
  title: "Permutation entropy",
  formula: "-sum p ln p / ln(d!), p the shares of the orders of d closes in a row among n closes",
  source: "Bandt and Pompe, Physical Review Letters 88:17, 2002",
  params: z
    .strictObject({
      period: bars(60, 3),
      order: z.number(orderMessage).int(orderMessage).min(2, orderMessage).max(5, orderMessage).default(3),
    })
    .refine((p) => p.period > p.order, { path: ["period"], message: "it must be longer than order" }),
  inputs: ["close"],
  outputs: ({ period }) => ({ entropy: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period, order }) => ({ entropy: entropy(close, period, order) }),
});
