import { describe, expect, it } from "vitest";
import { evaluateGraph, gradientError } from "../graph/centralDifferences.ts";
import { Graph } from "../graph/graph.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layerCheck, wave } from "./layerCheck.ts";
import { mlstm, mlstmParallel, mlstmRecurrent } from "./mlstm.ts";
import { slstm } from "./slstm.ts";

const sigma = (v: number) => 1 / (1 + Math.exp(-v));
const near = (actual: number[], expected: number[], digits: number) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, e] of expected.entries()) expect(actual[i]).toBeCloseTo(e, digits);
};

describe("sLSTM", () => {
  const [T, B, I, N, d] = [5, 3, 7, 2, 2];
  const H = N * d;
  const input = { shape: [T, B, I], values: wave(T * B * I, 0.4) };

  /**
   * Equations 8 to 12 and 15 of the paper without the stabiliser, which exists to avoid overflow only:
   * i = exp(ĩ), f = σ(f̃), c = f c + i z, n = f n + i, h = o c / n.
   */
  function paper(gate: (b: number, t: number, head: number, part: number, k: number, h: number[]) => number) {
    const out = new Array<number>(T * B * H);
    for (let b = 0; b < B; b++) {
      let h = Array<number>(H).fill(0);
      const [c, n] = [Array<number>(H).fill(0), Array<number>(H).fill(0)];
      for (let t = 0; t < T; t++) {
        const next = [...h];
        for (let head = 0; head < N; head++)
          for (let k = 0; k < d; k++) {
            const [i, f, z, o] = [0, 1, 2, 3].map((part) => gate(b, t, head, part, k, h));
            const at = head * d + k;
            c[at] = sigma(f!) * c[at]! + Math.exp(i!) * Math.tanh(z!);
            n[at] = sigma(f!) * n[at]! + Math.exp(i!);
            next[at] = (sigma(o!) * c[at]!) / n[at]!;
          }
        h = next;
        for (const [k, v] of h.entries()) out[(t * B + b) * H + k] = v;
      }
    }
    return out;
  }
  const check = layerCheck([input], (g, x) => slstm(g, x!, { width: H, heads: N, name: "s" }));
  const of = (c: typeof check, name: string) => c.parameters[`s.${name}`]!.values;
  const recurrentPart = (c: typeof check, head: number, row: number, h: number[]) => {
    let sum = 0;
    for (let j = 0; j < d; j++)
      sum += of(c, "recurrent.weight")[(head * 4 * d + row) * d + j]! * h[head * d + j]!;
    return sum;
  };

  it("equals the paper's equations written out in loops", async () => {
    const expected = paper((b, t, head, part, k, h) => {
      const row = part * d + k;
      let a = of(check, "bias")[head * 4 * d + row]! + recurrentPart(check, head, row, h);
      for (let j = 0; j < I; j++)
        a += of(check, "input.weight")[(head * 4 * d + row) * I + j]! * input.values[(t * B + b) * I + j]!;
      return a;
    });
    near(await check.evaluate(), expected, 6);
    near(await check.evaluate("float32"), expected, 5);
  });

  it("equals them with gates that see another input", async () => {
    const J = 3;
    const other = { shape: [T, B, J], values: wave(T * B * J, 1.4) };
    const split = layerCheck([input, other], (g, x, y) =>
      slstm(g, x!, { width: H, heads: N, name: "s", gateInput: y! }),
    );
    const expected = paper((b, t, head, part, k, h) => {
      const row = part * d + k;
      let a = of(split, "bias")[head * 4 * d + row]! + recurrentPart(split, head, row, h);
      const [weight, from, width] =
        part < 2
          ? ([of(split, "gates.weight"), other.values, J] as const)
          : ([of(split, "input.weight"), input.values, I] as const);
      const place = head * 2 * d + (part % 2) * d + k;
      for (let j = 0; j < width; j++) a += weight[place * width + j]! * from[(t * B + b) * width + j]!;
      return a;
    });
    near(await split.evaluate(), expected, 6);
    expect(await split.gradientError()).toBeLessThan(2e-8);
  });

  it("has right derivatives", async () => expect(await check.gradientError()).toBeLessThan(2e-8));

  it("stays finite and exact where exp(ĩ) overflows float32", async () => {
    // One unit, ĩ = x = 0, 100, 200, 50, other weights 0: f = 1/2, z = tanh(1), o = 1/2: c/n stays tanh(1) = 0.7615942.
    const large = layerCheck([{ shape: [4, 1, 1], values: [0, 100, 200, 50] }], (g, x) =>
      slstm(g, x!, { width: 1, heads: 1, name: "s" }),
    );
    for (const { values } of Object.values(large.parameters)) (values as number[]).fill(0);
    (large.parameters["s.bias"]!.values as number[]).splice(0, 4, 0, 0, 1, 0);
    (large.parameters["s.input.weight"]!.values as number[])[0] = 1;
    near(await large.evaluate("float32"), Array<number>(4).fill(0.3807971), 6);
  });

  it.each([-200, -30, -12, 200])("forgets as it should at f̃ = %d, in float32", async (f) => {
    // Two steps by hand, ĩ the same in both: h_2 = ½ (σ(f̃) z_1 + z_2) / (σ(f̃) + 1), z = tanh(x).
    const two = layerCheck([{ shape: [2, 1, 1], values: [0.5, -0.25] }], (g, x) =>
      slstm(g, x!, { width: 1, heads: 1, name: "s" }),
    );
    for (const { values } of Object.values(two.parameters)) (values as number[]).fill(0);
    (two.parameters["s.bias"]!.values as number[]).splice(0, 4, -11, f, 0, 0);
    (two.parameters["s.input.weight"]!.values as number[])[2] = 1;
    const [z1, z2] = [Math.tanh(0.5), Math.tanh(-0.25)];
    const expected = (sigma(f) * z1 + z2) / (sigma(f) + 1) / 2;
    expect((await two.evaluate("float32"))[1]).toBeCloseTo(expected, 6);
    expect(await two.gradientError("float32")).toBeLessThan(5e-3);
  });

  it("refuses heads that do not divide the width", () => {
    const g = new Graph();
    const x = g.input("x", [5, 3, 7], "float32");
    expect(() => slstm(g, x, { width: 7, heads: 2, name: "s" })).toThrow(/7 does not divide into 2 heads/);
  });
});

