import { describe, expect, it } from "vitest";
import { Graph } from "../graph/graph.ts";
import { gru } from "./gru.ts";
import { layerCheck, wave } from "./layerCheck.ts";
import { lstm } from "./lstm.ts";

const [B, T, I, H] = [3, 7, 5, 2];
const input = { shape: [B, T, I], values: wave(B * T * I, 0.2) };
const sigma = (v: number) => 1 / (1 + Math.exp(-v));
const near = (actual: number[], expected: number[], digits = 10) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, e] of expected.entries()) expect(actual[i]).toBeCloseTo(e, digits);
};
const column = (w: readonly number[], b: readonly number[], row: number, z: number[]) =>
  z.reduce((s, v, j) => s + w[row * z.length + j]! * v, b[row]!);
/** Applies a cell to every window and step, in the order [T, B, H], then the last step [B, H]. */
function scan(cell: (x: number[], h: number[], memory: number[]) => [number[], number[]], inputs = input) {
  const out = new Array<number>(T * B * H);
  for (let b = 0; b < B; b++) {
    let [h, c] = [Array<number>(H).fill(0), Array<number>(H).fill(0)];
    for (let t = 0; t < T; t++) {
      const at = (b * T + t) * I;
      [h, c] = cell(inputs.values.slice(at, at + I), h, c);
      for (const [k, v] of h.entries()) out[(t * B + b) * H + k] = v;
    }
  }
  return [...out, ...out.slice((T - 1) * B * H)];
}

describe("lstm", () => {
  const both = (layers: number) =>
    layerCheck([input], (g, x) => {
      const { steps, last } = lstm(g, x!, { width: H, name: "l", layers });
      return [steps, last];
    });

  it("equals the equations of Gers et al. 2000 written out in loops", async () => {
    const check = both(1);
    const [w, b] = ["l.layer0.weight", "l.layer0.bias"].map((n) => check.parameters[n]!.values);
    const expected = scan((x, h, c) => {
      const z = [...x, ...h];
      const gate = (part: number, k: number) => column(w!, b!, part * H + k, z);
      const next = c.map((old, k) => sigma(gate(2, k)) * old + sigma(gate(0, k)) * Math.tanh(gate(3, k)));
      return [next.map((v, k) => sigma(gate(1, k)) * Math.tanh(v)), next];
    });
    near(await check.evaluate(), expected, 6);
    near(await check.evaluate("float32"), expected, 5);
  });

  it("by hand: one unit, weights 0, biases such that every gate is 1/2 and the proposal tanh(1)", async () => {
    // c_1 = tanh(1)/2 = 0.3807971, h_1 = tanh(c_1)/2 = 0.1816997; c_2 = c_1/2 + 0.3807971 = 0.5711956,
    // h_2 = tanh(c_2)/2 = 0.2581184
    const check = layerCheck(
      [{ shape: [1, 2, 1], values: [5, -3] }],
      (g, x) => lstm(g, x!, { width: 1, name: "l" }).steps,
    );
    const { weight, bias } = {
      weight: check.parameters["l.layer0.weight"]!.values as number[],
      bias: check.parameters["l.layer0.bias"]!.values as number[],
    };
    weight.fill(0);
    bias.splice(0, 4, 0, 0, 0, 1);
    near(await check.evaluate(), [0.1816997, 0.2581184], 6);
  });

  it.each([1, 2])("has right derivatives with %d layers", async (layers) => {
    expect(await both(layers).gradientError()).toBeLessThan(2e-8);
  });

  it("has right derivatives where only the last step or only an early one is used", async () => {
    const last = layerCheck([input], (g, x) => lstm(g, x!, { width: H, name: "l" }).last);
    expect(await last.gradientError()).toBeLessThan(2e-8);
    const early = layerCheck([input], (g, x) =>
      g.apply("Slice", [lstm(g, x!, { width: H, name: "l" }).steps], { axis: 0, start: 2, end: 3, step: 1 }),
    );
    expect(await early.gradientError()).toBeLessThan(2e-8);
  });

  it("starts with open forget gates", () => {
    const g = new Graph();
    lstm(g, g.input("x", [B, T, I], "float32"), { width: H, name: "l" });
    expect(g.parameters.find((p) => p.name === "l.layer0.bias")!.init).toEqual({
      kind: "values",
      values: [0, 0, 0, 0, 1, 1, 0, 0],
    });
  });

  it("refuses what is no sequence or width", () => {
    const g = new Graph();
    const rows = g.input("rows", [3, 5], "float32");
    expect(() => lstm(g, rows, { width: 2, name: "l" })).toThrow(
      /lstm: x has to be \[batch, time, feature\]/,
    );
    const x = g.input("x", [3, 7, 5], "float32");
    expect(() => lstm(g, x, { width: 0, name: "l" })).toThrow(/lstm: width/);
    expect(() => lstm(g, x, { width: 2, layers: 1.5, name: "l" })).toThrow(/lstm: layers/);
  });
});

describe("gru", () => {
  const both = (layers: number) =>
    layerCheck([input], (g, x) => {
      const { steps, last } = gru(g, x!, { width: H, name: "u", layers });
      return [steps, last];
    });

  it("equals equations 5 to 8 of Cho et al. 2014 written out in loops", async () => {
    const check = both(1);
    const of = (name: string) => check.parameters[`u.layer0.${name}`]!.values;
    const expected = scan((x, h) => {
      const gate = (row: number) => sigma(column(of("gates.weight"), of("gates.bias"), row, [...x, ...h]));
      const reset = h.map((v, k) => gate(k) * v);
      const next = h.map((old, k) => {
        const z = gate(H + k);
        const proposed = column(of("proposal.weight"), of("proposal.bias"), k, [...x, ...reset]);
        return z * old + (1 - z) * Math.tanh(proposed);
      });
      return [next, next];
    });
    near(await check.evaluate(), expected, 6);
    near(await check.evaluate("float32"), expected, 5);
  });

  it.each([1, 2])("has right derivatives with %d layers", async (layers) => {
    expect(await both(layers).gradientError()).toBeLessThan(2e-8);
  });
});
