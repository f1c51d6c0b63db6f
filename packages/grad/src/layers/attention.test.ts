import { describe, expect, it } from "vitest";
import { alteredBuilder } from "../graph/alteredBuilder.ts";
import { evaluateGraph, gradientError } from "../graph/centralDifferences.ts";
import { Graph } from "../graph/graph.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { concat } from "../ops/layout.ts";
import { multiHeadAttention, scaledDotProductAttention } from "./attention.ts";

/** Vaswani et al. 2017, equation 1, loop by loop: rows [T·B, H·d] with row t·B + b. */
function reference(
  q: number[],
  k: number[],
  v: number[],
  [T, B, H, d]: [number, number, number, number],
  causal: boolean,
) {
  const at = (t: number, b: number, h: number, i: number) => ((t * B + b) * H + h) * d + i;
  const out = new Array<number>(q.length).fill(0);
  for (let b = 0; b < B; b++)
    for (let h = 0; h < H; h++)
      for (let t = 0; t < T; t++) {
        const scores: number[] = [];
        for (let s = 0; s < (causal ? t + 1 : T); s++) {
          let dot = 0;
          for (let i = 0; i < d; i++) dot += q[at(t, b, h, i)]! * k[at(s, b, h, i)]!;
          scores.push(Math.exp(dot / Math.sqrt(d)));
        }
        const total = scores.reduce((a, c) => a + c, 0);
        for (const [s, score] of scores.entries())
          for (let i = 0; i < d; i++) out[at(t, b, h, i)]! += (score / total) * v[at(s, b, h, i)]!;
      }
  return out;
}

const wave = (length: number, phase: number) => Array.from({ length }, (_, i) => Math.sin(1.9 * i + phase));

describe("scaled dot-product attention", () => {
  it("is the mean of the values where all scores are equal, by hand", async () => {
    // T = 2, one window, one head, d = 1: with q = 0 both weights are 1/2, so each step gives (3 + 5) / 2.
    const columns = [
      [0, 0],
      [7, -2],
      [3, 5],
    ].map((values) => ({ shape: [2, 1], values }));
    const out = await evaluateGraph(columns, (g, q, k, v) =>
      scaledDotProductAttention(g, q!, k!, v!, { time: 2, heads: 1 }),
    );
    expect(out).toEqual([4, 4]);
  });

  it("weighs by the softmax of scores, by hand", async () => {
    // q = (0, ln 3), k = (0, 1), v = (0, 8), d = 1: step 1 has scores (0, ln 3), weights (1/4, 3/4), so 6.
    const columns = [
      [0, Math.log(3)],
      [0, 1],
      [0, 8],
    ].map((values) => ({ shape: [2, 1], values }));
    const out = await evaluateGraph(columns, (g, q, k, v) =>
      scaledDotProductAttention(g, q!, k!, v!, { time: 2, heads: 1 }),
    );
    expect(out[0]).toBeCloseTo(4, 12);
    expect(out[1]).toBeCloseTo(6, 12);
  });

  it.each([false, true])("equals the formula written out in loops (causal %s)", async (causal) => {
    const [T, B, H, d] = [5, 3, 2, 7] as const;
    const [q, k, v] = [0.1, 1.2, 2.5].map((phase) => wave(T * B * H * d, phase));
    const operands = [q!, k!, v!].map((values) => ({ shape: [T * B, H * d], values }));
    const build = (g: GraphBuilder, ...[x, y, z]: Tensor[]) =>
      scaledDotProductAttention(g, x!, y!, z!, { time: T, heads: H, causal });
    const expected = reference(q!, k!, v!, [T, B, H, d], causal);
    const out = await evaluateGraph(operands, build);
    for (const [i, o] of out.entries()) expect(o).toBeCloseTo(expected[i]!, 7);
    const fused = await evaluateGraph(operands, build, "float32");
    for (const [i, o] of fused.entries()) expect(o).toBeCloseTo(expected[i]!, 5);
  });

  it.each(["float64", "float32"] as const)("has the right derivatives in %s", async (float) => {
    const rows = { shape: [5 * 3, 2 * 7] };
    const error = await gradientError(
      [rows, rows, rows],
      (g, q, k, v) => scaledDotProductAttention(g, q!, k!, v!, { time: 5, heads: 2 }),
      { float },
    );
    expect(error).toBeLessThan(float === "float64" ? 2e-8 : 5e-3);
  });

  it("refuses a width that the heads do not divide", () => {
    const g = new Graph();
    const rows = g.input("rows", [6, 7], "float32");
    expect(() => scaledDotProductAttention(g, rows, rows, rows, { time: 3, heads: 2 })).toThrow(
      /7 does not divide into 2/,
    );
  });

  it("has right derivatives with the projections and the norm around it", async () => {
    // The parameters of the layer become operands, so that theirs are checked as well.
    const names = [
      "norm.gain",
      "norm.bias",
      "query.weight",
      "query.bias",
      "key.weight",
      "value.weight",
      "output.weight",
      "output.bias",
    ];
    const extents = names.map((n) => (n.endsWith("weight") ? [6, 6] : [6]));
    const build = (g: GraphBuilder, x?: Tensor, ...parameters: Tensor[]) => {
      const given = alteredBuilder(g, { parameter: (name) => parameters[names.indexOf(name.slice(2))]! });
      return concat(g, [multiHeadAttention(given, x!, "a", { time: 5, heads: 2 })], 0);
    };
    const error = await gradientError([{ shape: [5 * 3, 6] }, ...extents.map((shape) => ({ shape }))], build);
    expect(error).toBeLessThan(2e-8);
  });
});
