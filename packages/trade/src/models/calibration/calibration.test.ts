import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { Calibration, CalibrationConfig, calibrate, fitCalibration } from "./calibration.ts";
import { confidenceReliability } from "./reliability.ts";
import { temperatureScaling } from "./temperatureScaling.ts";

const classes = ["SELL", "HOLD", "BUY"];

/** N rows whose true probabilities are drawn, told too surely: sharpened with a temperature of 0.4. */
function tooSure(rows: number, K = 3) {
  const random = seededRandom(7);
  const predictions = new Float32Array(rows * K);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const scores = Array.from({ length: K }, () => 2 * random.next());
    const total = scores.reduce((sum, s) => sum + Math.exp(s), 0);
    let left = random.next() * total;
    y[i] = K - 1;
    for (let k = K - 1; k >= 0; k--) {
      left -= Math.exp(scores[k]!);
      if (left > 0) y[i] = k - 1;
    }
    const sharp = scores.reduce((sum, s) => sum + Math.exp(s / 0.4), 0);
    scores.forEach((s, k) => {
      predictions[i * K + k] = Math.exp(s / 0.4) / sharp;
    });
  }
  const names = classes.slice(0, K);
  return {
    oof: { predictions, fold: new Int32Array(rows), outputs: names },
    data: { target: { kind: "classes" as const, classes: names, y } },
  };
}

describe("temperature", () => {
  it("is that of scipy's minimum of the log loss", () => {
    const p = [0.7, 0.2, 0.1, 0.6, 0.3, 0.1, 0.1, 0.8, 0.1, 0.2, 0.5, 0.3, 0.9, 0.05, 0.05, 0.3, 0.3, 0.4];
    // scipy.optimize.minimize, Nelder-Mead on ln T, xatol 1e-12
    expect(temperatureScaling(p, [0, 1, 1, 2, 0, 2], 3).temperature).toBeCloseTo(0.67486302, 6);
  });

  it("finds the temperature with which the probabilities were sharpened", () => {
    const { oof, data } = tooSure(20_000);
    const found = fitCalibration({ method: "temperature" }, oof, data);
    // 1 / 0.4, up to the noise of 20,000 draws
    expect(found.kind === "temperature" && found.temperature).toBeCloseTo(2.5, 0);
  });
});

describe.each(["platt", "isotonic", "temperature", "beta"] as const)("%s", (method) => {
  it.each([2, 3])("brings the error of probabilities told too surely below a third, %i classes", (K) => {
    const { oof, data } = tooSure(6000, K);
    const calibration = Calibration.parse(
      JSON.parse(JSON.stringify(fitCalibration(CalibrationConfig.parse({ method }), oof, data))),
    );
    const told = calibrate(calibration, oof.predictions, K);
    for (let i = 0; i < told.length; i += K)
      expect(told.subarray(i, i + K).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const error = (p: Float32Array) => confidenceReliability(p, data.target.y, K).expectedError;
    expect(error(told)).toBeLessThan(error(oof.predictions) / 3);
  });

  it("never reads rows of no fold, and refuses rows that tell nothing", () => {
    const { oof, data } = tooSure(200);
    const half = oof.fold.map((_, i) => (i < 100 ? 0 : -1));
    const spoiled = oof.predictions.map((v, i) => (i < 300 ? v : Number.NaN));
    const found = fitCalibration({ method }, { ...oof, predictions: spoiled, fold: half }, data);
    const first = fitCalibration(
      { method },
      { ...oof, predictions: oof.predictions.slice(0, 300), fold: new Int32Array(100) },
      { target: { ...data.target, y: data.target.y.slice(0, 100) } },
    );
    expect(found).toEqual(first);
    const fit =
      (change: object, y = data.target.y) =>
      () =>
        fitCalibration({ method }, { ...oof, ...change }, { target: { ...data.target, y } });
    expect(fit({ predictions: spoiled })).toThrow(/row 100, class 'SELL': NaN is no probability/);
    expect(fit({}, new Int32Array(200))).toThrow(/no out-of-fold row is of class 'HOLD'/);
    expect(fit({ outputs: ["a", "b", "c"] })).toThrow(/have to be the same/);
    expect(fit({ fold: new Int32Array(200).fill(-1) })).toThrow(/no out-of-fold row/);
  });
});
