import { expect, test } from "vitest";
import type { MultiTaskForecast } from "../models/multiTask/multiTaskNet.ts";
import type { SixHeadsData } from "./sixHeadsData.ts";
import { sixHeadsReport } from "./sixHeadsReport.ts";

/** Two symbols on the same four days; the first row of each is not forecast. */
const closeTime = Float64Array.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4);
const rows = Int32Array.of(1, 2, 3, 4, 6, 7, 8, 9);
const spread = (values: number[]) =>
  Float32Array.from(closeTime, (_, row) => values[rows.indexOf(row)] ?? Number.NaN);
const data = {
  stack: { closeTime },
  outcomes: {
    returns: [spread([1, -1, 1, -1, 2, -2, 2, -2])],
    direction: spread([0, 2, 0, 2, 0, 2, 0, 1]),
    position: spread([0, 2, 0, 2, 0, 2, 0, 1]),
    volatility: spread([1, 2, 3, 4, 5, 6, 7, 8]),
    drawdown: spread([1, 2, 3, 4, 5, 6, 7, 8]),
  },
  trailingVolatility: spread([8, 7, 6, 5, 4, 3, 2, 1]),
} as unknown as SixHeadsData;

const shares = Float32Array.from({ length: 24 }, (_, i) => [0.5, 0.25, 0.25][i % 3]!);
const forecast: MultiTaskForecast = {
  returns: [Float32Array.of(1, -1, 1, -1, 1, -1, 1, -1)],
  direction: shares,
  directionSaid: Uint8Array.of(0, 2, 0, 2, 0, 2, 0, 0),
  position: shares,
  positionSaid: new Uint8Array(8),
  volatility: Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80),
  confidence: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 0.5),
  risk: Float32Array.of(0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1),
};

test("each head by hand, beside its baseline", () => {
  const horizons = { returns: [1], direction: 1, longest: 2 };
  const report = sixHeadsReport({ data, rows, forecast, horizons, rightShare: 0.5 });
  expect(report).toMatchObject({ days: 4, effectiveDays: 2 });
  const [one] = report.returns;
  // errors: four of 0, four of 1; saying 0: four of 1, four of 4
  expect(one).toMatchObject({ n: 8, rmse: Math.sqrt(0.5), zeroRmse: Math.sqrt(2.5) });
  expect(one!.skill).toBeCloseTo(0.8, 12);
  expect(one!.correlation).toBeCloseTo(12 / Math.sqrt(8 * 20), 12);
  // the days gain alike, 1 and 3 on average 2: an interval of no width about 2 / 2.5
  expect(one!.skillInterval![0]).toBeCloseTo(0.8, 12);
  expect(report.volatility).toMatchObject({ n: 8, rankCorrelation: 1, baselineRankCorrelation: -1 });
  expect(report.risk.rankCorrelation).toBe(-1);
  expect(report.direction.confusion).toEqual([
    [4, 0, 0],
    [1, 0, 0],
    [0, 0, 3],
  ]);
  expect(report.direction.alwaysOneClass).toBe(false);
  expect(report.position.alwaysOneClass).toBe(true);
  // right on 7 of 8: one error of a half squared; saying 0.5 errs by a half each time
  expect(report.confidence).toMatchObject({ n: 8, rightShare: 7 / 8, brier: 0.25 / 8, baseBrier: 0.25 });
  expect(report.confidence!.skill).toBeCloseTo(1 - 1 / 8, 12);
  expect(sixHeadsReport({ data, rows, forecast, horizons, rightShare: null }).confidence).toBeNull();
});
