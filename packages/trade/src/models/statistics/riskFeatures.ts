import { DataError } from "../../core/errors.ts";
import { ewmaCovariance, RISK_METRICS_DECAY } from "./covariance/ewma.ts";
import { FEWEST_RETURNS, fitGarch } from "./garch/fitGarch.ts";
import { forecastGarch } from "./garch/forecastGarch.ts";
import type { GarchOptions } from "./garch/garchSpec.ts";
import { tailOf } from "./garch/valueAtRisk.ts";
import { quickTailDependence } from "./tailDependence.ts";

export const RISK_FEATURES = [
  "forecastVolatility",
  "valueAtRisk95",
  "expectedShortfall95",
  "beta",
  "correlationSpy",
  "correlationQqq",
  "lowerTailSpy",
  "volatilityRegime",
] as const;
export type RiskFeature = (typeof RISK_FEATURES)[number];

export interface RiskFeatureOptions {
  /** default: GARCH(1,1), constant mean, normal */
  readonly garch?: GarchOptions;
  /** periods over which the forecast volatility is taken */
  readonly horizon?: number;
  /** SPY's own filter, made once for many symbols of the same days */
  readonly spyFilter?: VolatilityFilter;
}

export interface RiskFeatures {
  /** NaN where there is a reason */
  readonly values: Readonly<Record<RiskFeature, number>>;
  /** of the volatility: EWMA (0.94) where GARCH does not converge, none where there are too few returns */
  readonly method: "garch" | "ewma" | "none";
  /** why the method is not GARCH, or null */
  readonly fallback: string | null;
  /** why a feature is NaN */
  readonly reasons: Readonly<Partial<Record<RiskFeature, string>>>;
}

/** Conditional volatilities of a series, its standardised residuals, and its forecast. NaN in rows without either. */
export interface VolatilityFilter {
  readonly method: "garch" | "ewma";
  readonly fallback: string | null;
  readonly volatility: Float64Array;
  readonly standardised: Float64Array;
  /** expected return of the next period, and deviation of each of the next periods */
  readonly mean: number;
  readonly ahead: readonly number[];
}

/** An EWMA below this share of the deviation of all rows divides nothing. */
const FLAT = 0.01;
/** A price that does not move in more than this share of its rows is stale: no model of its moves says anything. */
const STALE = 0.5;

/** Rows before an EWMA has enough of a past to divide by. */
const EWMA_WARM_UP = 20;

/**
 * Eight figures of one symbol's risk, from returns of the same periods (one row each, oldest first, NaN = missing: such rows are
 * left out), as fractions, known at the last row's close:
 *   forecastVolatility    root of the mean forecast variance of the next `horizon` periods (5), a period
 *   valueAtRisk95         loss of the next period that 95 of 100 stay below, by filtered historical residuals (`valueAtRisk`)
 *   expectedShortfall95   mean loss beyond it
 *   beta                  cov(r, SPY) / var(SPY)
 *   correlationSpy, correlationQqq   Pearson's
 *   lowerTailSpy          lower tail dependence of the standardised residuals with SPY's, by a t copula (`quickTailDependence`)
 *   volatilityRegime      share of the symbol's past conditional volatilities below the forecast of the next period, 0 to 1
 *
 * Where GARCH does not converge the volatility is RiskMetrics' EWMA, marked in `method`. Fewer than 100 rows: NaN, with reasons.
 * @throws DataError where the columns have different lengths
 */
export function riskFeatures(
  returns: ArrayLike<number>,
  spy: ArrayLike<number>,
  qqq: ArrayLike<number>,
  options: RiskFeatureOptions = {},
): RiskFeatures {
  const n = returns.length;
  if (spy.length !== n || qqq.length !== n) {
    throw new DataError(
      `${n} returns beside ${spy.length} of SPY and ${qqq.length} of QQQ: align them first`,
    );
  }
  const values = Object.fromEntries(RISK_FEATURES.map((name) => [name, Number.NaN])) as Record<
    RiskFeature,
    number
  >;
  const reasons: Partial<Record<RiskFeature, string>> = {};
  const horizon = options.horizon ?? 5;

  const own = attempt(() => filterVolatility(returns, options.garch, horizon));
  if (own.value) {
    const { volatility, standardised, mean, ahead } = own.value;
    values.forecastVolatility = Math.sqrt(ahead.reduce((sum, s) => sum + s * s, 0) / ahead.length);
    const tail = tailOf(standardised.filter(Number.isFinite).sort(), 0.05);
    values.valueAtRisk95 = -(mean + ahead[0]! * tail.quantile);
    values.expectedShortfall95 = -(mean + ahead[0]! * tail.mean);
    const past = volatility.filter(Number.isFinite);
    values.volatilityRegime = past.reduce((count, s) => count + (s < ahead[0]! ? 1 : 0), 0) / past.length;
  } else {
    for (const name of [
      "forecastVolatility",
      "valueAtRisk95",
      "expectedShortfall95",
      "volatilityRegime",
    ] as const) {
      reasons[name] = own.reason;
    }
  }

  const withSpy = pairMoments(returns, spy, "SPY");
  const withQqq = pairMoments(returns, qqq, "QQQ");
  if ("reason" in withSpy) reasons.beta = reasons.correlationSpy = withSpy.reason;
  else {
    values.beta = withSpy.covariance / withSpy.varianceY;
    values.correlationSpy = correlationOf(withSpy);
  }
  if ("reason" in withQqq) reasons.correlationQqq = withQqq.reason;
  else values.correlationQqq = correlationOf(withQqq);

  const market = attempt(() => options.spyFilter ?? filterVolatility(spy, options.garch, horizon));
  if (!own.value || !market.value) reasons.lowerTailSpy = own.reason ?? market.reason ?? "";
  else {
    const [x, y] = together(own.value.standardised, market.value.standardised);
    const tail = x.length < FEWEST_RETURNS ? null : quickTailDependence(x, y);
    if (tail) values.lowerTailSpy = tail.dependence;
    else reasons.lowerTailSpy = x.length < FEWEST_RETURNS ? tooFew(x.length) : "perfectly dependent on SPY";
  }
  return {
    values,
    method: own.value?.method ?? "none",
    fallback: own.value ? own.value.fallback : own.reason!,
    reasons,
  };
}

