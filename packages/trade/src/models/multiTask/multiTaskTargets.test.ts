import { expect, test } from "vitest";
import { fitTargets, learnableTargets, type OutcomeColumns } from "./multiTaskTargets.ts";

/** Rows 0..5 are trained on; the last two hold what must not be looked at. */
const columns: OutcomeColumns = {
  returns: [Float32Array.of(1, -1, 1, -1, 1, -1, 500, 500), Float32Array.of(2, -2, 2, -2, 2, -2, 900, 900)],
  direction: Float32Array.of(0, 0, 0, 1, 2, 2, 1, 1),
  position: Float32Array.of(0, 1, 2, 0, 1, 2, 1, 1),
  volatility: Float32Array.of(1, 3, 1, 3, 1, 3, 70, 80),
  drawdown: Float32Array.of(0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.15, 9),
};
const train = Int32Array.of(0, 1, 2, 3, 4, 5);

test("scales, shares and weights come from the training rows alone", () => {
  const scaling = fitTargets(columns, train, "weights");
  expect(scaling.returnScales).toEqual([1, 2]);
  expect(scaling.volatilityScale).toBe(2);
  // ln 3 apart, half each: the deviation is half of it
  expect(scaling.logVolatilityScale).toBeCloseTo(Math.log(3) / 2, 12);
  expect(scaling.directionRates).toEqual([1 / 2, 1 / 6, 1 / 3]);
  // each class weighs a third of the rows in sum
  expect(scaling.directionWeights.map((w, c) => w * scaling.directionRates[c]! * 3)).toEqual([1, 1, 1]);
  expect(scaling.positionWeights).toEqual([1, 1, 1]);
  expect(fitTargets(columns, train, "none").directionWeights).toEqual([1, 1, 1]);
  expect(scaling.drawdownHundredths[0]).toBe(0);
  expect(scaling.drawdownHundredths[100]).toBeCloseTo(0.4, 6);
  expect(
    fitTargets(columns, Int32Array.from(columns.direction.keys()), "weights").volatilityScale,
  ).toBeGreaterThan(10);
});

test("risk is the drawdown's rank among the training rows, 0 mildest and 1 worst", () => {
  const { risk, returns, horizons } = learnableTargets(columns, train);
  expect(horizons).toBe(2);
  expect([...returns.subarray(0, 4)]).toEqual([1, 2, -1, -2]);
  // (below + half of equals) / 6; 0.15 lies above three, 9 above all
  expect([...risk].map((r) => Math.round(r * 12))).toEqual([1, 4, 4, 7, 9, 11, 6, 12]);
});

test("a class that does not occur, or prices that do not move, are refused", () => {
  expect(() => fitTargets(columns, Int32Array.of(0, 1, 2, 4), "weights")).toThrow(
    "the 4 training rows hold no 'HOLD' (direction): lower the label's threshold or give more bars",
  );
  expect(() => fitTargets({ ...columns, volatility: new Float32Array(8) }, train, "weights")).toThrow(
    /do not move/,
  );
  expect(() => fitTargets({ ...columns, returns: [new Float32Array(8)] }, train, "weights")).toThrow(
    /returns of horizon 1 do not vary/,
  );
});
