import { expect, it } from "vitest";
import { LIGHTGBM_OPTIONS } from "../lightgbm/lightgbmOptions.ts";
import { XGBOOST_OPTIONS } from "../xgboost/xgboostOptions.ts";
import { readOptions } from "./readOptions.ts";

it("gives defaults for what is not said", () => {
  expect(readOptions("XGBoost", XGBOOST_OPTIONS, { rounds: 7 })).toMatchObject({
    rounds: 7,
    maxDepth: 6,
    growth: "depthwise",
    monotone: [],
  });
});

it.each([
  [{ eta: 0.1 }, /XGBoost has no option "eta": choose from rounds, learningRate/],
  [{ rounds: 0 }, /option "rounds" is 0: give a whole number from 1 to 100000/],
  [{ rounds: 2.5 }, /whole number/],
  [{ learningRate: 0 }, /a number above 0 to 1/],
  [{ learningRate: Number.NaN }, /learningRate/],
  [{ growth: "sideways" }, /one of depthwise, lossguide/],
  [{ monotone: [1, 2] }, /a list with 1 \(rising\)/],
  [{ seed: "1" }, /option "seed" is "1"/],
])("refuses %j by name", (options, message) => {
  expect(() => readOptions("XGBoost", XGBOOST_OPTIONS, options as object)).toThrow(message);
});

it("refuses a flag that is none", () => {
  expect(() => readOptions("LightGBM", LIGHTGBM_OPTIONS, { randomThresholds: 1 })).toThrow(/true or false/);
});
