import { describe, expect, it } from "vitest";
import { evaluateGraph } from "../graph/centralDifferences.ts";
import { Graph } from "../graph/graph.ts";
import { cast } from "../ops/comparison.ts";
import { attend } from "./attention.ts";
import { causalConvolution, depthwiseCausalConvolution } from "./causalConvolution.ts";
import { embedding, learnedPositions } from "./embedding.ts";
import { attentionFusion, gatedFusion, temporalAttentionPooling } from "./fusion.ts";
import { type Build, layerCheck, wave } from "./layerCheck.ts";
import { mlstmBlock, slstmBlock } from "./xlstmBlocks.ts";

const [T, B, D] = [7, 3, 5];
const input = { shape: [T, B, D], values: wave(T * B * D, 0.2) };
const near = (actual: number[], expected: number[], digits = 6) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, e] of expected.entries()) expect(actual[i]).toBeCloseTo(e, digits);
};
const sigma = (v: number) => 1 / (1 + Math.exp(-v));
const at = (t: number, b: number, f: number) => (t < 0 ? 0 : input.values[(t * B + b) * D + f]!);
const dot = (row: (i: number) => number, n: number, w: readonly number[], column: number, width: number) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += row(i) * w[i * width + column]!;
  return sum;
};

describe("causal convolution", () => {
  const O = 2;
  it.each([
    [3, 2],
    [2, 1],
    [1, 1],
    [3, 5],
  ])("equals the sum over kernel %d with dilation %d written out in loops", async (kernel, dilation) => {
    const check = layerCheck([input], (g, x) => causalConvolution(g, x!, O, { name: "c", kernel, dilation }));
    const [w, b] = ["c.weight", "c.bias"].map((n) => check.parameters[n]!.values);
    const expected: number[] = [];
    for (let t = 0; t < T; t++)
      for (let n = 0; n < B; n++)
        for (let o = 0; o < O; o++) {
          let y = b![o]!;
          for (let j = 0; j < kernel; j++)
            for (let f = 0; f < D; f++) y += at(t - j * dilation, n, f) * w![(j * D + f) * O + o]!;
          expected.push(y);
        }
    near(await check.evaluate(), expected, 10);
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });

  it("for each feature alone, written out in loops", async () => {
    const kernel = 3;
    const check = layerCheck([input], (g, x) => depthwiseCausalConvolution(g, x!, { name: "c", kernel }));
    const [w, b] = ["c.weight", "c.bias"].map((n) => check.parameters[n]!.values);
    const expected: number[] = [];
    for (let t = 0; t < T; t++)
      for (let n = 0; n < B; n++)
        for (let f = 0; f < D; f++) {
          let y = b![f]!;
          for (let j = 0; j < kernel; j++) y += at(t - j, n, f) * w![j * D + f]!;
          expected.push(y);
        }
    near(await check.evaluate(), expected, 10);
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });

  it("refuses a kernel of 0", () => {
    const g = new Graph();
    const x = g.input("x", [T, B, D], "float32");
    expect(() => causalConvolution(g, x, 2, { name: "c", kernel: 0 })).toThrow(/kernel has to be/);
  });
});

describe("embedding and positions", () => {
  it("picks rows of the table, with their derivatives", async () => {
    const check = layerCheck([], (g) =>
      embedding(g, cast(g, g.constant([4, 0, 4, 2], [2, 2]), "int32"), { count: 5, width: 3, name: "e" }),
    );
    const table = check.parameters["e.weight"]!.values;
    near(
      await check.evaluate(),
      [4, 0, 4, 2].flatMap((i) => table.slice(3 * i, 3 * i + 3)),
      10,
    );
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });

  it("adds each step's own vector in every window", async () => {
    const check = layerCheck([input], (g, x) => learnedPositions(g, x!, "p"));
    const p = check.parameters["p.weight"]!.values;
    const expected = input.values.map((v, i) => v + p[Math.floor(i / (B * D)) * D + (i % D)]!);
    near(await check.evaluate(), expected, 10);
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });
});

