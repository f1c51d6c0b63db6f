import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyBinary, type BinaryMethod, fitBinary, plattScaling } from "./binaryCalibration.ts";

const p = Float64Array.of(0.05, 0.15, 0.2, 0.35, 0.4, 0.5, 0.62, 0.7, 0.85, 0.95);
const hits = Uint8Array.of(0, 0, 1, 0, 0, 1, 1, 0, 1, 1);

describe("maps of one probability, against other software", () => {
  it("meets scikit-learn's sigmoid calibration of scores", () => {
    const scores = Float64Array.of(-2.1, -1.3, -0.7, -0.2, 0.1, 0.4, 0.9, 1.5, 2.2, 3.0);
    // scipy BFGS (gtol 1e-10) of the objective; scikit-learn 1.9.1 `_sigmoid_calibration` gives -0.5605924, 0.2075992
    const { slope, intercept } = plattScaling(scores, hits);
    expect(slope).toBeCloseTo(0.5605923529882655, 6);
    expect(intercept).toBeCloseTo(-0.20759917057502297, 6);
  });

  it("meets statsmodels' Logit on ln p and -ln(1 - p): beta calibration", () => {
    const { calibration } = fitBinary("beta", p, hits);
    if (calibration.kind !== "beta") throw new Error("another kind");
    expect(calibration.a).toBeCloseTo(0.5213620940758584, 5);
    expect(calibration.b).toBeCloseTo(1.3012586376725692, 5);
    expect(calibration.c).toBeCloseTo(-0.5431306251059083, 5);
  });

  it("meets scikit-learn's isotonic regression, also between the blocks", () => {
    const { calibration } = fitBinary("isotonic", p, hits);
    const told = [0, 0.1, 0.3, 0.45, 0.55, 0.66, 0.9, 1].map((v) => applyBinary(calibration, v));
    [0, 0, 1 / 3, 0.5, 2 / 3, 2 / 3, 1, 1].forEach((v, i) => {
      expect(told[i]).toBeCloseTo(v, 12);
    });
  });
});

describe("Platt scaling by hand", () => {
  it("tells Platt's own targets where a score of two values parts hits from misses", () => {
    // 3 hits at s = 1, 2 misses at s = -1: P(hit | 1) = 4/5, P(hit | -1) = 1/4 exactly, for two parameters fit two values
    const { slope, intercept } = plattScaling(Float64Array.of(1, 1, 1, -1, -1), Uint8Array.of(1, 1, 1, 0, 0));
    const at = (s: number) => 1 / (1 + Math.exp(-(slope * s + intercept)));
    expect(at(1)).toBeCloseTo(0.8, 6);
    expect(at(-1)).toBeCloseTo(0.25, 6);
  });

  it("does not turn a score round that falls with the hits: it tells their share", () => {
    const { calibration, notes } = fitBinary("platt", p, hits.map((h) => 1 - h) as Uint8Array);
    expect(applyBinary(calibration, 0.1)).toBeCloseTo(0.5, 6);
    expect(applyBinary(calibration, 0.9)).toBeCloseTo(0.5, 6);
    expect(notes.join()).toMatch(/rarer/);
  });
});

it("rises and stays a probability, whatever it was fitted on", () => {
  const rows = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), fc.integer({ min: 1, max: 4 })),
    {
      minLength: 2,
      maxLength: 60,
    },
  );
  for (const method of ["platt", "beta", "isotonic"] satisfies BinaryMethod[])
    fc.assert(
      fc.property(rows, (given) => {
        const { calibration } = fitBinary(
          method,
          Float64Array.from(given, ([v]) => v),
          Uint8Array.from(given, ([, hit]) => (hit ? 1 : 0)),
          Float64Array.from(given, ([, , w]) => w),
        );
        let before = 0;
        for (let i = 0; i <= 100; i++) {
          const told = applyBinary(calibration, i / 100);
          expect(told).toBeGreaterThanOrEqual(before - 1e-12);
          expect(told).toBeLessThanOrEqual(1);
          before = told;
        }
        expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
      }),
      { numRuns: 60 },
    );
});
