import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LabelSpans, labelSpans, spansOfLabels } from "./labelSpans.ts";
import {
  averageUniqueness,
  classBalanceWeights,
  concurrency,
  returnAttribution,
  timeDecay,
} from "./uniqueness.ts";

/** Spans of 1 to 12 bars within 60, in order. */
export const arbitrarySpans: fc.Arbitrary<LabelSpans> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 11 })), { maxLength: 40 })
  .map((pairs) => pairs.sort((a, b) => a[0] - b[0]))
  .map((pairs) =>
    labelSpans(
      pairs.map(([from]) => from),
      pairs.map(([from, more]) => from + more),
      60,
    ),
  );

// The example of the book's 4.5.3: labels of bars 1-3, 3-4 and 5-6, counted from 0.
const book = labelSpans([0, 2, 4], [2, 3, 5], 6);

describe("concurrency, averageUniqueness", () => {
  it("gives the book's example: 5/6, 3/4, 1", () => {
    expect([...concurrency(book)]).toEqual([1, 1, 2, 1, 1, 1]);
    // label 1: (1 + 1 + 1/2) / 3; label 2: (1/2 + 1) / 2; label 3: (1 + 1) / 2
    averageUniqueness(book).forEach((u, i) => {
      expect(u).toBeCloseTo([5 / 6, 3 / 4, 1][i]!, 12);
    });
  });

  it("gives the figures of mlfinpy's tests (MIT): eight labels of three hours", () => {
    const first = [1, 2, 5, 7, 10, 11, 12, 20];
    const spans = labelSpans(
      first,
      first.map((t) => t + 2),
      169,
    );
    const counts = concurrency(spans).subarray(1, 23);
    const times = [0, 1, 2, 3].map((k) => counts.filter((c) => c === k).length);
    expect(times).toEqual([5, 11, 5, 1]);
    const u = averageUniqueness(spans);
    // 2/3, 5/6, 4/9, 1; printed there as 0.66, 0.83, 0.44, 1
    [2 / 3, 5 / 6, 4 / 9, 1].forEach((wanted, i) => {
      expect(u[[0, 2, 5, 7][i]!]).toBeCloseTo(wanted, 12);
    });
  });

  it("is what counting each bar gives, lies in (0, 1], and adds up to the bars that are covered", () => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        const { first, last } = spans;
        const counts = Array.from(
          { length: 60 },
          (_, t) => [...first.keys()].filter((i) => first[i]! <= t && t <= last[i]!).length,
        );
        expect([...concurrency(spans)]).toEqual(counts);
        const u = averageUniqueness(spans);
        let covered = 0;
        u.forEach((value, i) => {
          expect(value > 0 && value <= 1 + 1e-12).toBe(true);
          covered += value * (last[i]! - first[i]! + 1);
        });
        expect(covered).toBeCloseTo(counts.filter((c) => c > 0).length, 8);
      }),
    );
  });
});

describe("spansOfLabels", () => {
  it("spans the returns after a row: neighbours of one bar have nothing in common", () => {
    const closeTime = Float64Array.of(10, 20, 30, 40);
    const { rows, spans } = spansOfLabels(closeTime, Float64Array.of(20, 40, Infinity, Infinity));
    expect([[...rows], [...spans.first], [...spans.last]]).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
    expect([...averageUniqueness(spans)]).toEqual([1, 1]);
    expect(() => spansOfLabels(closeTime, Float64Array.of(20))).toThrow(/1 label times for 4 bars/);
    // known at its own close, or after the last bar
    expect(() => spansOfLabels(closeTime, Float64Array.of(10, 40, 40, 40))).toThrow(
      /label 0 from bar 1 to 0/,
    );
    expect(() => spansOfLabels(closeTime, Float64Array.of(99, 40, 40, Infinity))).toThrow(/from bar 1 to 4/);
  });
});

