import { DAY_MS } from "../core/time.ts";

/** Crypto trades on every day of the year. */
export const DAYS_A_YEAR = 365;

/** Simple returns of equal periods, and how many of them make a year. */
export interface PeriodReturns {
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
}

/**
 * Returns of an equity curve by UTC day: each day's last equity over the day before's, the first day's over
 * `initial`. A bar that closes at midnight belongs to the day that ends. A first or last day of which only a part was
 * traded counts as a day, a day without bars not at all. Bars longer than a day are periods themselves.
 * @param time close times, ms UTC, ascending; @param equity at those times
 */
export function periodReturns(
  time: Float64Array,
  equity: Float64Array,
  initial: number,
  timeframeMs: number,
): PeriodReturns {
  const periodMs = Math.max(DAY_MS, timeframeMs);
  const ends: number[] = [];
  for (let i = 0; i < time.length; i++) {
    const isLast = i === time.length - 1;
    if (isLast || timeframeMs >= DAY_MS || dayOf(time[i + 1]!) !== dayOf(time[i]!)) ends.push(equity[i]!);
  }
  const returns = new Float64Array(ends.length);
  let before = initial;
  ends.forEach((value, i) => {
    returns[i] = value / before - 1;
    before = value;
  });
  return { returns, periodsPerYear: (DAYS_A_YEAR * DAY_MS) / periodMs };
}

function dayOf(closeTime: number): number {
  return Math.ceil(closeTime / DAY_MS);
}

export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** sample standard deviation (n - 1) */
  readonly deviation: number;
  /** third standardised moment, by n */
  readonly skewness: number;
  /** fourth standardised moment, by n; 3 for a normal distribution */
  readonly kurtosis: number;
}

/** null where there are fewer than two values or all are equal. */
export function momentsOf(values: ArrayLike<number>): Moments | null {
  const n = values.length;
  if (n < 2) return null;
  let mean = 0;
  let isConstant = true;
  for (let i = 0; i < n; i++) {
    mean += values[i]! / n;
    if (values[i] !== values[0]) isConstant = false;
  }
  if (isConstant) return null;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean;
    m2 += d ** 2;
    m3 += d ** 3;
    m4 += d ** 4;
  }
  const variance = m2 / n;
  return {
    n,
    mean,
    deviation: Math.sqrt(m2 / (n - 1)),
    skewness: m3 / n / variance ** 1.5,
    kurtosis: m4 / n / variance ** 2,
  };
}

/** mean / sample deviation x sqrt(periods a year), risk-free rate zero. Sharpe (1994). null where undefined. */
export function sharpeRatio({ returns, periodsPerYear }: PeriodReturns): number | null {
  const moments = momentsOf(returns);
  return moments && (moments.mean / moments.deviation) * Math.sqrt(periodsPerYear);
}

/** sqrt(mean(min(r, 0)^2)) x sqrt(periods a year): what the returns below zero spread, over all periods. */
export function downsideDeviation({ returns, periodsPerYear }: PeriodReturns): number {
  let squares = 0;
  for (const r of returns) squares += Math.min(r, 0) ** 2;
  return Math.sqrt((squares / returns.length) * periodsPerYear);
}

/** mean x periods a year / downside deviation. Sortino and Price (1994). null without a losing period. */
export function sortinoRatio(periods: PeriodReturns): number | null {
  const { returns, periodsPerYear } = periods;
  if (returns.length < 2) return null;
  const downside = downsideDeviation(periods);
  if (downside === 0) return null;
  let sum = 0;
  for (const r of returns) sum += r;
  return ((sum / returns.length) * periodsPerYear) / downside;
}

/** (1 + total return)^(1 / years) - 1; -1 when everything is lost, null where it is past what a number holds. */
export function annualised(totalReturn: number, years: number): number | null {
  if (!(years > 0)) return null;
  if (totalReturn <= -1) return -1;
  const value = (1 + totalReturn) ** (1 / years) - 1;
  return Number.isFinite(value) ? value : null;
}

export interface Drawdown {
  /** largest loss from a peak, as a positive fraction of it */
  readonly depth: number;
  /** rows of the curve: -1 is the start, before the first row; null where there was no loss or no recovery */
  readonly peak: number | null;
  readonly trough: number | null;
  readonly recovery: number | null;
}

/** The deepest drawdown of a curve that starts at `initial`; of equal ones the first. */
export function deepestDrawdown(equity: ArrayLike<number>, initial: number): Drawdown {
  let high = initial;
  let highRow = -1;
  let depth = 0;
  let peak: number | null = null;
  let trough: number | null = null;
  let peakValue = initial;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i]!;
    if (value >= high) {
      high = value;
      highRow = i;
    } else if (1 - value / high > depth) {
      depth = 1 - value / high;
      peak = highRow;
      trough = i;
      peakValue = high;
    }
  }
  if (trough === null) return { depth, peak, trough, recovery: null };
  let recovery = trough;
  while (recovery < equity.length && equity[recovery]! < peakValue) recovery += 1;
  return { depth, peak, trough, recovery: recovery < equity.length ? recovery : null };
}
