import { DataError, UsageError } from "../../../core/errors.ts";
import { innovations } from "../distributions/innovations.ts";
import type { GarchFit } from "./fitGarch.ts";
import { forecastGarch, shapeOf } from "./forecastGarch.ts";

/** Losses of one period as positive numbers in the unit of the returns: what is lost with probability 1 - level or less. */
export interface TailLoss {
  readonly valueAtRisk: number;
  /** expected loss where the value at risk is met or passed */
  readonly expectedShortfall: number;
}

export interface LevelLosses {
  /** 0.95: the loss that 95 of 100 periods stay below */
  readonly level: number;
  /** by the distribution that was fitted */
  readonly parametric: TailLoss;
  /** by the past standardised residuals, in whatever way they are distributed */
  readonly filteredHistorical: TailLoss;
}

/**
 * Value at risk and expected shortfall of the next period: -(m + s q), -(m + s E[z | z <= q]), m and s the forecast mean and
 * deviation of the return, q the (1 - level) quantile of z: of the fitted distribution, and of the standardised residuals.
 * Source of the second: Barone-Adesi, Giannopoulos and Vosper, VaR without Correlations, Journal of Futures Markets 19 (1999).
 */
export function valueAtRisk(fit: GarchFit, levels: readonly number[] = [0.95, 0.99]): LevelLosses[] {
  const { mean, volatility } = forecastGarch(fit, 1);
  const innovation = innovations[fit.spec.dist];
  const shape = shapeOf(fit);
  const sorted = fit.standardised.slice().sort();
  return levels.map((level) => {
    const p = 1 - checkLevel(level);
    const lossOf = (quantile: number, tail: number): TailLoss => ({
      valueAtRisk: -(mean[0]! + volatility[0]! * quantile),
      expectedShortfall: -(mean[0]! + volatility[0]! * tail),
    });
    const past = tailOf(sorted, p);
    return {
      level,
      parametric: lossOf(innovation.quantile(p, shape), innovation.tailMean(p, shape)),
      filteredHistorical: lossOf(past.quantile, past.mean),
    };
  });
}

/**
 * Quantile p of sorted values with linear interpolation (type 7 of Hyndman and Fan 1996) and the mean of the values up to it.
 */
export function tailOf(sorted: Float64Array, p: number): { quantile: number; mean: number } {
  if (sorted.length === 0) return { quantile: Number.NaN, mean: Number.NaN };
  const place = p * (sorted.length - 1);
  const low = Math.floor(place);
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  const quantile = sorted[low]! + (place - low) * (above - sorted[low]!);
  let sum = 0;
  for (let i = 0; i <= low; i++) sum += sorted[i]!;
  return { quantile, mean: sum / (low + 1) };
}

/** Rows of a fit whose loss was larger than the value at risk that its own distribution gave for them (in the sample). */
export function exceedances(fit: GarchFit, level: number): Uint8Array {
  const q = innovations[fit.spec.dist].quantile(1 - checkLevel(level), shapeOf(fit));
  if (!Number.isFinite(q)) throw new DataError("the fit has no distribution: it did not converge");
  return Uint8Array.from(fit.standardised, (z) => (z < q ? 1 : 0));
}

export function checkLevel(level: number): number {
  if (level > 0.5 && level < 1) return level;
  throw new UsageError(`a level of ${level} is not possible: choose one between 0.5 and 1, such as 0.95`);
}