describe("attention", () => {
  it("gives its weights, each row summing to 1 and no weight on later steps, by hand for equal scores", async () => {
    // q = 0: step t of 3 shares its attention equally over steps 0 … t.
    const rows = (values: number[]) => ({ shape: [3, 1], values });
    const weights = await evaluateGraph(
      [rows([0, 0, 0]), rows([7, -2, 1]), rows([3, 5, 9])],
      (g, q, k, v) => attend(g, q!, k!, v!, { time: 3, heads: 1, causal: true }).weights,
    );
    near(weights, [1, 0, 0, 1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3], 12);
  });

  it("looks at keys of another length, with right derivatives", async () => {
    const operands = [5 * B, 2 * B, 2 * B].map((rows, i) => ({
      shape: [rows, 4],
      values: wave(rows * 4, i),
    }));
    const build: Build = (g, q, k, v) => attend(g, q!, k!, v!, { time: 5, heads: 2, keyTime: 2 }).output;
    expect(await layerCheck(operands, build).gradientError()).toBeLessThan(2e-8);
    const weights = await evaluateGraph(
      operands,
      (g, q, k, v) =>
        g.apply("ReduceSum", [attend(g, q!, k!, v!, { time: 5, heads: 2, keyTime: 2 }).weights], {
          axes: [3],
          keepDims: false,
        })[0]!,
    );
    near(weights, Array<number>(B * 2 * 5).fill(1), 12);
    const g = new Graph();
    const [q, k] = [g.input("q", [15, 4], "float32"), g.input("k", [6, 4], "float32")];
    expect(() => attend(g, q, k, k, { time: 5, heads: 2, keyTime: 2, causal: true })).toThrow(/causal/);
  });
});

describe("fusion", () => {
  const J = 2;
  const other = { shape: [T, B, J], values: wave(T * B * J, 1.1) };

  it("gated: equations of Arevalo et al. 2017 written out in loops", async () => {
    const check = layerCheck([input, other], (g, a, b) => gatedFusion(g, a!, b!, { width: 3, name: "f" }));
    const of = (name: string) => check.parameters[`f.${name}`]!.values;
    const expected: number[] = [];
    for (let row = 0; row < T * B; row++)
      for (let k = 0; k < 3; k++) {
        const [a, b] = [(i: number) => input.values[row * D + i]!, (i: number) => other.values[row * J + i]!];
        const first = Math.tanh(dot(a, D, of("first.weight"), k, 3) + of("first.bias")[k]!);
        const second = Math.tanh(dot(b, J, of("second.weight"), k, 3) + of("second.bias")[k]!);
        const joined = (i: number) => (i < D ? a(i) : b(i - D));
        const z = sigma(dot(joined, D + J, of("gate.weight"), k, 3) + of("gate.bias")[k]!);
        expected.push(z * first + (1 - z) * second);
      }
    near(await check.evaluate(), expected);
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });

  it("by attention: has right derivatives and offers its weights", async () => {
    const check = layerCheck([input, other], (g, a, b) =>
      attentionFusion(g, a!, b!, { width: 4, heads: 2, name: "f" }),
    );
    expect(await check.gradientError()).toBeLessThan(5e-8);
    const g = new Graph();
    const [a, b] = [g.input("a", [T, -1, D], "float32"), g.input("b", [T, -1, J], "float32")];
    expect(attentionFusion(g, a, b, { width: 4, heads: 2, name: "f" }).shape).toEqual([T, -1, 4]);
    expect([...g.extras].map(([name, { shape }]) => [name, shape])).toEqual([
      ["f.first.weights", [-1, 2, T, T]],
      ["f.second.weights", [-1, 2, T, T]],
    ]);
  });

  it("by attention: equals the formula written out in loops", async () => {
    const [W, H] = [4, 2];
    const check = layerCheck([input, other], (g, a, b) =>
      attentionFusion(g, a!, b!, { width: W, heads: H, name: "f" }),
    );
    const of = (name: string) => check.parameters[`f.${name}`]?.values;
    const affine = (rows: number[][], name: string) =>
      rows.map((row) =>
        Array.from(
          { length: W },
          (_, k) =>
            dot((i) => row[i]!, row.length, of(`${name}.weight`)!, k, W) + (of(`${name}.bias`)?.[k] ?? 0),
        ),
      );
    const normed = (rows: number[][], name: string) =>
      rows.map((row) => {
        const mean = row.reduce((s, v) => s + v) / W;
        const deviation = Math.sqrt(row.reduce((s, v) => s + (v - mean) ** 2, 0) / W + 1e-5);
        return row.map(
          (v, k) => ((v - mean) / deviation) * of(`${name}.norm.gain`)![k]! + of(`${name}.norm.bias`)![k]!,
        );
      });
    const chunk = (values: readonly number[], n: number) =>
      Array.from({ length: T * B }, (_, r) => values.slice(r * n, r * n + n));
    const a = normed(affine(chunk(input.values, D), "first"), "first");
    const b = normed(affine(chunk(other.values, J), "second"), "second");
    const look = (from: number[][], to: number[][], part: string) => {
      const [q, k, v] = [
        affine(from, `${part}.query`),
        affine(to, `${part}.key`),
        affine(to, `${part}.value`),
      ];
      const read = from.map((_, row) => {
        const window = row % B;
        return Array.from({ length: W }, (__, column) => {
          const head = Math.floor(column / (W / H));
          const columns = [0, 1].map((i) => head * (W / H) + i);
          const scores = Array.from({ length: T }, (___, s) =>
            Math.exp(
              columns.reduce((sum, c) => sum + q[row]![c]! * k[s * B + window]![c]!, 0) / Math.sqrt(W / H),
            ),
          );
          const total = scores.reduce((x, y) => x + y);
          return scores.reduce((sum, score, s) => sum + (score / total) * v[s * B + window]![column]!, 0);
        });
      });
      const out = affine(read, `${part}.output`);
      return from.map((row, r) => row.map((value, c) => value + out[r]![c]!));
    };
    const [u, w] = [look(a, b, "first"), look(b, a, "second")];
    const joined = affine(
      u.map((row, r) => [...row, ...w[r]!]),
      "joined",
    );
    near(await check.evaluate(), joined.flat());
  });

  it("over time: equations of Yang et al. 2016 written out in loops", async () => {
    const A = 2;
    const check = layerCheck([input], (g, x) => temporalAttentionPooling(g, x!, { name: "p", width: A }));
    const of = (name: string) => check.parameters[`p.${name}`]!.values;
    const expected: number[] = [];
    for (let b = 0; b < B; b++) {
      const scores = Array.from({ length: T }, (_, t) => {
        const u = [0, 1].map((k) =>
          Math.tanh(dot((i) => at(t, b, i), D, of("weight"), k, A) + of("bias")[k]!),
        );
        return Math.exp(u[0]! * of("context.weight")[0]! + u[1]! * of("context.weight")[1]!);
      });
      const total = scores.reduce((x, y) => x + y);
      for (let f = 0; f < D; f++) expected.push(scores.reduce((s, e, t) => s + (e / total) * at(t, b, f), 0));
    }
    near(await check.evaluate(), expected);
    expect(await check.gradientError()).toBeLessThan(2e-8);
  });
});

