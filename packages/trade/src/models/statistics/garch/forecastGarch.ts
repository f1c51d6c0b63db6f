import { UsageError } from "../../../core/errors.ts";
import { normalCdf } from "../../../core/normalCdf.ts";
import { innovations, meanAbsolute } from "../distributions/innovations.ts";
import type { GarchFit } from "./fitGarch.ts";
import { layoutOf } from "./garchSpec.ts";
import { MEAN_ABSOLUTE } from "./logVarianceRecursion.ts";

/** What a model says of the periods after its last return; element s is s + 1 periods ahead. */
export interface GarchForecast {
  /** expected return */
  readonly mean: readonly number[];
  /** variance of the residual of that period, and its root */
  readonly variance: readonly number[];
  readonly volatility: readonly number[];
  /**
   * expected: E[h]. geometric: exp E[ln h], for egarch with a t from the second period on, where E[h] is infinite (a t has no
   * exponential moments; Nelson 1991, 2) and no simulation would settle.
   */
  readonly method: "expected" | "geometric";
  /** the variance to which forecasts tend: omega / (1 - persistence); of egarch exp E[ln h]; null where there is none */
  readonly longRunVariance: number | null;
  /** sum alpha + gamma E[z^2 1(z < 0)] + beta, of egarch sum beta */
  readonly persistence: number;
}

/**
 * Forecasts in closed form. garch and gjr: h[t+s] = omega + sum (alpha_i E[e^2] + gamma_i E[e^2 1(e < 0)]) + sum beta_j h, where
 * a future e^2 is h and its part below zero E[z^2 1(z < 0)] h. egarch: ln h[t+s] is linear in |z| and z of the periods between,
 * ln h[t+s] = d + sum (a_k |z| + b_k z), and with a normal z (Nelson 1991, appendix 1)
 *   E[h] = exp(d) prod (Phi(a + b) exp((a + b)^2 / 2) + Phi(a - b) exp((a - b)^2 / 2)).
 * @param horizon periods, 1 to 1,000
 */
export function forecastGarch(fit: GarchFit, horizon: number): GarchForecast {
  if (!(Number.isInteger(horizon) && horizon >= 1 && horizon <= 1000)) {
    throw new UsageError(
      `a forecast of ${horizon} periods is not possible: choose a whole number from 1 to 1000`,
    );
  }
  const mean = meanAhead(fit, horizon);
  const inLogs = fit.spec.kind === "egarch";
  const ahead = inLogs ? logVarianceAhead(fit, horizon) : varianceAhead(fit, horizon);
  return { mean, ...ahead, volatility: ahead.variance.map(Math.sqrt) };
}

type Ahead = Pick<GarchForecast, "variance" | "method" | "longRunVariance" | "persistence">;

/** Coefficients `name1`, `name2`, ... of a fit. */
function coefficients({ params }: GarchFit, name: string, count: number): number[] {
  return Array.from({ length: count }, (_, i) => params[`${name}${i + 1}`] ?? 0);
}

/** An element before or after the last observed one: `at(values, 0)` is the last, `at(values, -1)` the one before. */
function at(values: Float64Array, offset: number): number {
  return values[values.length - 1 + offset]!;
}

export function shapeOf({ theta, spec }: GarchFit): Float64Array {
  return theta.slice(layoutOf(spec).shape);
}

function meanAhead(fit: GarchFit, horizon: number): number[] {
  const { params, returns, spec } = fit;
  const ar = coefficients(fit, "ar", spec.mean === "ar" ? spec.arLags : 0);
  const path: number[] = [];
  for (let s = 1; s <= horizon; s++) {
    path.push(
      ar.reduce((sum, weight, i) => {
        const then = s - (i + 1);
        return sum + weight * (then > 0 ? path[then - 1]! : at(returns, then));
      }, params.mu ?? 0),
    );
  }
  return path;
}

