import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../core/normalQuantile.ts";
import { seededRandom } from "../../core/random.ts";
import { copulaFamilies } from "./copula/families.ts";
import { fitCopula } from "./copula/fitCopula.ts";
import { simulateCopula } from "./copula/simulateCopula.ts";
import { fitGarch } from "./garch/fitGarch.ts";
import { forecastGarch } from "./garch/forecastGarch.ts";
import { garchSpec } from "./garch/garchSpec.ts";
import { simulateGarch } from "./garch/simulateGarch.ts";
import { valueAtRisk } from "./garch/valueAtRisk.ts";
import { filterVolatility, RISK_FEATURES, riskFeatures } from "./riskFeatures.ts";
import { quickTailDependence } from "./tailDependence.ts";

const path = (seed: number, n = 800) =>
  simulateGarch(
    garchSpec.parse({}),
    { mu: 0.0004, omega: 4e-6, alpha1: 0.09, beta1: 0.88 },
    n,
    seededRandom(seed),
  ).returns;
const spy = path(1);
const own = path(2);
const returns = own.map((r, t) => 0.5 * r + 1.2 * spy[t]!);
const qqq = spy.map((r, t) => r + 0.3 * path(3)[t]!);

describe("riskFeatures", () => {
  const { values, method, reasons } = riskFeatures(returns, spy, qqq);
  const fit = fitGarch(returns);

  it("forecasts and losses are those of the fit", () => {
    expect(method).toBe("garch");
    expect(reasons).toEqual({});
    const { variance } = forecastGarch(fit, 5);
    expect(values.forecastVolatility).toBeCloseTo(Math.sqrt(variance.reduce((a, b) => a + b, 0) / 5), 12);
    const [at95] = valueAtRisk(fit, [0.95]);
    expect(values.valueAtRisk95).toBeCloseTo(at95!.filteredHistorical.valueAtRisk, 12);
    expect(values.expectedShortfall95).toBeCloseTo(at95!.filteredHistorical.expectedShortfall, 12);
    const next = Math.sqrt(variance[0]!);
    expect(values.volatilityRegime).toBe(
      fit.volatility.filter((s) => s < next).length / fit.volatility.length,
    );
  });

  it("beta and correlations are those of the sums", () => {
    const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
    const cov = (x: Float64Array, y: Float64Array) =>
      x.reduce((s, v, t) => s + (v - mean(x)) * (y[t]! - mean(y)), 0);
    expect(values.beta).toBeCloseTo(cov(returns, spy) / cov(spy, spy), 12);
    expect(values.beta).toBeGreaterThan(1);
    expect(values.correlationSpy).toBeCloseTo(
      cov(returns, spy) / Math.sqrt(cov(spy, spy) * cov(returns, returns)),
      12,
    );
    expect(values.correlationQqq).toBeCloseTo(
      cov(returns, qqq) / Math.sqrt(cov(qqq, qqq) * cov(returns, returns)),
      12,
    );
  });

  it("is the same with SPY's filter made before", () => {
    expect(riskFeatures(returns, spy, qqq, { spyFilter: filterVolatility(spy) }).values).toEqual(values);
  });

  it("reads missing rows as missing, not as zero", () => {
    const holes = returns.map((r, t) => (t % 50 === 7 ? Number.NaN : r));
    const found = riskFeatures(holes, spy, qqq);
    expect(found.reasons).toEqual({});
    const kept = (x: Float64Array) => x.filter((_, t) => t % 50 !== 7);
    expect(found.values.beta).toBeCloseTo(riskFeatures(kept(returns), kept(spy), kept(qqq)).values.beta, 12);
    expect(found.values.forecastVolatility).toBeCloseTo(
      riskFeatures(kept(returns), kept(spy), kept(qqq)).values.forecastVolatility,
      10,
    );
  });

  it("marks the fallback: a variance that only grows is an EWMA's", () => {
    const random = seededRandom(4);
    const growing = spy.map(
      (_, t) => normalQuantile((random.next() + 1e-9) / (1 + 2e-9)) * 1e-3 * Math.exp(t / 120),
    );
    const found = riskFeatures(growing, spy, qqq);
    expect(found.method).toBe("ewma");
    expect(found.fallback).toMatch(/integrated|peak|gradient/);
    expect(found.values.forecastVolatility).toBeGreaterThan(0);
    expect(found.values.volatilityRegime).toBeGreaterThan(0.5);
  });

  it("is NaN with a reason where the data are short or constant", () => {
    const short = riskFeatures(returns.slice(0, 80), spy.slice(0, 80), qqq.slice(0, 80));
    expect(short.method).toBe("none");
    for (const name of RISK_FEATURES) {
      expect(short.values[name]).toBeNaN();
      expect(short.reasons[name]).toMatch(/too few/);
    }
    const flat = riskFeatures(new Float64Array(800), spy, qqq);
    expect(Object.values(flat.values).every(Number.isNaN)).toBe(true);
    expect(flat.reasons.beta).toMatch(/constant/);
    const infinite = riskFeatures(
      returns.map((r, t) => (t === 5 ? Infinity : r)),
      spy,
      qqq,
    );
    expect(Object.values(infinite.values).every(Number.isNaN)).toBe(true);
    const stale = riskFeatures(
      returns.map((r, t) => (t % 3 === 0 ? r : 0)),
      spy,
      qqq,
    );
    expect(stale.reasons.forecastVolatility).toMatch(/53\d of 800 returns are 0: the price is stale/);
    const twin = riskFeatures(spy, spy, qqq);
    expect(twin.values.beta).toBeCloseTo(1, 12);
    expect(twin.reasons.lowerTailSpy).toMatch(/perfectly/);
    expect(() => riskFeatures(returns, spy.slice(1), qqq)).toThrow(/align/);
  });

  it("never gives a number that looks right for what is none", () => {
    const wild = fc.array(
      fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, Number.NaN)),
      { minLength: 90, maxLength: 160 },
    );
    fc.assert(
      fc.property(wild, (values) => {
        const n = values.length;
        const found = riskFeatures(values, spy.slice(0, n), qqq.slice(0, n));
        for (const name of RISK_FEATURES) {
          const value = found.values[name];
          if (Number.isNaN(value)) expect(found.reasons[name]).toMatch(/\w/);
          else expect(Math.abs(value)).toBeLessThan(1e6);
        }
        const { lowerTailSpy, volatilityRegime, correlationSpy } = found.values;
        for (const share of [lowerTailSpy, volatilityRegime, correlationSpy ** 2]) {
          expect(Number.isNaN(share) || (share >= 0 && share <= 1)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });
});

it("quickTailDependence is near what the full likelihood finds", () => {
  const { u, v } = simulateCopula(copulaFamilies.t, [0.6, 4], 1200, seededRandom(3));
  const quick = quickTailDependence(u, v)!;
  const full = fitCopula(u, v, "t");
  expect(quick.dependence).toBeCloseTo(full.tailDependence.lower, 1);
  expect(Math.abs(1 / quick.nu - 1 / full.params.nu!)).toBeLessThan(0.03);
  expect(quickTailDependence(u, u)).toBeNull();
});
