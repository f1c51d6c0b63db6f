import fc from "fast-check";
import { expect, it } from "vitest";
import { reliability } from "./reliability.ts";

it("takes four forecasts apart by hand", () => {
  // bins of width 1/2: {0.2, 0.4} with one hit, {0.6, 1.0} with two
  const { bins, brier, expectedError, largestError } = reliability([0.2, 0.4, 0.6, 1], [0, 1, 1, 1], {
    count: 2,
  });
  expect(bins.map((b) => [b.rows, b.told, b.share])).toEqual([
    [2, expect.closeTo(0.3, 12), 0.5],
    [2, expect.closeTo(0.8, 12), 1],
  ]);
  // Wilson's interval of 2 of 2 from 2 / (2 + 1.96²) to 1
  expect(bins[1]!.interval.low).toBeCloseTo(2 / (2 + 1.959963984540054 ** 2), 12);
  expect(expectedError).toBeCloseTo(0.2, 12);
  expect(largestError).toBeCloseTo(0.2, 12);
  // (0.04 + 0.36 + 0.16 + 0) / 4
  expect(brier.brier).toBeCloseTo(0.14, 12);
  expect(brier.reliability).toBeCloseTo(0.04, 12);
  // shares 0.5 and 1 about 0.75
  expect(brier.resolution).toBeCloseTo(0.0625, 12);
  expect(brier.uncertainty).toBeCloseTo(0.1875, 12);
});

it("adds up to the Brier score, whatever the forecasts and bins", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
        minLength: 1,
        maxLength: 80,
      }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom("width" as const, "rows" as const),
      (given, count, by) => {
        const found = reliability(
          given.map(([p]) => p),
          given.map(([, hit]) => (hit ? 1 : 0)),
          { count, by },
        );
        const { brier, reliability: away, resolution, uncertainty, within } = found.brier;
        expect(away - resolution + uncertainty + within).toBeCloseTo(brier, 9);
        expect(found.bins.reduce((sum, b) => sum + b.rows, 0)).toBe(given.length);
        for (const bin of found.bins) {
          if (bin.rows === 0) continue;
          expect(bin.told).toBeGreaterThanOrEqual(bin.from - 1e-12);
          expect(bin.told).toBeLessThanOrEqual(bin.to + 1e-12);
          expect(bin.interval.low).toBeLessThanOrEqual(bin.share + 1e-12);
          expect(bin.interval.high).toBeGreaterThanOrEqual(bin.share - 1e-12);
        }
      },
    ),
  );
});

it("has bins of equally many rows", () => {
  const p = Array.from({ length: 100 }, (_, i) => (i / 100) ** 3);
  expect(
    reliability(
      p,
      p.map(() => 1),
      { count: 4, by: "rows" },
    ).bins.map((b) => b.rows),
  ).toEqual([25, 25, 25, 25]);
});

it("refuses what is no probability, and no rows", () => {
  expect(() => reliability([0.5, 1.2], [0, 1])).toThrow(/row 1: 1.2/);
  expect(() => reliability([0.5, Number.NaN], [0, 1])).toThrow(/row 1: NaN/);
  expect(() => reliability([], [])).toThrow(/0 probabilities/);
  expect(() => reliability([0.5], [1], { count: 0 })).toThrow(/0 bins/);
});
