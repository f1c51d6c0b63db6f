import { innovations } from "../distributions/innovations.ts";
import { type GarchSpec, layoutOf } from "./garchSpec.ts";
import { logVariancePath } from "./logVariancePath.ts";
import { fillResiduals, pathOf } from "./path.ts";
import { variancePath } from "./variancePath.ts";

/** Log likelihood of a model on one series, conditional on the first `arLags` returns and the presample values. */
export interface GarchLikelihood {
  /** observations that count: returns less the lags of the mean */
  readonly length: number;
  /**
   * sum over t of ln f(e[t] / sqrt(h[t])) - ln(h[t]) / 2; -Infinity where a variance is not above 0 or overflows.
   * @param gradient by the parameters, where given
   * @param scores [T, parameters]: the gradient's terms, row by row, where given
   */
  evaluate(parameters: ArrayLike<number>, gradient?: Float64Array, scores?: Float64Array): number;
  /** residuals and variances behind the last evaluation, oldest first; the next one overwrites them */
  readonly residuals: Float64Array;
  readonly variances: Float64Array;
}

/**
 * Presample values: e^2 and h before the first row are the mean of the squared residuals, s = sum e[t]^2 / T, half of e^2
 * counts as below zero; in logarithms ln h = ln s, and the terms in z are 0. So h[1] = omega + (alpha + beta) s. The derivative of
 * s by the mean is part of the gradient, which is exact: the recursions of Fiorentini, Calzolari and Panattoni, Analytic
 * Derivatives and the Computation of GARCH Estimates, Journal of Applied Econometrics 11 (1996).
 */
export function garchLikelihood(returns: ArrayLike<number>, spec: GarchSpec): GarchLikelihood {
  const layout = layoutOf(spec);
  const { count, shape } = layout;
  const inLogs = spec.kind === "egarch";
  const path = pathOf(returns, layout, Math.max(spec.p, spec.q), inLogs);
  const { length, before, means, e, de, h, dh } = path;
  const innovation = innovations[spec.dist];
  const walk = inLogs ? logVariancePath : variancePath;
  const out = new Float64Array(4);
  return {
    length,
    residuals: e.subarray(before),
    variances: h.subarray(before),
    evaluate(parameters, gradient, scores) {
      const wantsSlopes = gradient !== undefined || scores !== undefined;
      fillResiduals(path, returns, layout, parameters);
      if (!walk(path, spec, layout, parameters, wantsSlopes)) return Number.NEGATIVE_INFINITY;
      const logDensity = innovation.logDensity(
        Array.from({ length: count - shape }, (_, i) => parameters[shape + i]!),
      );
      gradient?.fill(0);
      let sum = 0;
      for (let t = 0; t < length; t++) {
        const variance = h[before + t]!;
        const deviation = Math.sqrt(variance);
        const z = e[before + t]! / deviation;
        logDensity(z, out);
        sum += out[0]! - 0.5 * Math.log(variance);
        if (!wantsSlopes) continue;
        const byMean = out[1]! / deviation;
        const byVariance = (-0.5 * (1 + out[1]! * z)) / variance;
        const row = (before + t) * count;
        if (gradient) {
          for (let k = 0; k < count; k++) gradient[k]! += byVariance * dh[row + k]!;
          for (let k = 0; k < means; k++) gradient[k]! += byMean * de[(before + t) * means + k]!;
          for (let k = shape; k < count; k++) gradient[k]! += out[2 + k - shape]!;
        }
        if (scores) {
          for (let k = 0; k < count; k++) scores[t * count + k] = byVariance * dh[row + k]!;
          for (let k = 0; k < means; k++) scores[t * count + k]! += byMean * de[(before + t) * means + k]!;
          for (let k = shape; k < count; k++) scores[t * count + k]! += out[2 + k - shape]!;
        }
      }
      return sum;
    },
  };
}
