import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { applyScaler, scalerSchema } from "./scaler.ts";
import { fitStandardScaler } from "./standardScaler.ts";

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("fitStandardScaler", () => {
  it("has mean 5 and deviation 2 for 2 4 4 4 5 5 7 9, whatever other rows hold", () => {
    const column = Float32Array.of(-1e6, 2, 4, 4, 4, 5, 5, 7, 9, 1e6);
    const scaler = fitStandardScaler(["x"], [column], range(1, 9));
    expect(scaler).toEqual({ names: ["x"], mean: [5], scale: [2], clip: 8, constant: [] });
    expect([...applyScaler([column], scaler)[0]!]).toEqual([-8, -1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2, 8]);
  });

  it("is not moved by any value outside the training rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 4, maxLength: 40 }),
        fc.array(fc.float(), { minLength: 1, maxLength: 20 }),
        (train, rest) => {
          const column = Float32Array.from([...train, ...rest]);
          const alone = fitStandardScaler(["x"], [Float32Array.from(train)], range(0, train.length));
          expect(fitStandardScaler(["x"], [column], range(0, train.length))).toEqual(alone);
        },
      ),
    );
  });

  it("leaves missing rows out and marks them in the result", () => {
    const column = Float32Array.of(NaN, 1, Infinity, 3);
    const scaler = fitStandardScaler(["x"], [column], range(0, 4), { clip: null });
    expect([scaler.mean, scaler.scale]).toEqual([[2], [1]]);
    expect([...applyScaler([column], scaler)[0]!]).toEqual([NaN, -1, NaN, 1]);
  });

  it("centres a column that does not vary, and names it", () => {
    const column = new Float32Array(1000).fill(0.1);
    const scaler = fitStandardScaler(["still"], [column], range(0, 1000));
    expect(scaler.constant).toEqual(["still"]);
    expect(scaler.scale).toEqual([1]);
    expect([...applyScaler([column], scaler)[0]!.subarray(0, 2)]).toEqual([0, 0]);
  });

  it("keeps a deviation of a thousandth on a mean of a thousand", () => {
    const random = seededRandom(2);
    const column = Float32Array.from({ length: 200_000 }, () => 1000 + 0.001 * Math.round(4 * random.next()));
    // Taken about 1000, where nothing cancels.
    const apart = [...column].map((value) => value - 1000);
    const mean = apart.reduce((a, b) => a + b) / apart.length;
    const wanted = Math.sqrt(apart.reduce((sum, x) => sum + (x - mean) ** 2, 0) / apart.length);
    const { scale } = fitStandardScaler(["x"], [column], range(0, column.length));
    expect(Math.abs(scale[0]! / wanted - 1)).toBeLessThan(1e-6);
  });

  it("survives JSON", () => {
    const scaler = fitStandardScaler(["a", "b"], [Float32Array.of(1, 2), Float32Array.of(5, 5)], [0, 1]);
    expect(scalerSchema.parse(JSON.parse(JSON.stringify(scaler)))).toEqual(scaler);
  });

  it("says what does not fit", () => {
    const x = Float32Array.of(1, 2, NaN);
    expect(() => fitStandardScaler(["gone"], [x], [2])).toThrow(/'gone' has no finite value in the 1 rows/);
    expect(() => fitStandardScaler(["x"], [x], [])).toThrow(/no finite value/);
    expect(() => fitStandardScaler(["x"], [x], [3])).toThrow(/row 3 is not in column 'x' of 3 rows/);
    expect(() => fitStandardScaler(["x"], [x, x], [0])).toThrow(/1 names for 2 columns/);
    expect(() => fitStandardScaler(["x"], [x], [0], { clip: 0 })).toThrow(/clip of 0/);
  });
});

describe("applyScaler", () => {
  const scaler = fitStandardScaler(["x"], [Float32Array.of(1, 3)], [0, 1]);

  it("leaves its input, or writes over it when asked", () => {
    const column = Float32Array.of(1, 3, 5);
    expect([...applyScaler([column], scaler)[0]!]).toEqual([-1, 1, 3]);
    expect([...column]).toEqual([1, 3, 5]);
    expect(applyScaler([column], scaler, [column])[0]).toBe(column);
    expect([...column]).toEqual([-1, 1, 3]);
  });

  it("never gives an infinity", () => {
    fc.assert(
      fc.property(fc.array(fc.float()), fc.constantFrom(null, 8), (list, clip) => {
        const [out] = applyScaler([Float32Array.from(list)], { ...scaler, scale: [1e-30], clip });
        for (const value of out!) expect(Number.isNaN(value) || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it("refuses columns that it was not made for", () => {
    expect(() => applyScaler([], scaler)).toThrow(/made for 1 columns, given 0/);
    expect(() => applyScaler([new Float32Array(2)], scaler, [new Float32Array(3)])).toThrow(
      /2 rows, its output 3/,
    );
  });
});
