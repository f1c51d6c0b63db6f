import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import { integrate } from "../optimise/integrate.ts";
import { demGbp } from "../testing/demGbp.ts";
import { fitGarch } from "./fitGarch.ts";
import { forecastGarch } from "./forecastGarch.ts";
import { exceedances, tailOf, valueAtRisk } from "./valueAtRisk.ts";

const returns = demGbp();
const garch = fitGarch(returns);

describe("likelihoods and forecasts beside the Python package arch 8.0.0, its presample values set to the mean square", () => {
  it.each([
    [{ kind: "gjr" }, -1106.10234, { alpha1: 0.140502, gamma1: 0.028342, beta1: 0.80144 }],
    [
      { kind: "egarch" },
      -1102.27044,
      { omega: -0.126891, alpha1: 0.33272, gamma1: -0.038462, beta1: 0.912405 },
    ],
    [{ kind: "egarch", dist: "t" }, -986.13314, { alpha1: 0.255633, beta1: 0.977641, nu: 4.130758 }],
    [
      { kind: "egarch", dist: "skewt" },
      -980.95198,
      { gamma1: -0.039659, beta1: 0.976933, nu: 4.20546, lambda: -0.099678 },
    ],
    [{ q: 2 }, -1103.9761, { alpha1: 0.168424, beta1: 0.489617, beta2: 0.297709 }],
    [
      { mean: "ar", arLags: 2 },
      -1104.37861,
      { ar1: 0.053433, ar2: -0.026954, alpha1: 0.159692, beta1: 0.796316 },
    ],
    [{ q: 0, dist: "t" }, -1085.07781, { omega: 0.154827, alpha1: 0.549133, nu: 3.443518 }],
  ] as const)("%j", (options, logLikelihood, params) => {
    const fit = fitGarch(returns, options);
    expect(fit.reason).toBeNull();
    expect(fit.logLikelihood).toBeCloseTo(logLikelihood, 3);
    for (const [name, value] of Object.entries(params)) {
      // arch holds the presample fixed while it moves the mean: its gradient lacks a term that moves the digits after these
      expect(Math.abs(fit.params[name]! - value)).toBeLessThan(2e-4 * Math.max(1, Math.abs(value)));
    }
  });

  it.each([
    [{}, [0.14699308, 0.15174375, 0.15630016, 0.16067024, 0.16486162]],
    [{ kind: "gjr" }, [0.1452704, 0.15012818, 0.15477276, 0.15921351, 0.16345937]],
    [{ q: 2 }, [0.15062163, 0.14461715, 0.15123195, 0.15379718, 0.1574545]],
    [{ q: 0, dist: "t" }, [0.3014726, 0.32037578, 0.33075614, 0.33645633, 0.3395865]],
  ] as const)("five periods of %j", (options, variance) => {
    const forecast = forecastGarch(fitGarch(returns, options), 5);
    forecast.variance.forEach((h, s) => {
      expect(Math.abs(h / variance[s]! - 1)).toBeLessThan(3e-4);
    });
    expect(forecast.method).toBe("expected");
  });
});

