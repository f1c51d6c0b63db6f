import { expect, test } from "vitest";
import { Classification } from "../wire/training.ts";
import { classify } from "./classification.ts";

/** 1 BUY, 7 HOLD, 2 SELL. */
const actual = Float32Array.of(1, 1, 0, 1, 2, 1, 1, 2, 1, 1);
const forecast = {
  buy: Float32Array.of(0.1, 0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
  hold: Float32Array.of(0.8, 0.8, 0.3, 0.8, 0.8, 0.8, 0.8, 0.1, 0.8, 0.8),
  sell: Float32Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1),
  return: new Float32Array(10),
};

test("always HOLD is right 70 % of the time, and no better than chance where classes count alike", () => {
  const report = classify(actual, forecast, new Int8Array(10), 1);
  expect(Classification.strict().parse(report)).toEqual(report);
  expect(report).toMatchObject({
    n: 10,
    classes: ["BUY", "HOLD", "SELL"],
    confusion: [
      [0, 1, 0],
      [0, 7, 0],
      [0, 2, 0],
    ],
    accuracy: 0.7,
    majorityAccuracy: 0.7,
    alwaysOneClass: true,
    baseRates: { BUY: 0.1, HOLD: 0.7, SELL: 0.2 },
  });
  expect(report.balancedAccuracy).toBeCloseTo(1 / 3, 12);
});

test("signals are counted under their classes", () => {
  // said: BUY where it was, SELL at one of two, HOLD elsewhere
  const signals = Int8Array.of(0, 0, 1, 0, 0, 0, 0, -1, 0, 0);
  const report = classify(actual, forecast, signals, 1);
  expect(report.confusion).toEqual([
    [1, 0, 0],
    [0, 7, 0],
    [0, 1, 1],
  ]);
  expect(report.accuracy).toBeCloseTo(0.9, 12);
  expect(report.balancedAccuracy).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
  expect(report.alwaysOneClass).toBe(false);
});
