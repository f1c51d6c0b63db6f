import { innovations } from "../distributions/innovations.ts";
import { type GarchSpec, layoutOf } from "./garchSpec.ts";
import { logVarianceRecursion } from "./logVarianceRecursion.ts";
import { fillResiduals, pathOf } from "./path.ts";
import { varianceRecursion } from "./varianceRecursion.ts";

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
 * s by the mean is part of the gradient, which is exact. Its terms row by row come from the forward recursions of Fiorentini,
 * Calzolari and Panattoni, Analytic Derivatives and the Computation of GARCH Estimates, Journal of Applied Econometrics 11
 * (1996); their sum alone, which a search asks for at every step, from one recursion backwards (the adjoint).
 */
export function garchLikelihood(returns: ArrayLike<number>, spec: GarchSpec): GarchLikelihood {
  const layout = layoutOf(spec);
  const { count, shape } = layout;
  const path = pathOf(returns, layout, Math.max(spec.p, spec.q));
  const { length, before, means, e, de, h, scale, z, slopes } = path;
  const innovation = innovations[spec.dist];
  const recursion = (spec.kind === "egarch" ? logVarianceRecursion : varianceRecursion)(path, spec, layout);
  const byShape = new Float64Array(count - shape);

  function fillScores(theta: Float64Array, scores: Float64Array): void {
    const dh = recursion.varianceSlopes(theta);
    const logDensity = innovation.logDensity(theta.subarray(shape));
    const out = new Float64Array(2 + byShape.length);
    for (let t = 0; t < length; t++) {
      const row = before + t;
      logDensity(z[t]!, out);
      const byVariance = (-0.5 * (1 + out[1]! * z[t]!)) / h[row]!;
      const byMean = out[1]! * scale[row]!;
      for (let k = 0; k < shape; k++) scores[t * count + k] = byVariance * dh[row * count + k]!;
      for (let k = 0; k < means; k++) scores[t * count + k]! += byMean * de[k]![row]!;
      for (let k = shape; k < count; k++) scores[t * count + k] = out[2 + k - shape]!;
    }
  }

  return {
    length,
    residuals: e.subarray(before),
    variances: h.subarray(before),
    evaluate(parameters, gradient, scores) {
      const theta = new Float64Array(parameters);
      fillResiduals(path, returns, layout, theta);
      const variances = recursion.forward(theta);
      if (variances === Number.NEGATIVE_INFINITY) return variances;
      const densities = innovation.logDensitySum(theta.subarray(shape))(z, slopes, byShape);
      if (gradient) {
        recursion.backward(theta, gradient);
        gradient.set(byShape, shape);
      }
      if (scores) fillScores(theta, scores);
      return densities + variances;
    },
  };
}
