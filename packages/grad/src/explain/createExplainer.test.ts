import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linear } from "../layers/linear.ts";
import { lstm } from "../layers/lstm.ts";
import { mul } from "../ops/elementwise.ts";
import { reshape, slice } from "../ops/layout.ts";
import { reduceSum } from "../ops/reduction.ts";
import { loadPredictor, type Predictor } from "../runtime/predictor.ts";
import { createTrainingProgram } from "../training/createTrainingProgram.ts";
import { FEATURES, TIME, tinyTransformer } from "../training/tinyTransformer.ts";
import type { TrainingSpec } from "../training/trainingSpec.ts";
import { createExplainer, type Explainer } from "./createExplainer.ts";
import { integratedGradients } from "./integratedGradients.ts";
import { type NamedParameters, readParameters } from "./readParameters.ts";

const { network } = tinyTransformer();
const input = { time: TIME, features: FEATURES };
const size = TIME * FEATURES;
let parameters: NamedParameters;
let predictor: Predictor;
/** Of the first class's logit. */
let explainer: Explainer;

beforeAll(async () => {
  const program = await createTrainingProgram(tinyTransformer());
  const onnx = program.exportOnnx({});
  await program.close();
  parameters = readParameters(onnx);
  predictor = await loadPredictor(onnx, { threads: 1 });
  explainer = await createExplainer({
    network,
    input,
    parameters,
    output: (g, { logits }) => reshape(g, slice(g, logits!, 1, 0, 1), ["rest"]),
    threads: 1,
  });
});
afterAll(async () => {
  await predictor.close();
  await explainer.close();
});

const wave = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => 1.4 * Math.sin(1.3 * i + phase));