describe("mLSTM", () => {
  const [T, B, N, d] = [7, 3, 2, 5];
  const H = N * d;
  const shapes = [
    [T * B, H],
    [T * B, H],
    [T * B, H],
    [T * B, N],
    [T * B, N],
  ];
  const operands = shapes.map((shape, i) => ({
    shape,
    values: wave(shape[0]! * shape[1]!, 0.9 * i + 0.1, i < 3 ? 1 : 2),
  }));
  const build =
    (form: typeof mlstmParallel) =>
    (g: GraphBuilder, ...[query, key, value, inputGate, forgetGate]: Tensor[]) =>
      form(
        g,
        { query: query!, key: key!, value: value!, inputGate: inputGate!, forgetGate: forgetGate! },
        { time: T, heads: N },
      );

  /** Equations 19 to 24 of the paper, without the stabiliser: C = f C + i v kᵀ, n = f n + i k, h = C q / max(|nᵀq|, 1). */
  function paper(q: number[], k: number[], v: number[], i: number[], f: number[]) {
    const out = new Array<number>(T * B * H);
    for (let b = 0; b < B; b++)
      for (let head = 0; head < N; head++) {
        const C = Array.from({ length: d }, () => Array<number>(d).fill(0));
        const n = Array<number>(d).fill(0);
        for (let t = 0; t < T; t++) {
          const row = t * B + b;
          const at = (x: number[], j: number) => x[row * H + head * d + j]!;
          const [input, forget] = [Math.exp(i[row * N + head]!), sigma(f[row * N + head]!)];
          for (let r = 0; r < d; r++) {
            n[r] = forget * n[r]! + (input * at(k, r)) / Math.sqrt(d);
            for (let s = 0; s < d; s++)
              C[r]![s] = forget * C[r]![s]! + (input * at(v, r) * at(k, s)) / Math.sqrt(d);
          }
          const overlap = n.reduce((sum, value, j) => sum + value * at(q, j), 0);
          for (let r = 0; r < d; r++) {
            const read = C[r]!.reduce((sum, value, j) => sum + value * at(q, j), 0);
            out[row * H + head * d + r] = read / Math.max(Math.abs(overlap), 1);
          }
        }
      }
    return out;
  }
  const [q, k, v, i, f] = operands.map((o) => o.values);
  const expected = paper(q!, k!, v!, i!, f!);

  it.each([
    ["parallel", mlstmParallel],
    ["recurrent", mlstmRecurrent],
  ] as const)("in the %s form equals the paper's equations written out in loops", async (_name, form) => {
    near(await evaluateGraph(operands, build(form)), expected, 6);
    near(await evaluateGraph(operands, build(form), "float32"), expected, 5);
    expect(await gradientError(operands, build(form))).toBeLessThan(5e-8);
  });

  it("gives the same in both forms within 1e-4 over 60 steps", async () => {
    const time = 60;
    const long = shapes.map(([, width], at) => ({
      shape: [time * B, width!],
      values: wave(time * B * width!, 0.3 * at, at < 3 ? 1 : 2),
    }));
    const run = (form: typeof mlstmParallel) =>
      evaluateGraph(
        long,
        (g, ...[query, key, value, inputGate, forgetGate]) =>
          form(
            g,
            { query: query!, key: key!, value: value!, inputGate: inputGate!, forgetGate: forgetGate! },
            { time, heads: N },
          ),
        "float32",
      );
    const [one, other] = [await run(mlstmParallel), await run(mlstmRecurrent)];
    expect(one.every(Number.isFinite)).toBe(true);
    // Of the value where it is above 1: the normaliser nᵀq passes near 0 here and there, and values reach 50.
    const apart = one.map((value, at) => Math.abs(value - other[at]!) / Math.max(1, Math.abs(value)));
    expect(Math.max(...apart)).toBeLessThan(1e-4);
  });

  it.each([-200, -90, -20, 200])("is finite and right with forget gates of %d in float32", async (forget) => {
    const gates = operands.map((o, at) => (at === 4 ? { ...o, values: o.values.map(() => forget) } : o));
    const [q4, k4, v4, i4, f4] = gates.map((o) => o.values);
    const exact = paper(q4!, k4!, v4!, i4!, f4!);
    for (const form of [mlstmParallel, mlstmRecurrent]) {
      near(await evaluateGraph(gates, build(form), "float32"), exact, 4);
      expect(await gradientError(gates, build(form), { float: "float32" })).toBeLessThan(2e-2);
    }
  });

  it("as a layer: both forms agree and the derivatives are right", async () => {
    const input = { shape: [T, B, 3], values: wave(T * B * 3, 0.6) };
    const layer = (form: "parallel" | "recurrent") =>
      layerCheck([input], (g, x) => mlstm(g, x!, { width: 4, heads: 2, name: "m", form }));
    const [parallel, recurrent] = [layer("parallel"), layer("recurrent")];
    near(await parallel.evaluate(), await recurrent.evaluate(), 6);
    expect(await parallel.gradientError()).toBeLessThan(5e-8);
    expect(await recurrent.gradientError()).toBeLessThan(5e-8);
  });

  it("refuses shapes that do not belong together", () => {
    const g = new Graph();
    const rows = g.input("rows", [21, 4], "float32");
    const inputs = { query: rows, key: rows, value: rows, inputGate: rows, forgetGate: rows };
    expect(() => mlstmParallel(g, inputs, { time: 7, heads: 2 })).toThrow(
      /inputGate is \[21, 4\], not \[21, 2\]/,
    );
  });
});