describe("labelSpans", () => {
  it("refuses what is no span, naming it", () => {
    expect(() => labelSpans([0], [], 3)).toThrow(/1 beginnings and 0 ends/);
    expect(() => labelSpans([0, 2], [1, 3], 3)).toThrow(/label 1 from bar 2 to 3/);
    expect(() => labelSpans([NaN], [1], 3)).toThrow(/label 0 from bar NaN/);
    expect(() => labelSpans([1, 0], [1, 1], 3)).toThrow(/label 1 begins before/);
    expect(averageUniqueness(labelSpans([], [], 0))).toHaveLength(0);
  });
});

describe("returnAttribution", () => {
  it("shares each bar's return among its labels, by hand", () => {
    // log returns 1, 2, -3; label 1 has bars 1-2, label 2 bars 2-3: |1 + 2/2| = 2, |2/2 - 3| = 2; label 3 bar 3 among two
    const close = Float64Array.from([0, 1, 3, 0], Math.exp);
    const two = returnAttribution(labelSpans([1, 2], [2, 3], 4), close);
    expect([...two].map((w) => Math.round(w * 1e9) / 1e9)).toEqual([1, 1]);
    // 1 + 2/2 = 2, |2/2 - 3/2| = 0.5, |-3/2| = 1.5: of 4, times 3
    const three = returnAttribution(labelSpans([1, 2, 3], [2, 3, 3], 4), close);
    [1.5, 0.375, 1.125].forEach((wanted, i) => {
      expect(three[i]).toBeCloseTo(wanted, 9);
    });
  });

  it("averages 1, and says where a label has no return", () => {
    expect(() => returnAttribution(labelSpans([1], [2], 3), Float64Array.of(1, NaN, 2))).toThrow(
      /bar 1 has no/,
    );
    expect(() => returnAttribution(labelSpans([0], [0], 1), Float64Array.of(1))).toThrow(
      /bar 0 has no return/,
    );
    expect(() => returnAttribution(labelSpans([1], [2], 3), Float64Array.of(5, 5, 5))).toThrow(
      /no label's price/,
    );
    expect(() => returnAttribution(book, Float64Array.of(5))).toThrow(/1 closes for 6 bars/);
    expect(returnAttribution(labelSpans([], [], 2), Float64Array.of(NaN, NaN))).toHaveLength(0);
    // outside of all labels a missing price does no harm
    expect([...returnAttribution(labelSpans([1], [1], 3), Float64Array.of(5, 6, NaN))]).toEqual([1]);
  });
});

describe("timeDecay", () => {
  it("falls piecewise linearly in uniqueness, by hand: x = 1/2, 1, 2 of 2", () => {
    const u = Float64Array.of(0.5, 0.5, 1);
    expect([...timeDecay(u, 1)]).toEqual([1, 1, 1]);
    expect([...timeDecay(u, 0.5)]).toEqual([0.625, 0.75, 1]);
    expect([...timeDecay(u, 0)]).toEqual([0.25, 0.5, 1]);
    // the oldest half of the uniqueness weighs nothing
    expect([...timeDecay(u, -0.5)]).toEqual([0, 0, 1]);
    expect([...timeDecay(u, -0.25)].map((w) => Math.round(w * 1e9) / 1e9)).toEqual([0, 0.333333333, 1]);
  });

  it("refuses what is no decay and no uniqueness", () => {
    for (const oldest of [-1, 1.5, NaN])
      expect(() => timeDecay(Float64Array.of(1), oldest)).toThrow(/oldest weight/);
    for (const u of [0, -1, 2, NaN])
      expect(() => timeDecay(Float64Array.of(1, u), 0.5)).toThrow(/label 1 has/);
    expect(timeDecay(new Float64Array(0), 0.5)).toHaveLength(0);
  });
});

describe("classBalanceWeights", () => {
  it("weighs each class that occurs the same: scikit-learn's n / (classes x count)", () => {
    expect([...classBalanceWeights([1, 1, 1, 0])]).toEqual([4 / 6, 4 / 6, 4 / 6, 2]);
    expect([...classBalanceWeights([2, 2])]).toEqual([1, 1]);
    expect(classBalanceWeights([])).toHaveLength(0);
    expect(() => classBalanceWeights([0, NaN])).toThrow(/row 1: NaN is no class/);
  });
});