describe("an explainer", () => {
  it("gives the exported model's own output, from both graphs, for any number of rows", async () => {
    for (const rows of [1, 8, 11]) {
      const x = wave(rows * size, rows);
      const { logits } = await predictor.predict(x, rows);
      const value = await explainer.value(x, rows);
      const both = await explainer.gradient(x, rows);
      expect([value.length, both.value.length, both.gradient.length]).toEqual([rows, rows, rows * size]);
      for (let r = 0; r < rows; r++) {
        expect(Math.abs(value[r]! - logits![3 * r]!)).toBeLessThan(1e-5);
        expect(Math.abs(both.value[r]! - logits![3 * r]!)).toBeLessThan(1e-5);
      }
    }
  });

  it("gives the derivative of each row's output by that row: central differences agree", async () => {
    const rows = 9;
    const h = 2e-3;
    const x = wave(rows * size, 0.3);
    const { gradient } = await explainer.gradient(x, rows);
    const row = 8;
    const own = gradient.subarray(row * size);
    const largest = Math.max(...own.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    // Both sides of every number of one row as rows of their own.
    const sides = new Float32Array(2 * size * size);
    for (let i = 0; i < 2 * size; i++) {
      sides.set(x.subarray(row * size, (row + 1) * size), i * size);
      sides[i * size + (i >> 1)]! += i % 2 === 0 ? h : -h;
    }
    const values = await explainer.value(sides, 2 * size);
    for (let i = 0; i < size; i++) {
      const quotient = (values[2 * i]! - values[2 * i + 1]!) / (2 * h);
      expect(Math.abs(own[i]! - quotient)).toBeLessThan(0.01 * largest);
    }
  });

  it("explains completely: attributions of random windows add up to the difference within 1 %", async () => {
    const number = fc.float({ min: -4, max: 4, noNaN: true });
    const windows = fc.record({
      x: fc.array(number, { minLength: size, maxLength: size }),
      baseline: fc.option(fc.array(number, { minLength: size, maxLength: size })),
    });
    await fc.assert(
      fc.asyncProperty(windows, async ({ x, baseline }) => {
        const window = Float32Array.from(x);
        const from = baseline ? { baseline: Float32Array.from(baseline) } : {};
        const result = await integratedGradients(explainer, window, from);
        const sum = result.attribution.reduce((a, b) => a + b, 0);
        const mass = result.attribution.reduce((a, b) => a + Math.abs(b), 0);
        const difference = result.value - result.baselineValue;
        expect(result.complete).toBe(true);
        expect(Math.abs(sum - difference)).toBe(result.gap);
        const least = 1e-3 * Math.max(mass, Math.abs(result.value), Math.abs(result.baselineValue));
        expect(result.gap).toBeLessThanOrEqual(0.01 * Math.max(Math.abs(difference), least));
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it("explains a recurrent network as well, whose weights are shared by all steps", async () => {
    const recurrent: TrainingSpec = {
      ...tinyTransformer(),
      network: (g, x) => {
        const { last } = lstm(g, x, { name: "encoder", width: 7, layers: 2 });
        return {
          logits: linear(g, last, "class", 3),
          value: reshape(g, linear(g, last, "return", 1), ["rest"]),
        };
      },
    };
    const program = await createTrainingProgram(recurrent);
    const own = await createExplainer({
      network: recurrent.network,
      input,
      parameters: readParameters(program.exportOnnx({})),
      output: (_g, { value }) => value!,
      threads: 1,
    });
    await program.close();
    const x = wave(size, 0.9);
    const result = await integratedGradients(own, x);
    expect(result).toMatchObject({ complete: true, steps: 64 });
    expect(result.gap / Math.abs(result.value - result.baselineValue)).toBeLessThan(1e-4);
    const { gradient } = await own.gradient(x, 1);
    const h = 1e-2;
    for (const i of [0, 7, 31, size - 1]) {
      const values = await own.value(
        Float32Array.from([...x.with(i, x[i]! + h), ...x.with(i, x[i]! - h)]),
        2,
      );
      expect(Math.abs(gradient[i]! - (values[0]! - values[1]!) / (2 * h))).toBeLessThan(1e-4);
    }
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.02);
    await own.close();
  });

  it("names the parameter that is missing, unknown or of another shape", async () => {
    const output = (_g: unknown, { value }: { value?: never }) => value!;
    const opened = (changed: NamedParameters) =>
      createExplainer({ network, input, parameters: changed, output });
    const without = new Map(parameters);
    without.delete("encoder.block1.feedForward.inner.weight");
    await expect(opened(without)).rejects.toThrow(
      /"encoder.block1.feedForward.inner.weight" is missing.*another's/,
    );
    const more = new Map(parameters).set("extra.weight", { shape: [1], values: new Float32Array(1) });
    await expect(opened(more)).rejects.toThrow(/no parameter "extra.weight"/);
    const other = new Map(parameters).set("class.bias", { shape: [4], values: new Float32Array(4) });
    await expect(opened(other)).rejects.toThrow(/"class.bias" is \[3\] in the network, \[4\]/);
    const short = new Map(parameters).set("class.bias", { shape: [3], values: new Float32Array(2) });
    await expect(opened(short)).rejects.toThrow(/"class.bias".*with 2 numbers/);
  });

  it("refuses an output that is missing or not one number a row", async () => {
    const given = { network, input, parameters, threads: 1 };
    await expect(createExplainer({ ...given, output: (_g, { logits }) => logits! })).rejects.toThrow(
      /\[N\], not \[N, 3\]; the network gives logits, value/,
    );
    await expect(createExplainer({ ...given, output: (_g, { other }) => other! })).rejects.toThrow(/missing/);
  });

  it("refuses wrong rows, windows that are too short and work after it was closed", async () => {
    const own = await createExplainer({
      network: (g, x) => ({ y: reduceSum(g, mul(g, x, x), [1, 2]), h: linear(g, x, "unused", 2) }),
      input: { time: 2, features: 3 },
      parameters: new Map([
        ["unused.weight", { shape: [3, 2], values: new Float32Array(6) }],
        ["unused.bias", { shape: [2], values: new Float32Array(2) }],
      ]),
      output: (_g, { y }) => y!,
      threads: 1,
    });
    await expect(own.gradient(new Float32Array(6), 0)).rejects.toThrow(/0 rows/);
    await expect(own.value(new Float32Array(6), 1.5)).rejects.toThrow(/1.5 rows/);
    await expect(own.gradient(new Float32Array(11), 2)).rejects.toThrow(/11 numbers where 12/);
    const { gradient } = await own.gradient(Float32Array.of(1, 2, 3, 4, 5, 6), 1);
    expect([...gradient]).toEqual([2, 4, 6, 8, 10, 12]);
    await own.close();
    await own.close();
    await expect(own.value(new Float32Array(6), 1)).rejects.toThrow(/closed/);
  });
});
