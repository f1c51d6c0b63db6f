import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averagePrecision } from "./averagePrecision.ts";
import { classificationReport, mostProbable } from "./classificationReport.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { brierScore, logLoss } from "./probabilityScores.ts";

const SIGNALS = ["BUY", "HOLD", "SELL"];
/** Probability 0.8 for the class said, 0.1 for the others. */
const sure = (said: readonly number[]): number[] =>
  said.flatMap((s) => [0, 1, 2].map((c) => (c === s ? 0.8 : 0.1)));

describe("scikit-learn's documented examples", () => {
  it("confusion_matrix", () => {
    expect(confusionMatrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], 3)).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
  });

  it("balanced_accuracy_score: 0.625", () => {
    const said = [0, 1, 0, 0, 0, 1];
    const report = classificationReport({
      actual: [0, 1, 0, 0, 1, 0],
      predicted: said,
      probabilities: said.flatMap((s) => (s === 0 ? [1, 0] : [0, 1])),
      classNames: ["no", "yes"],
    });
    expect(report.balancedAccuracy).toBeCloseTo(0.625, 12);
  });

  it("precision_score, recall_score, f1_score, macro: 0.22, 0.33, 0.26", () => {
    const said = [0, 2, 1, 0, 0, 1];
    const report = classificationReport({
      actual: [0, 1, 2, 0, 1, 2],
      probabilities: sure(said),
      classNames: SIGNALS,
    });
    const mean = (values: readonly (number | null)[]) => values.reduce<number>((a, b) => a + (b ?? 0), 0) / 3;
    expect(mean(report.classes.map((c) => c.precision))).toBeCloseTo(2 / 9, 12);
    expect(mean(report.classes.map((c) => c.recall))).toBeCloseTo(1 / 3, 12);
    expect(report.macroF1).toBeCloseTo(0.8 / 3, 12);
  });

  it("average_precision_score: 0.83", () => {
    const positive = (i: number) => i >= 2;
    expect(averagePrecision(positive, [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(1 / 2 + 1 / 3, 12);
  });

  it("log_loss: 0.21616", () => {
    // ["spam", "ham", "ham", "spam"], columns ham, spam
    expect(logLoss([1, 0, 0, 1], [0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65], 2)).toBeCloseTo(0.21616187, 7);
  });

  it("brier_score_loss: 0.0375 of two classes is half of Brier's own; 0.1467 of three", () => {
    const p = [0.1, 0.9, 0.8, 0.3].flatMap((yes) => [1 - yes, yes]);
    expect(brierScore([0, 1, 1, 0], p, 2) / 2).toBeCloseTo(0.0375, 12);
    expect(brierScore([0, 1, 2], [0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.2, 0.2, 0.6], 3)).toBeCloseTo(0.44 / 3, 12);
  });
});

describe("averagePrecision", () => {
  it("does not depend on the order of equal scores, and is the class's share when all are equal", () => {
    // By hand: at 0.9 one of two is positive (R 1/2, P 1/2); at 0.1 two of four (R 1, P 1/2).
    expect(averagePrecision((i) => i === 0 || i === 3, [0.9, 0.9, 0.1, 0.1])).toBeCloseTo(0.5, 12);
    expect(averagePrecision((i) => i === 1 || i === 2, [0.9, 0.9, 0.1, 0.1])).toBeCloseTo(0.5, 12);
    expect(averagePrecision((i) => i === 7, new Array(10).fill(0.3))).toBeCloseTo(0.1, 12);
  });

  it("has nothing to rank without both kinds of rows", () => {
    expect(averagePrecision(() => false, [0.1, 0.2])).toBeNull();
    expect(averagePrecision(() => true, [0.1, 0.2])).toBeNull();
    expect(averagePrecision(() => true, [])).toBeNull();
    expect(() => averagePrecision(() => true, [Number.NaN])).toThrow(/score of row 0/);
  });
});

describe("classificationReport", () => {
  it("calls a run that always says HOLD what it is", () => {
    const actual = [...new Array(96).fill(1), 0, 0, 2, 2];
    const report = classificationReport({
      actual,
      probabilities: sure(new Array(100).fill(1)),
      classNames: SIGNALS,
    });
    expect(report.accuracy).toBe(0.96);
    expect(report.majorityAccuracy).toBe(0.96);
    expect(report.alwaysMajority).toBe(true);
    expect(report.onlyClass).toBe("HOLD");
    expect(report.balancedAccuracy).toBeCloseTo(1 / 3, 12);
    // F1 of HOLD 2*96/(100+96), of the two that were never said 0.
    expect(report.macroF1).toBeCloseTo(192 / 196 / 3, 12);
    expect(report.classes.map((c) => c.averagePrecision)).toEqual([0.02, 0.96, 0.02]);
  });

  it("does not call a run that always says a rare class, or one that once says another, a majority run", () => {
    const actual = [1, 1, 1, 0];
    const rare = classificationReport({ actual, probabilities: sure([0, 0, 0, 0]), classNames: SIGNALS });
    expect([rare.alwaysMajority, rare.onlyClass]).toEqual([false, "BUY"]);
    const once = classificationReport({ actual, probabilities: sure([1, 1, 1, 2]), classNames: SIGNALS });
    expect([once.alwaysMajority, once.onlyClass]).toEqual([false, null]);
    // SELL was said but never is: it counts in F1 with 0, not in the recalls.
    expect(once.balancedAccuracy).toBeCloseTo(0.5, 12);
    expect(once.macroF1).toBeCloseTo(1 / 3, 12);
    expect(once.classes[2]).toMatchObject({
      support: 0,
      recall: null,
      precision: 0,
      f1: 0,
      averagePrecision: null,
    });
  });

  it("takes decisions that are not the most probable class, and ranks by probability still", () => {
    const actual = [0, 1, 1];
    const input = { actual, probabilities: sure([1, 1, 1]), classNames: SIGNALS };
    expect(classificationReport({ ...input, predicted: [0, 1, 1] }).accuracy).toBe(1);
    expect(classificationReport(input).accuracy).toBeCloseTo(2 / 3, 12);
  });

  it("widens intervals where outcomes overlap", () => {
    const actual = Array.from({ length: 1200 }, (_, i) => i % 3);
    const input = {
      actual,
      probabilities: sure(actual.map((c, i) => (i % 5 === 0 ? 1 : c))),
      classNames: SIGNALS,
    };
    const alone = classificationReport(input);
    const shared = classificationReport({ ...input, overlap: 12 });
    expect(shared.effectiveRows).toBe(100);
    expect(shared.accuracy).toBe(alone.accuracy);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    for (const key of ["accuracyInterval", "balancedAccuracyInterval"] as const) {
      expect(width(shared[key]) / width(alone[key])).toBeCloseTo(Math.sqrt(12), 0);
    }
  });

  it("keeps every number in its bounds for any rows", () => {
    const row = fc.tuple(fc.nat(2), fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const probabilities = rows.flatMap(([, p]) => {
          const sum = p[0] + p[1] + p[2];
          return sum === 0 ? [1 / 3, 1 / 3, 1 / 3] : p.map((x) => x / sum);
        });
        const report = classificationReport({
          actual: rows.map(([c]) => c),
          probabilities,
          classNames: SIGNALS,
        });
        for (const share of [
          report.accuracy,
          report.balancedAccuracy,
          report.macroF1,
          report.majorityAccuracy,
        ]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-12);
        }
        for (const [value, { low, high }] of [
          [report.accuracy, report.accuracyInterval],
          [report.balancedAccuracy, report.balancedAccuracyInterval],
        ] as const) {
          expect(low).toBeLessThanOrEqual(value + 1e-12);
          expect(high).toBeGreaterThanOrEqual(value - 1e-12);
          expect(high).toBeGreaterThan(low);
        }
        expect(Number.isFinite(report.logLoss)).toBe(true);
        expect(report.brier).toBeLessThanOrEqual(2);
        expect(report.confusion.flat().reduce((a, b) => a + b)).toBe(rows.length);
      }),
    );
  });

  it("refuses what is no prediction", () => {
    const good = { actual: [0], probabilities: [0.2, 0.3, 0.5], classNames: SIGNALS };
    expect(() => classificationReport({ ...good, actual: [], probabilities: [] })).toThrow(/no rows/);
    expect(() => classificationReport({ ...good, actual: [3] })).toThrow(/actual class of row 0 is 3/);
    expect(() => classificationReport({ ...good, actual: [Number.NaN] })).toThrow(/row 0 is NaN/);
    expect(() => classificationReport({ ...good, predicted: [0.5] })).toThrow(/predicted class of row 0/);
    expect(() => classificationReport({ ...good, predicted: [] })).toThrow(
      /1 actual classes and 0 predictions/,
    );
    expect(() => classificationReport({ ...good, probabilities: [0.2, 0.3] })).toThrow(
      /2 probabilities for 1 rows/,
    );
    expect(() => classificationReport({ ...good, probabilities: [0.2, 0.3, 0.9] })).toThrow(/add up to 1.4/);
    expect(() => classificationReport({ ...good, probabilities: [NaN, 0.5, 0.5] })).toThrow(
      /probability of NaN/,
    );
    expect(() => classificationReport({ ...good, probabilities: [-0.5, 1, 0.5] })).toThrow(
      /probability of -0.5/,
    );
    expect(() => classificationReport({ ...good, classNames: ["one"] })).toThrow(/at least 2/);
    expect(() => classificationReport({ ...good, overlap: 0 })).toThrow(/overlap of 0/);
  });

  it("takes the first of equally probable classes", () => {
    expect([...mostProbable([0.4, 0.4, 0.2, 0.1, 0.1, 0.8], 3)]).toEqual([0, 2]);
  });
});
