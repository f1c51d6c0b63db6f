import { describe, expect, it } from "vitest";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
} from "./sharpeStatistics.ts";

// Worked examples of Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012), as tested in
// rubenbriones/Probabilistic-Sharpe-Ratio.
describe("the Sharpe Ratio Efficient Frontier's examples", () => {
  const first = { n: 134, skewness: -0.225, kurtosis: 2.957, sharpe: 0.7079 };
  const second = { n: 134, skewness: -1.4455, kurtosis: 7.0497, sharpe: 0.8183 };

  it("standard errors", () => {
    expect(sharpeStandardError(first)).toBeCloseTo(0.1028, 4);
    expect(sharpeStandardError(second)).toBeCloseTo(0.155, 4);
  });

  it("probabilities", () => {
    const normal = { n: 24, skewness: 0, kurtosis: 3, sharpe: 0.458 };
    expect(probabilisticSharpe(normal)).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe({ ...normal, skewness: -2.448, kurtosis: 10.164 })).toBeCloseTo(0.913, 3);
  });

  it("track records in years of monthly returns", () => {
    expect(minimumTrackRecord(first)! / 12).toBeCloseTo(0.7152, 4);
    expect(minimumTrackRecord(second)! / 12).toBeCloseTo(1.1593, 4);
    expect(minimumTrackRecord({ ...first, sharpe: -0.1 })).toBeNull();
  });
});

// Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014), section "A numerical example": 5 years of 250 daily
// returns, annual Sharpe ratio 2.5, variance of the trials' annual ratios 1/2, skewness -3, kurtosis 10.
describe("the Deflated Sharpe Ratio's example", () => {
  const estimate = { n: 1250, skewness: -3, kurtosis: 10, sharpe: 2.5 / Math.sqrt(250) };
  const variance = 0.5 / 250;

  it("100 trials: the best of no skill is expected at 0.1132 a day, and the ratio is real with 0.9004", () => {
    expect(expectedMaximumSharpe(100, variance)).toBeCloseTo(0.1132, 4);
    expect(deflatedSharpe(estimate, 100, variance)).toBeCloseTo(0.9004, 4);
  });

  it("46 trials: 0.9505", () => {
    expect(deflatedSharpe(estimate, 46, variance)).toBeCloseTo(0.9505, 4);
  });

  it("one trial needs no deflation", () => {
    expect(deflatedSharpe(estimate, 1, variance)).toBe(probabilisticSharpe(estimate));
    expect(() => expectedMaximumSharpe(0, variance)).toThrow(/count at least one/);
  });
});