describe("xLSTM blocks", () => {
  const x = { shape: [5, 2, 6], values: wave(60, 0.2) };
  const blocks: [string, Build, string[]][] = [
    ["sLSTM", (g, v) => slstmBlock(g, v!, { name: "b", heads: 2 }), ["headNorm.gain", "feedForward.down"]],
    ["sLSTM without convolution", (g, v) => slstmBlock(g, v!, { name: "b", heads: 3, kernel: 0 }), []],
    ["mLSTM", (g, v) => mlstmBlock(g, v!, { name: "b", heads: 2 }), ["down"]],
    ["mLSTM, recurrent", (g, v) => mlstmBlock(g, v!, { name: "b", heads: 2, form: "recurrent" }), ["down"]],
  ];

  it.each(blocks)("%s has right derivatives", async (_name, build) => {
    expect(await layerCheck([x], build).gradientError()).toBeLessThan(3e-7);
  });

  it.each(blocks)("%s sees no later step", async (_name, build) => {
    const before = await layerCheck([x], build).evaluate();
    const later = { ...x, values: x.values.map((v, i) => (i >= 3 * 12 ? v + 1 : v)) };
    const after = await layerCheck([later], build).evaluate();
    near(after.slice(0, 36), before.slice(0, 36), 10);
    for (let i = 36; i < 60; i++) expect(after[i]).not.toBeCloseTo(before[i]!, 3);
  });

  it.each(blocks.filter(([, , closed]) => closed.length > 0))(
    "%s passes x through where its branches end in zeros",
    async (_name, build, closed) => {
      const check = layerCheck([x], build);
      for (const [name, { values }] of Object.entries(check.parameters))
        if (closed.some((part) => name.startsWith(`b.${part}`))) (values as number[]).fill(0);
      near(await check.evaluate(), x.values, 12);
    },
  );

  it("mLSTM gives the same in both forms", async () => {
    const [parallel, recurrent] = [blocks[2]![1], blocks[3]![1]];
    near(await layerCheck([x], parallel).evaluate(), await layerCheck([x], recurrent).evaluate(), 6);
  });
});
