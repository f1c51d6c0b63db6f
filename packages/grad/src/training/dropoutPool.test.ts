import { describe, expect, it } from "vitest";
import { Graph } from "../graph/graph.ts";
import { dropout } from "../layers/dropout.ts";
import { DropoutPool } from "./dropoutPool.ts";
import { initialize, shuffledRows } from "./seeded.ts";

describe("dropout masks", () => {
  const pool = new DropoutPool(0.1, 50_000, 7);

  it("are 0 at the rate and 1 / (1 - rate) otherwise, so that the mean stays 1", () => {
    const mask = pool.mask(3, 1, 50_000);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.9)]));
    // 50,000 draws at 0.1: a standard deviation of 0.00134.
    const share = mask.filter((m) => m === 0).length / mask.length;
    expect(Math.abs(share - 0.1)).toBeLessThan(4 * 0.00134);
  });

  it("depend on (seed, step, site) alone, and differ between them as independent draws do", () => {
    const again = new DropoutPool(0.1, 50_000, 7);
    expect(again.mask(3, 1, 1000)).toEqual(pool.mask(3, 1, 1000));
    const masks = [
      pool.mask(3, 1, 50_000),
      pool.mask(4, 1, 50_000),
      pool.mask(3, 2, 50_000),
      new DropoutPool(0.1, 50_000, 8).mask(3, 1, 50_000),
    ];
    for (const [i, a] of masks.entries())
      for (const b of masks.slice(i + 1)) {
        // Both dropped: 0.1² of the places, with a standard deviation of 0.00044.
        const both = a.filter((m, j) => m === 0 && b[j] === 0).length / a.length;
        expect(Math.abs(both - 0.01)).toBeLessThan(4 * 0.00044);
      }
  });

  it("are not there outside training", () => {
    const g = new Graph();
    const x = g.input("x", [2], "float32");
    expect(dropout(g, x, 0.5)).toBe(x);
    expect(() => dropout(new Graph({ training: true }), x, 1)).toThrow(/between 0 and 1/);
  });
});

describe("seeded draws", () => {
  it("shuffle every row once, by (seed, epoch)", () => {
    const order = shuffledRows(97, 5, 2);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 97 }, (_, i) => i));
    expect(shuffledRows(97, 5, 2)).toEqual(order);
    expect(shuffledRows(97, 5, 3)).not.toEqual(order);
    expect(shuffledRows(97, 6, 2)).not.toEqual(order);
  });

  it("initialise with the bound and the spread that were asked for", () => {
    const values = new Float32Array(40_000);
    initialize(values, "w", { kind: "glorot", fanIn: 100, fanOut: 50 }, 1);
    // U(-0.2, 0.2): variance 0.04/3.
    const variance = (a: Float32Array) => a.reduce((s, v) => s + v * v, 0) / a.length;
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.2 + 1e-7);
    expect(variance(values)).toBeCloseTo(0.04 / 3, 3);
    initialize(values, "w", { kind: "normal", standardDeviation: 0.5 }, 1);
    expect(variance(values)).toBeCloseTo(0.25, 2);
    const other = new Float32Array(40_000);
    initialize(other, "v", { kind: "normal", standardDeviation: 0.5 }, 1);
    expect(other).not.toEqual(values);
  });
});
