import { describe, expect, it } from "vitest";
import { demGbp } from "../testing/demGbp.ts";
import { ewmaCovariance } from "./ewma.ts";
import { fitHarRv } from "./harRv.ts";
import { ledoitWolf } from "./ledoitWolf.ts";

const returns = demGbp();
const columns = [
  returns.slice(0, 600),
  returns.slice(600, 1200),
  returns.slice(1200, 1800),
  returns.slice(3, 603).map((r, t) => r + 0.5 * returns[t]!),
];

describe("ewmaCovariance", () => {
  it("by hand: weights 1, 0.5, 0.25 over their sum", () => {
    const c = ewmaCovariance([1, 2, 4], [3, 1, 2], 0.5);
    expect([...c]).toEqual([Number.NaN, 3, (2 + 1.5) / 1.5, (8 + 1 + 0.75) / 1.75]);
  });

  it("of a constant size is that size, and of a million rows keeps RiskMetrics' recursion", () => {
    expect(ewmaCovariance([2, -2, 2, -2], [2, -2, 2, -2]).at(-1)).toBeCloseTo(4, 14);
    const v = ewmaCovariance(returns, returns);
    expect(v[1974]! / (0.94 * v[1973]! + 0.06 * returns[1973]! ** 2)).toBeCloseTo(1, 12);
  });

  it("refuses what is none", () => {
    expect(() => ewmaCovariance([1, Number.NaN], [1, 2])).toThrow(/return 2/);
    expect(() => ewmaCovariance([1], [1, 2])).toThrow(/1 returns beside 2/);
    for (const decay of [0, 1, Number.NaN]) expect(() => ewmaCovariance([1], [1], decay)).toThrow(/decay/);
  });
});

describe("fitHarRv", () => {
  const squares = returns.map((r) => r * r);
  const fit = fitHarRv(squares);

  // statsmodels 0.14 OLS, cov_type HAC, maxlags 7, use_correction False, on the squared returns of DEM/GBP
  it.each([
    ["const", 0.078018824212845, 0.015033706295604082],
    ["daily", 0.08712380814389742, 0.04674838215783615],
    ["weekly", 0.28567629014798945, 0.10125746775446288],
    ["monthly", 0.2783823085526118, 0.09431227613771781],
  ] as const)("%s and its error are those of statsmodels", (name, param, error) => {
    expect(fit.params[name]).toBeCloseTo(param, 10);
    expect(fit.stdErrors[name]).toBeCloseTo(error, 10);
  });

  it("has their fit and lags, and goes on from its own forecasts", () => {
    expect(fit.rSquared).toBeCloseTo(0.09602200786198234, 10);
    expect(fit.lags).toBe(7);
    const b = fit.params;
    const mean = (days: number, values: ArrayLike<number>) =>
      Array.from(values)
        .slice(-days)
        .reduce((s, v) => s + v, 0) / days;
    const next = (values: ArrayLike<number>) =>
      b.const + b.daily * mean(1, values) + b.weekly * mean(5, values) + b.monthly * mean(22, values);
    expect(fit.forecast[0]).toBeCloseTo(next(squares), 12);
    expect(fit.forecast[1]).toBeCloseTo(next([...squares, fit.forecast[0]!]), 12);
    expect(fit.forecast).toHaveLength(5);
  });

  it("refuses what is no variance", () => {
    expect(() => fitHarRv(squares.slice(0, 59))).toThrow(/59 days/);
    expect(() => fitHarRv(squares.map((v, t) => (t === 4 ? -1 : v)))).toThrow(/realized variance 5 is -1/);
    expect(() => fitHarRv(new Float64Array(100).fill(2))).toThrow(/is 2 on every day/);
  });
});

describe("ledoitWolf", () => {
  it("identity: scikit-learn's ledoit_wolf on four series of DEM/GBP", () => {
    const { covariance, shrinkage } = ledoitWolf(columns, "identity");
    expect(shrinkage).toBeCloseTo(0.05753390768773138, 12);
    [0.29956996059505475, -0.0053864275883054235, -0.0007426692228224024, 0.14959570187584736].forEach(
      (v, j) => {
        expect(covariance[0]![j]).toBeCloseTo(v, 12);
      },
    );
  });

  it("constantCorrelation: the sums of the paper's appendix, written out in numpy, on the same", () => {
    const { covariance, shrinkage } = ledoitWolf(columns);
    expect(shrinkage).toBeCloseTo(0.04209653670042434, 12);
    [0.3012829156354604, -0.004770762817197992, -7.37347607964676e-5, 0.15300787402202456].forEach((v, j) => {
      expect(covariance[0]![j]).toBeCloseTo(v, 12);
    });
  });

  it("keeps the variances, is symmetric, and refuses what has none", () => {
    const { covariance, shrinkage } = ledoitWolf(columns.map((c) => c.slice(0, 5)));
    expect(shrinkage).toBeGreaterThan(0);
    expect(shrinkage).toBeLessThanOrEqual(1);
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) expect(covariance[i]![j]).toBe(covariance[j]![i]);
    expect(() => ledoitWolf([columns[0]!, new Float64Array(600).fill(1)])).toThrow(/series 2 is constant/);
    expect(() => ledoitWolf([columns[0]!, columns[1]!.slice(1)])).toThrow(/series 2 has 599 rows/);
    expect(() => ledoitWolf([])).toThrow(/0 series/);
  });
});