/**
 * Volatility of each row by GARCH, by EWMA where that does not converge; rows that are NaN are left out and stay NaN.
 * @throws DataError for fewer than 100 returns, a constant series, or one that is 0 in more than half of its rows
 */
export function filterVolatility(
  returns: ArrayLike<number>,
  garch: GarchOptions = {},
  horizon = 5,
): VolatilityFilter {
  const rows: number[] = [];
  const values: number[] = [];
  for (let t = 0; t < returns.length; t++) {
    if (Number.isNaN(returns[t])) continue;
    rows.push(t);
    values.push(returns[t]!);
  }
  const present = new Float64Array(values);
  const still = present.reduce((count, r) => count + (r === 0 ? 1 : 0), 0);
  if (still > STALE * present.length && still < present.length) {
    throw new DataError(`${still} of ${present.length} returns are 0: the price is stale`);
  }
  const volatility = new Float64Array(returns.length).fill(Number.NaN);
  const standardised = new Float64Array(returns.length).fill(Number.NaN);
  const fit = fitGarch(present, garch);
  if (fit.converged) {
    const lost = present.length - fit.observations;
    for (let i = 0; i < fit.observations; i++) {
      volatility[rows[lost + i]!] = fit.volatility[i]!;
      standardised[rows[lost + i]!] = fit.standardised[i]!;
    }
    const forecast = forecastGarch(fit, horizon);
    return {
      method: "garch",
      fallback: null,
      volatility,
      standardised,
      mean: forecast.mean[0]!,
      ahead: forecast.volatility,
    };
  }
  const variance = ewmaCovariance(present, present, RISK_METRICS_DECAY);
  const level = present.reduce((sum, r) => sum + r * r, 0) / present.length;
  for (let i = EWMA_WARM_UP; i < present.length; i++) {
    volatility[rows[i]!] = Math.sqrt(variance[i]!);
    // a past of next to no moves says nothing of how large a return is
    if (variance[i]! > FLAT ** 2 * level) standardised[rows[i]!] = present[i]! / Math.sqrt(variance[i]!);
  }
  const next = Math.sqrt(variance[present.length]!);
  return {
    method: "ewma",
    fallback: fit.reason,
    volatility,
    standardised,
    mean: 0,
    ahead: new Array<number>(horizon).fill(next),
  };
}

function attempt<T>(work: () => T): { value: T; reason?: never } | { value?: never; reason: string } {
  try {
    return { value: work() };
  } catch (thrown) {
    if (thrown instanceof DataError) return { reason: thrown.message };
    throw thrown;
  }
}

function tooFew(n: number): string {
  return `${n} common returns are too few: at least ${FEWEST_RETURNS} are needed`;
}

interface PairMoments {
  readonly covariance: number;
  readonly varianceX: number;
  readonly varianceY: number;
}

function pairMoments(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  name: string,
): PairMoments | { reason: string } {
  const [x, y] = together(a, b);
  const n = x.length;
  if (n < FEWEST_RETURNS) return { reason: tooFew(n) };
  if (x.every((v) => v === x[0])) return { reason: "the returns are constant" };
  if (y.every((v) => v === y[0])) return { reason: `the returns of ${name} are constant` };
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanX += x[i]! / n;
    meanY += y[i]! / n;
  }
  let [covariance, varianceX, varianceY] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY];
    covariance += (dx * dy) / n;
    varianceX += (dx * dx) / n;
    varianceY += (dy * dy) / n;
  }
  if (!Number.isFinite(covariance + varianceX + varianceY) || varianceX * varianceY === 0) {
    return { reason: `a return here or of ${name} is infinite, or out of what numbers hold` };
  }
  return { covariance, varianceX, varianceY };
}

function correlationOf({ covariance, varianceX, varianceY }: PairMoments): number {
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceX * varianceY)));
}

/** Rows in which both have a value. */
function together(a: ArrayLike<number>, b: ArrayLike<number>): [Float64Array, Float64Array] {
  const [x, y]: [number[], number[]] = [[], []];
  for (let t = 0; t < Math.min(a.length, b.length); t++) {
    if (Number.isNaN(a[t]) || Number.isNaN(b[t])) continue;
    x.push(a[t]!);
    y.push(b[t]!);
  }
  return [new Float64Array(x), new Float64Array(y)];
}