function varianceAhead(fit: GarchFit, horizon: number): Ahead {
  const { spec, params, residuals, volatility } = fit;
  const alpha = coefficients(fit, "alpha", spec.p);
  const gamma = coefficients(fit, "gamma", spec.p);
  const beta = coefficients(fit, "beta", spec.q);
  const below = innovations[spec.dist].lowerSquare(shapeOf(fit));
  const path: number[] = [];
  for (let s = 1; s <= horizon; s++) {
    let h = params.omega!;
    for (let i = 0; i < spec.p; i++) {
      const then = s - (i + 1);
      const e = then > 0 ? 0 : at(residuals, then);
      h +=
        then > 0
          ? (alpha[i]! + gamma[i]! * below) * path[then - 1]!
          : (alpha[i]! + (e < 0 ? gamma[i]! : 0)) * e * e;
    }
    for (let j = 0; j < spec.q; j++) {
      const then = s - (j + 1);
      h += beta[j]! * (then > 0 ? path[then - 1]! : at(volatility, then) ** 2);
    }
    path.push(h);
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const persistence = sum(alpha) + below * sum(gamma) + sum(beta);
  const longRunVariance = persistence < 1 ? params.omega! / (1 - persistence) : null;
  return { variance: path, method: "expected", longRunVariance, persistence };
}

function logVarianceAhead(fit: GarchFit, horizon: number): Ahead {
  const { spec, params, standardised, volatility } = fit;
  const alpha = coefficients(fit, "alpha", spec.p);
  const gamma = coefficients(fit, "gamma", spec.p);
  const beta = coefficients(fit, "beta", spec.q);
  const isNormal = spec.dist === "normal";
  const absolute = meanAbsolute(innovations[spec.dist], shapeOf(fit));
  const known: number[] = [];
  const sizes: number[][] = [];
  const signs: number[][] = [];
  const variance: number[] = [];
  for (let s = 1; s <= horizon; s++) {
    let level = params.omega!;
    const size = new Array<number>(s - 1).fill(0);
    const sign = new Array<number>(s - 1).fill(0);
    for (let i = 0; i < spec.p; i++) {
      const then = s - (i + 1);
      level -= alpha[i]! * MEAN_ABSOLUTE;
      if (then > 0) {
        size[then - 1]! += alpha[i]!;
        sign[then - 1]! += gamma[i]!;
      } else {
        const z = at(standardised, then);
        level += alpha[i]! * Math.abs(z) + gamma[i]! * z;
      }
    }
    for (let j = 0; j < spec.q; j++) {
      const then = s - (j + 1);
      level += beta[j]! * (then > 0 ? known[then - 1]! : 2 * Math.log(at(volatility, then)));
      if (then <= 0) continue;
      for (let k = 0; k < then - 1; k++) {
        size[k]! += beta[j]! * sizes[then - 1]![k]!;
        sign[k]! += beta[j]! * signs[then - 1]![k]!;
      }
    }
    known.push(level);
    sizes.push(size);
    signs.push(sign);
    variance.push(
      isNormal
        ? size.reduce((product, a, k) => product * normalMoment(a, sign[k]!), Math.exp(level))
        : Math.exp(size.reduce((sum, a) => sum + a * absolute, level)),
    );
  }
  const persistence = beta.reduce((sum, b) => sum + b, 0);
  const drift = params.omega! + alpha.reduce((sum, a) => sum + a * (absolute - MEAN_ABSOLUTE), 0);
  return {
    variance,
    method: isNormal || horizon === 1 ? "expected" : "geometric",
    longRunVariance: fit.converged ? Math.exp(drift / (1 - persistence)) : null,
    persistence,
  };
}

/** E exp(a |z| + b z), z standard normal. */
function normalMoment(a: number, b: number): number {
  return normalCdf(a + b) * Math.exp((a + b) ** 2 / 2) + normalCdf(a - b) * Math.exp((a - b) ** 2 / 2);
}
