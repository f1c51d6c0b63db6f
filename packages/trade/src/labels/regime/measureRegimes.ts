import type { RegimeMeasures, RegimeRule } from "./regimeRule.ts";

/** A usual deviation below this is rounding: there is no unit to measure by. */
const LEAST_DEVIATION = 1e-12;

/**
 * The measures of each row from its window [t - h, t + h] and the R bars before it; null where a price or, by `unbroken`, a bar
 * is missing in them, or the price did not move. Every row is summed anew: what it says does not depend on where bars begin.
 * @param returns [T] one-bar log returns, NaN where there is none
 */
export function measureRegimes(
  close: Float64Array,
  returns: Float64Array,
  { halfBars: h, referenceBars: R }: Pick<RegimeRule, "halfBars" | "referenceBars">,
): (RegimeMeasures | null)[] {
  const logs = close.map((c) => Math.log(c));
  const out: (RegimeMeasures | null)[] = new Array(close.length).fill(null);
  let run = 0;
  for (let end = 0; end < close.length; end++) {
    run = Number.isFinite(returns[end]!) ? run + 1 : 0;
    if (run < R + 2 * h) continue;
    const t = end - h;
    out[t] = measure(logs, returns, t, h, R);
  }
  return out;
}

function measure(
  logs: Float64Array,
  returns: Float64Array,
  t: number,
  h: number,
  R: number,
): RegimeMeasures | null {
  const usual = deviation(returns, t - h - R + 1, t - h);
  if (!(usual >= LEAST_DEVIATION)) return null;
  const local = deviation(returns, t - h + 1, t + h);
  const unit = Math.sqrt(2 * h);
  const measures = {
    trend: (logs[t + h]! - logs[t - h]!) / (Math.max(usual, local) * unit),
    volatilityRatio: local / usual,
    drawdown: deepestFall(logs, t - h - R, t - h, t + h) / (usual * unit),
  };
  return Object.values(measures).every((v) => Number.isFinite(Math.fround(v))) ? measures : null;
}

/** Sample standard deviation (n - 1) of values [from, to]. */
function deviation(values: Float64Array, from: number, to: number): number {
  const n = to - from + 1;
  let sum = 0;
  for (let i = from; i <= to; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = from; i <= to; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / (n - 1));
}

/** Largest fall of a bar of [first, last] from the highest bar of [from, itself], of log prices. */
function deepestFall(logs: Float64Array, from: number, first: number, last: number): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < first; i++) high = Math.max(high, logs[i]!);
  let deepest = 0;
  for (let i = first; i <= last; i++) {
    high = Math.max(high, logs[i]!);
    deepest = Math.max(deepest, high - logs[i]!);
  }
  return deepest;
}
