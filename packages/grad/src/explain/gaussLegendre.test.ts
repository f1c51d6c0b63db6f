import { describe, expect, it } from "vitest";
import { gaussLegendre } from "./gaussLegendre.ts";

/** Abramowitz & Stegun 1964, table 25.4: roots of the Legendre polynomials and weights on [-1, 1]. */
const PUBLISHED: readonly [number, [number, number][]][] = [
  [1, [[0, 2]]],
  [2, [[0.577350269189626, 1]]],
  [
    3,
    [
      [0, 0.888888888888889],
      [0.774596669241483, 0.555555555555556],
    ],
  ],
  [
    5,
    [
      [0, 0.568888888888889],
      [0.538469310105683, 0.478628670499366],
      [0.906179845938664, 0.236926885056189],
    ],
  ],
  [
    8,
    [
      [0.18343464249565, 0.362683783378362],
      [0.525532409916329, 0.313706645877887],
      [0.796666477413627, 0.222381034453374],
      [0.960289856497536, 0.10122853629037],
    ],
  ],
];

describe("Gauss-Legendre quadrature", () => {
  it.each(PUBLISHED)("has the published nodes and weights for n = %i", (n, upper) => {
    const { nodes, weights } = gaussLegendre(n);
    expect(nodes).toHaveLength(n);
    upper.forEach(([z, w], i) => {
      const right = n - upper.length + i;
      const left = n - 1 - right;
      expect(nodes[right]).toBeCloseTo((1 + z) / 2, 13);
      expect(nodes[left]).toBeCloseTo((1 - z) / 2, 13);
      expect(weights[right]).toBeCloseTo(w / 2, 13);
      expect(weights[left]).toBeCloseTo(w / 2, 13);
    });
  });

  it.each([4, 64, 1024])("integrates powers up to 2n - 1 exactly, n = %i, nodes ascending", (n) => {
    const { nodes, weights } = gaussLegendre(n);
    for (const power of [0, 1, 2, n, 2 * n - 1]) {
      const sum = nodes.reduce((total, a, k) => total + weights[k]! * a ** power, 0);
      expect(sum * (power + 1)).toBeCloseTo(1, 10);
    }
    for (let k = 1; k < n; k++) expect(nodes[k]!).toBeGreaterThan(nodes[k - 1]!);
  });
});
