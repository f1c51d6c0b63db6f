import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { riskBacktest } from "./riskBacktest.ts";

/** x exceedances among n, evenly spread. */
const spread = (x: number, n: number) =>
  Uint8Array.from({ length: n }, (_, t) => (Math.floor(((t + 1) * x) / n) > Math.floor((t * x) / n) ? 1 : 0));

describe("Kupiec's test", () => {
  // non-rejection regions at 95 % of test confidence, Kupiec (1995), table 3, as in Jorion, Value at Risk, table 6-2
  it.each([
    [0.99, 255, null, 7],
    [0.99, 510, 1, 11],
    [0.99, 1000, 4, 17],
    [0.95, 255, 6, 21],
    [0.95, 510, 16, 36],
    [0.95, 1000, 37, 65],
  ])("at %f of %i periods does not reject between %s and %i exceedances", (level, n, low, high) => {
    const p = (x: number) => riskBacktest(spread(x, n), level).coverage.pValue!;
    expect(p(high)).toBeLessThan(0.05);
    expect(p(high - 1)).toBeGreaterThan(0.05);
    if (low === null) return;
    expect(p(low)).toBeLessThan(0.05);
    expect(p(low + 1)).toBeGreaterThan(0.05);
  });
});

describe("Christoffersen's tests", () => {
  it("by hand: 0 0 1 1 0 0 0 1 0 0 at 90 %", () => {
    const test = riskBacktest([0, 0, 1, 1, 0, 0, 0, 1, 0, 0], 0.9);
    // pairs: 00 four, 01 two, 10 two, 11 one; 3 of 9 after the first
    const ln = Math.log;
    const chain = 4 * ln(4 / 6) + 2 * ln(2 / 6) + 2 * ln(2 / 3) + ln(1 / 3);
    expect(test.independence.statistic).toBeCloseTo(2 * (chain - (6 * ln(6 / 9) + 3 * ln(3 / 9))), 12);
    expect(test.conditionalCoverage.statistic).toBeCloseTo(2 * (chain - (6 * ln(0.9) + 3 * ln(0.1))), 12);
    expect(test.coverage.statistic).toBeCloseTo(
      2 * (7 * ln(0.7) + 3 * ln(0.3) - 7 * ln(0.9) - 3 * ln(0.1)),
      12,
    );
    expect(test).toMatchObject({ periods: 10, exceedances: 3 });
    expect(test.expected).toBeCloseTo(1, 12);
    // chi2(2): P(X > x) = exp(-x/2)
    expect(test.conditionalCoverage.pValue).toBeCloseTo(
      Math.exp(-test.conditionalCoverage.statistic! / 2),
      12,
    );
  });

  it("rejects exceedances that come together", () => {
    const together = Uint8Array.from({ length: 500 }, (_, t) => (t >= 100 && t < 125 ? 1 : 0));
    const test = riskBacktest(together, 0.95);
    expect(test.coverage.pValue).toBeCloseTo(1, 6);
    expect(test.independence.pValue).toBeLessThan(1e-6);
    expect(test.conditionalCoverage.pValue).toBeLessThan(1e-6);
  });

  it("says nothing where nothing can be said", () => {
    expect(riskBacktest([], 0.95).coverage.statistic).toBeNull();
    expect(riskBacktest([0, 0, 0], 0.95).independence.statistic).toBeNull();
    expect(riskBacktest([0, 0, 1], 0.95).independence.statistic).toBeNull();
  });

  it("has probabilities inside 0 and 1 for any sequence", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 60 }), (hits) => {
        const test = riskBacktest(hits, 0.95);
        for (const { statistic, pValue } of [test.coverage, test.independence, test.conditionalCoverage]) {
          if (statistic === null) continue;
          expect(statistic).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
