import { describe, expect, it } from "vitest";
import { featureContract } from "../../features/featureContract.ts";
import { allocateBars, singlePanel } from "../../market/bars.ts";
import { regimeFeatures } from "./regimeFeatures.ts";

describe.each([20, 130])("regime features of %i bars", (reference) => {
  featureContract(() => regimeFeatures(reference), { tailTolerance: 1e-5 });
});

describe("regime features", () => {
  it("measures as the rule does, by hand", () => {
    // nine returns of 0.01 and -0.01 in turn, then five of 0.02; R = 14, so that only the window of 5 fits
    const returns = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, 0.02, 0.02, 0.02, 0.02, 0.02];
    const bars = allocateBars("TEST", 15);
    let log = 0;
    for (let t = 0; t < 15; t++) {
      log += t > 0 ? returns[t - 1]! : 0;
      for (const name of ["open", "high", "low", "close"] as const) bars[name][t] = Math.exp(log);
      bars.volume[t] = t < 10 ? 1 : 3;
      bars.closeTime[t] = (t + 1) * 60_000;
    }
    const feature = regimeFeatures(14);
    const columns = feature.compute(singlePanel(bars));
    const at = (name: string) => columns[feature.columns.indexOf(name)]![14];
    // sum 0.11, sum of squares 9 * 0.0001 + 5 * 0.0004 = 0.0029: variance (0.0029 - 0.0121 / 14) / 13
    const usual = Math.sqrt((0.0029 - 0.0121 / 14) / 13);
    expect(at("trend5")).toBeCloseTo(0.1 / (usual * Math.sqrt(5)), 5);
    expect(at("volatilityRatio5")).toBeCloseTo(0, 5);
    expect([at("downShare5"), at("efficiency5"), at("drawdown")]).toEqual([0, expect.closeTo(1, 6), 0]);
    expect(at("climb")).toBeCloseTo(0.11 / (usual * Math.sqrt(20)), 5);
    // the last 14 volumes: 9 ones and 5 threes; no bar has a range
    expect(at("volumeRatio5")).toBeCloseTo(3 / (24 / 14), 5);
    expect(at("rangeRatio5")).toBe(1);
    expect(feature.columns.some((name) => name.endsWith("10"))).toBe(false);
  });
});