describe("forecastGarch", () => {
  it("tends to the long run by the power of its persistence", () => {
    const { variance, longRunVariance, persistence } = forecastGarch(garch, 200);
    const { omega, alpha1, beta1 } = garch.params as Record<"omega" | "alpha1" | "beta1", number>;
    expect(persistence).toBeCloseTo(alpha1 + beta1, 12);
    expect(longRunVariance).toBeCloseTo(omega / (1 - alpha1 - beta1), 10);
    const far = longRunVariance! + persistence ** 199 * (variance[0]! - longRunVariance!);
    expect(variance[199]).toBeCloseTo(far, 10);
  });

  it("of egarch with a normal z is the integral over the shock between", () => {
    const fit = fitGarch(returns, { kind: "egarch" });
    const { omega, alpha1, gamma1, beta1 } = fit.params as Record<string, number>;
    const [first, second] = forecastGarch(fit, 2).variance;
    const z = fit.standardised.at(-1)!;
    const c = Math.sqrt(2 / Math.PI);
    const log =
      omega! + alpha1! * (Math.abs(z) - c) + gamma1! * z + beta1! * 2 * Math.log(fit.volatility.at(-1)!);
    expect(Math.log(first!)).toBeCloseTo(log, 12);
    const next = (s: number) =>
      Math.exp(omega! + alpha1! * (Math.abs(s) - c) + gamma1! * s + beta1! * log - (s * s) / 2) /
      Math.sqrt(2 * Math.PI);
    expect(second).toBeCloseTo(integrate(next, -12, 0) + integrate(next, 0, 12), 10);
  });

  it("of egarch with a t says that it is no expected value", () => {
    const fit = fitGarch(returns, { kind: "egarch", dist: "t" });
    expect(forecastGarch(fit, 1).method).toBe("expected");
    const { method, variance, longRunVariance } = forecastGarch(fit, 1000);
    expect(method).toBe("geometric");
    expect(variance[999]! / longRunVariance!).toBeCloseTo(1, 4);
  });

  it("goes on with an autoregressive mean, by hand", () => {
    const fit = fitGarch(returns, { mean: "ar", arLags: 2 });
    const { mu, ar1, ar2 } = fit.params as Record<string, number>;
    const [a, b] = [returns.at(-1)!, returns.at(-2)!];
    const { mean } = forecastGarch(fit, 2);
    expect(mean[0]).toBeCloseTo(mu! + ar1! * a + ar2! * b, 14);
    expect(mean[1]).toBeCloseTo(mu! + ar1! * mean[0]! + ar2! * a, 14);
  });

  it.each([0, 1.5, 1001, Number.NaN])("refuses %f periods", (horizon) => {
    expect(() => forecastGarch(garch, horizon)).toThrow(/1 to 1000/);
  });
});

describe("valueAtRisk", () => {
  it("is mean and deviation times the normal quantile and tail mean", () => {
    const [at95, at99] = valueAtRisk(garch);
    const { mean, volatility } = forecastGarch(garch, 1);
    // any table of the normal distribution: z = 1.644854 and 2.326348, densities there 0.1031356 and 0.02665214, over 0.05 and 0.01
    expect(at95!.parametric.valueAtRisk).toBeCloseTo(-mean[0]! + 1.6448536 * volatility[0]!, 6);
    expect(at95!.parametric.expectedShortfall).toBeCloseTo(-mean[0]! + 2.0627128 * volatility[0]!, 6);
    expect(at99!.parametric.valueAtRisk).toBeCloseTo(-mean[0]! + 2.3263479 * volatility[0]!, 6);
    expect(at99!.parametric.expectedShortfall).toBeCloseTo(-mean[0]! + 2.6652142 * volatility[0]!, 6);
  });

  it("filtered: quantile and tail of past standardised residuals", () => {
    const sorted = garch.standardised.slice().sort();
    const { mean, volatility } = forecastGarch(garch, 1);
    // 0.05 x 1973 = 98.65
    const q = sorted[98]! + 0.65 * (sorted[99]! - sorted[98]!);
    const [at95] = valueAtRisk(garch);
    expect(at95!.filteredHistorical.valueAtRisk).toBeCloseTo(-mean[0]! - volatility[0]! * q, 8);
    const tail = sorted.slice(0, 99).reduce((sum, z) => sum + z, 0) / 99;
    expect(at95!.filteredHistorical.expectedShortfall).toBeCloseTo(-mean[0]! - volatility[0]! * tail, 8);
    expect(tailOf(new Float64Array(0), 0.05).quantile).toBeNaN();
  });

  it("covers what it says in a simulated sample", () => {
    const random = seededRandom(1);
    const noise = Float64Array.from(
      { length: 500 },
      (_, t) => (random.next() - 0.5) * (1 + 0.5 * Math.sin(t / 30)),
    );
    const fit = fitGarch(noise);
    const hits = exceedances(fit, 0.95).reduce((sum, h) => sum + h, 0);
    expect(hits).toBeGreaterThan(5);
    expect(hits).toBeLessThan(50);
  });

  it.each([0.5, 1, 5, Number.NaN])("refuses a level of %f", (level) => {
    expect(() => valueAtRisk(garch, [level])).toThrow(/between 0.5 and 1/);
  });
});
