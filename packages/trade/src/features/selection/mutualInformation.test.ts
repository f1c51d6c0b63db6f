import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../core/normalQuantile.ts";
import { seededRandom } from "../../core/random.ts";
import { binColumn, binsFor, mutualInformation } from "./mutualInformation.ts";

const rows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

/** Two columns from a table of counts by cell. */
function table(counts: readonly (readonly number[])[]): { x: Float32Array; y: Float32Array; n: number } {
  const pairs = counts.flatMap((line, x) =>
    line.flatMap((count, y) => Array.from({ length: count }, () => [x, y])),
  );
  return {
    x: Float32Array.from(pairs, (p) => p[0]!),
    y: Float32Array.from(pairs, (p) => p[1]!),
    n: pairs.length,
  };
}

function informationOf(counts: readonly (readonly number[])[]): number {
  const { x, y, n } = table(counts);
  return mutualInformation(binColumn(x, rows(n)), binColumn(y, rows(n)));
}

describe("mutualInformation", () => {
  it("is ln 2 for a coin and its copy, but for the correction", () => {
    // I = ln 2; (2 + 2 - 2 - 1) / (2 x 80) is added
    expect(
      informationOf([
        [40, 0],
        [0, 40],
      ]),
    ).toBeCloseTo(Math.LN2 + 1 / 160, 12);
  });

  it("is -1 / (2 n) for two coins of 25 each: no information, one cell more than the sides need", () => {
    expect(
      informationOf([
        [25, 25],
        [25, 25],
      ]),
    ).toBeCloseTo(-1 / 200, 12);
  });

  it("is 0.2599 nats (3/8 bit) before the correction for the table 1/8 1/16 1/32 1/32 …", () => {
    // Cover and Thomas 2006, Elements of Information Theory, example 2.2.1: I(X; Y) = 3/8 bit
    const counts = [
      [4, 2, 1, 1],
      [2, 4, 1, 1],
      [2, 2, 2, 2],
      [8, 0, 0, 0],
    ];
    expect(informationOf(counts)).toBeCloseTo((3 / 8) * Math.LN2 + (4 + 4 - 13 - 1) / 64, 12);
  });

  it("is near -ln(1 - rho^2) / 2 for a bivariate normal, a little below by what the bins lose", () => {
    const n = 100_000;
    const random = seededRandom(11);
    const gauss = () => Float32Array.from({ length: n }, () => normalQuantile(random.next() || 0.5));
    const [x, e] = [gauss(), gauss()];
    for (const rho of [0, 0.3, 0.5, 0.8]) {
      const y = x.map((value, t) => rho * value + Math.sqrt(1 - rho ** 2) * e[t]!);
      const exact = -0.5 * Math.log(1 - rho ** 2);
      const found = mutualInformation(binColumn(x, rows(n)), binColumn(y, rows(n)));
      // 46 bins a side: at 0.8 they lose some 3 %; the estimate's own deviation is near rho / sqrt(n)
      expect(found, `rho ${rho}`).toBeLessThan(exact + 3 * (rho / Math.sqrt(n)) + 0.001);
      expect(found, `rho ${rho}`).toBeGreaterThan(exact * 0.95 - 0.002);
    }
  });

  it("does not take noise for information in few rows", () => {
    // 1,000 rows in 10 x 3 cells: uncorrected it is near (9 x 2) / 2000 = 0.009
    const random = seededRandom(3);
    const many = Array.from({ length: 40 }, () => {
      const x = Float32Array.from({ length: 1000 }, () => random.next());
      const y = Float32Array.from({ length: 1000 }, () => random.below(3));
      return mutualInformation(binColumn(x, rows(1000)), binColumn(y, rows(1000)));
    });
    expect(Math.abs(many.reduce((a, b) => a + b, 0) / 40)).toBeLessThan(0.0015);
  });

  it("does not depend on the order of rows, on which column comes first, or on a rising map of the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 })), {
          minLength: 5,
        }),
        fc.nat(),
        (pairs, seed) => {
          const of = (list: readonly (readonly number[])[], map = (v: number) => v) => {
            const bin = (c: number) =>
              binColumn(
                Float32Array.from(list, (p) => (c === 0 ? map(p[0]!) : p[c]!)),
                rows(list.length),
              );
            return [bin(0), bin(1)] as const;
          };
          const [x, y] = of(pairs);
          const known = mutualInformation(x, y);
          expect(mutualInformation(y, x)).toBeCloseTo(known, 12);
          expect(mutualInformation(...of(pairs, (v) => v ** 3 - 7))).toBeCloseTo(known, 12);
          const order = seededRandom(seed).shuffle([...pairs.keys()]);
          expect(mutualInformation(...of(order.map((i) => pairs[i]!)))).toBeCloseTo(known, 12);
        },
      ),
    );
  });
});

describe("binColumn", () => {
  it("fills bins evenly, keeps equal values together, and takes few values as they are", () => {
    const even = binColumn(
      Float32Array.from({ length: 1000 }, (_, i) => (i * 7) % 1000),
      rows(1000),
    );
    expect(even.bins).toBe(binsFor(1000));
    const counts = new Map<number, number>();
    for (const code of even.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([1000 / even.bins]));
    const half = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i));
    const codes = binColumn(half, rows(1000)).codes;
    expect(new Set(codes.subarray(0, 500)).size).toBe(1);
    expect([...binColumn(Float32Array.of(5, -1, 5, 2, NaN), rows(4)).codes]).toEqual([2, 0, 2, 1]);
    expect([8, 1000, 1e6, 1e9].map(binsFor)).toEqual([4, 10, 64, 64]);
  });
});
