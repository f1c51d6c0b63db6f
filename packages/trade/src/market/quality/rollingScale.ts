/** A normal distribution's standard deviation in units of its median absolute deviation, and of its mean one. */
export const SIGMA_PER_MAD = 1.4826;
export const SIGMA_PER_MEAN_DEVIATION = 1.2533;

const ROUNDING = 1e-9;

export interface RobustScale {
  readonly middle: number;
  /** 0 where all values are the same */
  readonly sigma: number;
}

/** Median, and standard deviation by the median absolute deviation (by the mean one where that is zero). */
export function robustScale(values: Float64Array): RobustScale {
  return scaleOf(values.slice().sort());
}

/** Median and robust standard deviation of each window of `size` values; entry i is of the window that begins at i. */
export function rollingScale(
  values: Float64Array,
  size: number,
): { readonly middle: Float64Array; readonly sigma: Float64Array } {
  const windows = Math.max(0, values.length - size + 1);
  const middle = new Float64Array(windows);
  const sigma = new Float64Array(windows);
  const sorted = values.slice(0, size).sort();
  for (let i = 0; i < windows; i++) {
    if (i > 0) replace(sorted, values[i - 1]!, values[i + size - 1]!);
    const scale = scaleOf(sorted);
    middle[i] = scale.middle;
    sigma[i] = scale.sigma;
  }
  return { middle, sigma };
}

/**
 * How many robust standard deviations each value lies from the `size` values before it and from the `size` after it: the
 * smaller of both, so that the first move of a wilder time is no outlier. At the ends there is one side only; where
 * there are too few values for either, the whole tells. `floor` bounds the standard deviation from below.
 */
export function sigmasFromBothSides(values: Float64Array, size: number, floor: number): Float64Array {
  const rolled = rollingScale(values, size);
  const whole = robustScale(values);
  return values.map((value, i) => {
    const distance = (middle: number, sigma: number): number =>
      Math.max(sigma, floor) > 0 ? Math.abs(value - middle) / Math.max(sigma, floor) : 0;
    const sides = [i - size, i + 1].filter((w) => w >= 0 && w < rolled.sigma.length);
    if (sides.length === 0) return distance(whole.middle, whole.sigma);
    return Math.min(...sides.map((w) => distance(rolled.middle[w]!, rolled.sigma[w]!)));
  });
}

function scaleOf(sorted: Float64Array): RobustScale {
  if (sorted.length === 0) return { middle: Number.NaN, sigma: 0 };
  const middle = centre(sorted.length, (k) => sorted[k]!);
  const mad = centre(sorted.length, (k) => nthDeviation(sorted, middle, k));
  // values that differ by rounding alone are the same
  if (mad > ROUNDING * (sorted[sorted.length - 1]! - sorted[0]!))
    return { middle, sigma: SIGMA_PER_MAD * mad };
  let sum = 0;
  for (const value of sorted) sum += Math.abs(value - middle);
  return { middle, sigma: (SIGMA_PER_MEAN_DEVIATION * sum) / sorted.length };
}

/** The median of `length` values of which the k-th smallest is known. */
function centre(length: number, nth: (k: number) => number): number {
  const half = length >>> 1;
  return length % 2 === 1 ? nth(half) : (nth(half - 1) + nth(half)) / 2;
}

/**
 * The k-th smallest distance from `middle`. Sorted values are two sorted lists of distances, one to each side; how many
 * of the left one belong to the k + 1 smallest is found by bisection.
 */
function nthDeviation(sorted: Float64Array, middle: number, k: number): number {
  const split = lowerBound(sorted, middle);
  const left = (i: number): number => middle - sorted[split - 1 - i]!;
  const right = (i: number): number => sorted[split + i]! - middle;
  const rightLength = sorted.length - split;
  let low = Math.max(0, k + 1 - rightLength);
  let high = Math.min(split, k + 1);
  while (low < high) {
    const taken = (low + high) >>> 1;
    const others = k + 1 - taken;
    if (others > 0 && taken < split && left(taken) < right(others - 1)) low = taken + 1;
    else high = taken;
  }
  const others = k + 1 - low;
  return Math.max(
    low > 0 ? left(low - 1) : Number.NEGATIVE_INFINITY,
    others > 0 ? right(others - 1) : Number.NEGATIVE_INFINITY,
  );
}

/** The first index whose value is not below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const half = (low + high) >>> 1;
    if (sorted[half]! < value) low = half + 1;
    else high = half;
  }
  return low;
}

/** Takes one value out of a sorted window and puts another one in. */
function replace(sorted: Float64Array, old: number, fresh: number): void {
  const from = lowerBound(sorted, old);
  const to = lowerBound(sorted, fresh);
  if (to > from) {
    sorted.copyWithin(from, from + 1, to);
    sorted[to - 1] = fresh;
  } else {
    sorted.copyWithin(to + 1, to, from);
    sorted[to] = fresh;
  }
}
