import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { correlationMatrix } from "./correlationMatrix.ts";

const rows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);
const noise = (seed: number, n: number): Float32Array => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: n }, () => random.next() - 0.5);
};

describe("correlationMatrix", () => {
  it("is, by hand, 0.8, -1 and -0.8 for five rows", () => {
    // x - 3: -2 -1 0 1 2, squares 10; y - 3: -2 0 -1 2 1, squares 10; products 4 + 0 + 0 + 2 + 2 = 8; z = 6 - x
    const columns = [
      Float32Array.of(1, 2, 3, 4, 5),
      Float32Array.of(1, 3, 2, 5, 4),
      Float32Array.of(5, 4, 3, 2, 1),
    ];
    return correlationMatrix(["x", "y", "z"], columns, rows(5)).then(({ values, mean, deviation }) => {
      expect([...values].map((r) => Number(r.toFixed(14)))).toEqual([1, 0.8, -1, 0.8, 1, -0.8, -1, -0.8, 1]);
      expect([...mean]).toEqual([3, 3, 3]);
      expect(deviation[0]).toBeCloseTo(Math.SQRT2, 14);
    });
  });

  it("is 0.81642 for the first set of Anscombe", async () => {
    // Anscombe 1973, Graphs in Statistical Analysis: R's cor(anscombe$x1, anscombe$y1) is 0.8164205
    const x = Float32Array.of(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5);
    const y = Float32Array.of(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68);
    const { values } = await correlationMatrix(["x", "y"], [x, y], rows(11));
    expect(values[1]).toBeCloseTo(0.8164205, 7);
  });

  it("reads only rows whole in every column, and nothing but the rows given", async () => {
    const columns = [Float32Array.of(9e9, 1, 2, NaN, 3, 4, 5), Float32Array.of(-9e9, 1, 3, 7, 2, 5, 4)];
    const found = await correlationMatrix(["x", "y"], columns, Int32Array.of(1, 2, 3, 4, 5, 6));
    expect([...found.rows]).toEqual([1, 2, 4, 5, 6]);
    expect(found.values[1]).toBeCloseTo(0.8, 14);
  });

  it("is the same to the bit wherever a column stands, and equal to the plain formula over many blocks", async () => {
    const n = 1700;
    const base = noise(1, n);
    const columns = Array.from({ length: 11 }, (_, f) =>
      noise(f + 2, n).map((value, t) => 1000 * f + value + (f / 5) * base[t]!),
    );
    const names = columns.map((_, f) => `c${f}`);
    const { values } = await correlationMatrix(names, columns, rows(n));
    const order = seededRandom(4).shuffle([...names.keys()]);
    const shuffled = await correlationMatrix(
      order.map((f) => names[f]!),
      order.map((f) => columns[f]!),
      rows(n),
    );
    for (const [i, f] of order.entries()) {
      for (const [j, g] of order.entries()) expect(shuffled.values[i * 11 + j]).toBe(values[f * 11 + g]);
    }
    const plain = (x: Float32Array, y: Float32Array): number => {
      const mean = (v: Float32Array) => v.reduce((a, b) => a + b, 0) / n;
      const [mx, my] = [mean(x), mean(y)];
      const sum = (of: (t: number) => number) => x.reduce((total, _, t) => total + of(t), 0);
      const [xx, yy] = [sum((t) => (x[t]! - mx) ** 2), sum((t) => (y[t]! - my) ** 2)];
      return sum((t) => (x[t]! - mx) * (y[t]! - my)) / Math.sqrt(xx * yy);
    };
    for (const [f, g] of [
      [0, 1],
      [3, 10],
      [8, 9],
    ] as const)
      expect(values[f * 11 + g]).toBeCloseTo(plain(columns[f]!, columns[g]!), 12);
  });

  it("has no r for a column that does not vary, and never one beyond 1", async () => {
    const still = new Float32Array(9).fill(0.1);
    const found = await correlationMatrix(["a", "still"], [noise(1, 9), still], rows(9));
    expect([...found.values]).toEqual([1, NaN, NaN, NaN]);
    expect(found.deviation[1]).toBe(0);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.float(), fc.float()), { minLength: 3, maxLength: 20 }),
        async (pairs) => {
          const columns = [0, 1].map((c) => Float32Array.from(pairs, (pair) => pair[c as 0 | 1]));
          const whole = pairs.filter((pair) => pair.every(Number.isFinite)).length;
          const asked = correlationMatrix(["a", "b"], columns, rows(pairs.length));
          if (whole < 3) {
            await expect(asked).rejects.toThrow(/3 are the least/);
            return;
          }
          for (const r of (await asked).values) expect(Number.isNaN(r) || Math.abs(r) <= 1).toBe(true);
        },
      ),
    );
  });

  it("stops when it is told to, and says what does not fit", async () => {
    const columns = Array.from({ length: 60 }, (_, f) => noise(f, 200_000));
    const names = columns.map((_, f) => `c${f}`);
    const stop = new AbortController();
    const stopped = correlationMatrix(names, columns, rows(200_000), {
      signal: stop.signal,
      onProgress: ({ stage, total }) => {
        expect([stage, total]).toEqual(["correlation", 200_000]);
        stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    const x = Float32Array.of(1, 2, 3);
    await expect(correlationMatrix(["a"], [x, x], rows(3))).rejects.toThrow(/1 names for 2 columns/);
    await expect(correlationMatrix(["a"], [x], Int32Array.of(3))).rejects.toThrow(/row 3 is not in/);
    const hole = Float32Array.of(1, NaN, NaN);
    await expect(correlationMatrix(["a", "b"], [x, hole], rows(3))).rejects.toThrow(/'b' misses 2/);
  });
});
