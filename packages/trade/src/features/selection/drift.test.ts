import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { drift, kolmogorovSmirnov, stabilityIndex } from "./drift.ts";

const rows = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

describe("stabilityIndex", () => {
  it("is, by hand, 0.0629 for shares 20 30 50 % that became 30 30 40 %", () => {
    // 0.1 ln(3/2) + 0 - 0.1 ln(4/5) = 0.0405465 + 0.0223144
    expect(stabilityIndex([20, 30, 50], [30, 30, 40])).toBeCloseTo(0.0405465 + 0.0223144, 6);
  });

  it("is 0.0446 for the published case of incomes of 40 30 30 % that became 35 25 40 %", () => {
    // GeeksforGeeks, Population Stability Index (PSI), 2025: three bands of income in 2020 and 2021
    const [low, middle, high] = [
      -0.05 * Math.log(0.35 / 0.4),
      -0.05 * Math.log(0.25 / 0.3),
      0.1 * Math.log(0.4 / 0.3),
    ];
    expect(stabilityIndex([40, 30, 30], [35, 25, 40])).toBeCloseTo(low + middle + high, 12);
    expect(stabilityIndex([40, 30, 30], [35, 25, 40])).toBeCloseTo(0.0446, 4);
  });

  it("is the same both ways round, 0 for equal shares, and finite where a bin is empty", () => {
    expect(stabilityIndex([10, 20], [20, 10])).toBeCloseTo(stabilityIndex([20, 10], [10, 20]), 14);
    expect(stabilityIndex([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 14);
    // 0 and 10 of 100 become half a row and ten and a half
    const [e, a] = [0.5 / 100, 10.5 / 100];
    expect(stabilityIndex([0, 100], [10, 90])).toBeCloseTo(
      (a - e) * Math.log(a / e) + -0.1 * Math.log(0.9),
      12,
    );
    expect(() => stabilityIndex([1], [1, 2])).toThrow(/1 and 2 bins/);
    expect(() => stabilityIndex([0], [1])).toThrow(/0 and 1 rows/);
  });
});

describe("kolmogorovSmirnov", () => {
  it("is 1 apart, 0 for the same, 0.5 for 1 2 3 4 and 3 4 5 6", () => {
    const of = (a: number[], b: number[]) => kolmogorovSmirnov(Float32Array.from(a), Float32Array.from(b));
    expect(of([1, 2], [3, 4])).toBe(1);
    expect(of([1, 1, 2], [1, 1, 2])).toBe(0);
    // at 2 the first has a half, the second nothing
    expect(of([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
    expect(of([0, 0, 0, 1], [0, 1])).toBe(0.25);
  });

  it("is the largest gap of the two distribution functions, whatever the samples", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const below = (list: number[], x: number) => list.filter((v) => v <= x).length / list.length;
        const wanted = Math.max(...Array.from({ length: 13 }, (_, x) => Math.abs(below(a, x) - below(b, x))));
        const sorted = (list: number[]) => Float32Array.from(list).sort();
        expect(kolmogorovSmirnov(sorted(a), sorted(b))).toBeCloseTo(wanted, 12);
      }),
    );
  });
});

describe("drift", () => {
  const random = seededRandom(1);
  const same = Float32Array.from({ length: 4000 }, () => random.next());
  const moved = same.map((value, row) => (row < 2000 ? value : value + 0.3));

  it("is small without drift, large with it, and reads nothing but its rows", () => {
    const found = drift(
      ["same", "moved", "gone"],
      [same, moved, new Float32Array(4000).fill(NaN)],
      rows(0, 2000),
      rows(2000, 4000),
    );
    expect(found[0]!.stabilityIndex).toBeLessThan(0.03);
    expect(found[0]!.kolmogorovSmirnov).toBeLessThan(1.36 * Math.sqrt(2 / 2000) * 1.2);
    expect(found[1]!.stabilityIndex).toBeGreaterThan(0.25);
    // a uniform one moved by 0.3
    expect(Math.abs(found[1]!.kolmogorovSmirnov! - 0.3)).toBeLessThan(0.04);
    expect(found[1]).toMatchObject({ name: "moved", trainingRows: 2000, laterRows: 2000 });
    expect(found[2]).toEqual({
      name: "gone",
      trainingRows: 0,
      laterRows: 0,
      stabilityIndex: null,
      kolmogorovSmirnov: null,
    });
    const spoiled = moved.map((value, row) => (row >= 1000 && row < 2000 ? 99 : value));
    const of = (column: Float32Array) => drift(["x"], [column], rows(0, 1000), rows(2000, 4000));
    expect(of(spoiled)).toEqual(of(moved));
  });

  it("knows a column of one value that stayed and one that changed", () => {
    const still = new Float32Array(100).fill(2);
    const [found] = drift(["still"], [still], rows(0, 50), rows(50, 100));
    expect(found).toMatchObject({ stabilityIndex: 0, kolmogorovSmirnov: 0 });
    const [changed] = drift(["still"], [still.map((v, t) => (t < 50 ? v : 3))], rows(0, 50), rows(50, 100));
    expect(changed!.kolmogorovSmirnov).toBe(1);
    expect(changed!.stabilityIndex).toBeGreaterThan(0.25);
    expect(() => drift(["x"], [still], rows(0, 5), Int32Array.of(100))).toThrow(
      /row 100 is not in column 'x'/,
    );
    expect(() => drift([], [still], rows(0, 5), rows(5, 9))).toThrow(/0 names for 1 columns/);
  });
});
