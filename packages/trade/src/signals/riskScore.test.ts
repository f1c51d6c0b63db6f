import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { riskScore } from "./riskScore.ts";

const calm = { annualVolatility: 0.1, cvar95: 0.01, beta: 0, lowerTailDependence: 0, volatilityRank: 0 };
const wild = { annualVolatility: 0.8, cvar95: 0.08, beta: 2.5, lowerTailDependence: 0.6, volatilityRank: 1 };

describe("riskScore", () => {
  it("by hand: nothing is 1, everything 10, a usual stock 4", () => {
    expect(riskScore(calm)).toBe(1);
    expect(riskScore(wild)).toBe(10);
    // 0.35 (0.25-0.1)/0.7 + 0.25 (0.035-0.01)/0.07 + 0.15 1.1/2.5 + 0.1 0.3/0.6 + 0.15 0.4 = 0.075 + 0.0893 + 0.066 + 0.05 + 0.06
    // = 0.3403; 1 + 9 x 0.3403 = 4.06
    expect(
      riskScore({
        annualVolatility: 0.25,
        cvar95: 0.035,
        beta: 1.1,
        lowerTailDependence: 0.3,
        volatilityRank: 0.4,
      }),
    ).toBe(4);
    // against the market is as far from it as with it
    expect(riskScore({ ...calm, beta: -2.5 })).toBe(riskScore({ ...calm, beta: 2.5 }));
  });

  it("what is not known is no comfort, and without volatility there is no score", () => {
    expect(riskScore({ ...calm, beta: Number.NaN })).toBe(riskScore({ ...calm, beta: 2.5 }));
    expect(riskScore({ ...calm, annualVolatility: Number.NaN })).toBeNaN();
    expect(riskScore({ ...calm, cvar95: Number.POSITIVE_INFINITY })).toBeNaN();
  });

  it("never falls when a measure rises, and stays within 1 to 10", () => {
    const share = fc.double({ min: 0, max: 3, noNaN: true });
    const any = fc.record({
      annualVolatility: share,
      cvar95: share,
      beta: share,
      lowerTailDependence: share,
      volatilityRank: share,
    });
    const names = ["annualVolatility", "cvar95", "beta", "lowerTailDependence", "volatilityRank"] as const;
    fc.assert(
      fc.property(any, fc.constantFrom(...names), share, (measures, name, more) => {
        const score = riskScore(measures);
        expect(score).toBeGreaterThanOrEqual(1);
        expect(score).toBeLessThanOrEqual(10);
        expect(riskScore({ ...measures, [name]: measures[name] + more })).toBeGreaterThanOrEqual(score);
      }),
    );
  });
});
