import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "./symmetricEigen.ts";

const close = (found: ArrayLike<number>, wanted: readonly number[], digits = 12): void => {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, digits);
  });
};

describe("symmetricEigen", () => {
  it("finds 1 + r and 1 - r along the diagonals of [1 r; r 1]", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(1, 0.6, 0.6, 1), 2);
    close(values, [1.6, 0.4]);
    close(vectors[0]!, [Math.SQRT1_2, Math.SQRT1_2]);
    close(vectors[1]!, [Math.SQRT1_2, -Math.SQRT1_2]);
  });

  it("finds 2 + sqrt 2, 2, 2 - sqrt 2 for the second difference of three points", () => {
    // Strang, Introduction to Linear Algebra, 6.4: values 2 - 2 cos(k pi / 4), vectors of sines
    const { values, vectors } = symmetricEigen(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3);
    close(values, [2 + Math.SQRT2, 2, 2 - Math.SQRT2]);
    close(vectors[0]!, [-0.5, Math.SQRT1_2, -0.5]);
    close(vectors[1]!, [Math.SQRT1_2, 0, -Math.SQRT1_2]);
    close(vectors[2]!, [0.5, Math.SQRT1_2, 0.5]);
  });

  it("finds those of the Hilbert matrix of 4, four orders of magnitude apart", () => {
    // NumPy 2.4, numpy.linalg.eigvalsh
    const hilbert = Float64Array.from({ length: 16 }, (_, at) => 1 / (Math.floor(at / 4) + (at % 4) + 1));
    close(
      symmetricEigen(hilbert, 4).values,
      [1.5002142800592428, 0.16914122022145, 0.00673827360576074, 9.6702304022609e-5],
    );
  });

  it("takes a matrix apart so that it can be put together again, vectors at right angles", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 64, maxLength: 64 }),
        (n, list) => {
          const matrix = Float64Array.from({ length: n * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            return list[8 * Math.min(i, j) + Math.max(i, j)]!;
          });
          const { values, vectors } = symmetricEigen(matrix, n);
          expect([...values]).toEqual([...values].sort((a, b) => b - a));
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              const dot = vectors[i]!.reduce((sum, x, k) => sum + x * vectors[j]![k]!, 0);
              expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
              const made = vectors.reduce((sum, v, k) => sum + values[k]! * v[i]! * v[j]!, 0);
              expect(Math.abs(made - matrix[i * n + j]!)).toBeLessThan(1e-11);
            }
          }
        },
      ),
    );
  });

  it("refuses what is not square, symmetric and finite", () => {
    expect(() => symmetricEigen(Float64Array.of(1, 2, 3), 2)).toThrow(/no square matrix/);
    expect(() => symmetricEigen(Float64Array.of(1, 2, 3, 4), 2)).toThrow(/row 1 and column 0/);
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 4), 2)).toThrow(/not finite/);
  });
});
