import { describe, expect, it } from "vitest";
import { evaluateGraph, gradientError } from "../graph/centralDifferences.ts";
import { Graph } from "../graph/graph.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layerCheck } from "../layers/layerCheck.ts";
import { cast } from "../ops/comparison.ts";
import { accuracy } from "./accuracy.ts";
import { type CrossEntropyOptions, crossEntropy } from "./crossEntropy.ts";
import { huber } from "./huber.ts";
import { meanAbsoluteError, meanSquaredError } from "./meanSquaredError.ts";
import { uncertaintyWeighting } from "./uncertaintyWeighting.ts";

// Both rows have logits (0, ln 3), so p = (1/4, 3/4); the labels are 1 and 0.
const logits = { shape: [2, 2], values: [0, Math.log(3), 0, Math.log(3)] };
const labels = { shape: [2], values: [1, 0] };
const loss = async (options: CrossEntropyOptions) => {
  const build = (g: GraphBuilder, x?: Tensor, y?: Tensor) =>
    crossEntropy(g, x!, cast(g, y!, "int32"), options);
  return (await evaluateGraph([logits, labels], build))[0]!;
};
const [lnA, lnB] = [-Math.log(3 / 4), -Math.log(1 / 4)];

describe("losses by hand", () => {
  it("cross entropy: (-ln 3/4 - ln 1/4) / 2", async () =>
    expect(await loss({})).toBeCloseTo((lnA + lnB) / 2, 12));

  it("class weights 2 and 1: (1·0.287682 + 2·1.386294) / 3", async () => {
    expect(await loss({ classWeights: [2, 1] })).toBeCloseTo(1.0200902, 6);
  });

  it("focal, γ = 2: ((1/4)²·0.287682 + (3/4)²·1.386294) / 2", async () => {
    expect(await loss({ focalGamma: 2 })).toBeCloseTo((lnA / 16 + (9 / 16) * lnB) / 2, 6);
  });

  it("label smoothing 0.1: targets 0.95 and 0.05", async () => {
    expect(await loss({ labelSmoothing: 0.1 })).toBeCloseTo(
      (0.95 * lnA + 0.05 * lnB + 0.95 * lnB + 0.05 * lnA) / 2,
      6,
    );
  });

  it("row weights 3 and 1/2 stand in the sum alone: (3·0.287682 + 1.386294 / 2) / 2", async () => {
    const rows = { shape: [2], values: [3, 0.5] };
    const weighed = async (options: CrossEntropyOptions) =>
      (
        await evaluateGraph([logits, labels, rows], (g, x, y, v) =>
          crossEntropy(g, x!, cast(g, y!, "int32"), { ...options, rowWeights: v! }),
        )
      )[0]!;
    expect(await weighed({})).toBeCloseTo(0.7780967, 6);
    // with class weights 2 and 1, label 1 before label 0: (3·1·0.287682 + 1/2·2·1.386294) / (1 + 2)
    expect(await weighed({ classWeights: [2, 1] })).toBeCloseTo(0.7497802, 6);
  });

  it("stays finite where the label's probability is 1 or 0 in float32", async () => {
    const far = { shape: [2, 2], values: [200, -200, 200, -200] };
    const build = (g: GraphBuilder, x?: Tensor, y?: Tensor) =>
      crossEntropy(g, x!, cast(g, y!, "int32"), { focalGamma: 0.5 });
    const [value] = await evaluateGraph([far, labels], build, "float32");
    expect(value).toBeCloseTo(200, 3);
  });

  it("has right derivatives with every option", async () => {
    const build = (g: GraphBuilder, x?: Tensor) =>
      crossEntropy(g, x!, cast(g, g.constant([2, 0, 1, 1, 0]), "int32"), {
        classWeights: [1, 3, 0.5],
        focalGamma: 1.5,
        labelSmoothing: 0.1,
      });
    expect(await gradientError([{ shape: [5, 3] }], build)).toBeLessThan(2e-8);
  });

  it.each([{}, { classWeights: [1, 3, 0.5], focalGamma: 1.5, labelSmoothing: 0.1 }])(
    "has right derivatives with row weights, those of the weights too: %j",
    async (options) => {
      const build = (g: GraphBuilder, x?: Tensor, v?: Tensor) =>
        crossEntropy(g, x!, cast(g, g.constant([2, 0, 1, 1, 0]), "int32"), { ...options, rowWeights: v! });
      expect(await gradientError([{ shape: [5, 3] }, { shape: [5] }], build)).toBeLessThan(2e-8);
    },
  );

  it("mean squared and absolute error of (1, 4) to (3, 1): (4 + 9) / 2 and (2 + 3) / 2", async () => {
    const pair = [
      { shape: [2], values: [1, 4] },
      { shape: [2], values: [3, 1] },
    ];
    expect(await evaluateGraph(pair, (g, a, b) => meanSquaredError(g, a!, b!))).toEqual([6.5]);
    expect(await evaluateGraph(pair, (g, a, b) => meanAbsoluteError(g, a!, b!))).toEqual([2.5]);
  });

  it("Huber, δ = 2, of differences 1, -2, 5: (0.5 + 2 + 2·(5 - 1)) / 3 = 3.5", async () => {
    const pair = [
      { shape: [3], values: [1, 0, 6] },
      { shape: [3], values: [0, 2, 1] },
    ];
    expect((await evaluateGraph(pair, (g, a, b) => huber(g, a!, b!, 2)))[0]).toBeCloseTo(3.5, 12);
    const far = [{ shape: [3, 5] }, { shape: [3, 5] }];
    expect(await gradientError(far, (g, a, b) => huber(g, a!, b!, 0.7))).toBeLessThan(2e-8);
  });

  it("tasks of losses 3 and 5 with s = (0, ln 2): 3 + 5/2 + ln 2, weights 1 and 1/2", async () => {
    const check = layerCheck(
      [
        { shape: [], values: [3] },
        { shape: [], values: [5] },
      ],
      (g, a, b) => {
        const { loss, weights } = uncertaintyWeighting(g, { direction: a!, risk: b! });
        return [loss, weights.direction!, weights.risk!];
      },
    );
    (check.parameters["tasks.logVariance"]!.values as number[]).splice(0, 2, 0, Math.log(2));
    const [loss, direction, risk] = await check.evaluate();
    expect(loss).toBeCloseTo(5.5 + Math.log(2), 12);
    expect([direction, risk]).toEqual([1, 0.5]);
    expect(await check.gradientError()).toBeLessThan(2e-8);
    const g = new Graph();
    uncertaintyWeighting(g, { a: g.constant(1), b: g.constant(2) }, { initial: { b: 0.25 } });
    const { init } = g.parameters[0]!;
    expect(init.kind === "values" && init.values.map((s) => Math.exp(-s))).toEqual([1, 0.25]);
    expect(() => uncertaintyWeighting(g, {})).toThrow(/no losses/);
    expect(() => uncertaintyWeighting(g, { a: g.constant([1]) })).toThrow(/"a" has to be a scalar/);
    expect(() => uncertaintyWeighting(g, { a: g.constant(1) }, { initial: { c: 1 } })).toThrow(/"c"/);
  });

  it("accuracy: one of two rows", async () => {
    expect(await evaluateGraph([logits, labels], (g, x, y) => accuracy(g, x!, cast(g, y!, "int32")))).toEqual(
      [0.5],
    );
  });

  it("refuses shapes and options that do not fit", () => {
    const g = new Graph();
    const [x, y] = [g.input("x", [2, 3], "float32"), g.input("y", [2], "int32")];
    expect(() => crossEntropy(g, x, y, { classWeights: [1, 2] })).toThrow(/3 class weights/);
    expect(() => crossEntropy(g, x, y, { labelSmoothing: 1 })).toThrow(/labelSmoothing/);
    expect(() => crossEntropy(g, y, y)).toThrow(/\[B, C\]/);
    const column = g.input("v", [2, 1], "float32");
    expect(() => crossEntropy(g, x, y, { rowWeights: column })).toThrow(
      "row weights [2, 1] have to be [2], one a label",
    );
    expect(() => meanSquaredError(g, x, y)).toThrow(/differ/);
    expect(() => huber(g, x, y)).toThrow(/differ/);
    expect(() => huber(g, x, x, 0)).toThrow(/delta/);
  });
});
