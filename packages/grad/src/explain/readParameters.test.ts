import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawBytes } from "../encode/encodeGraph.ts";
import { writeOnnx } from "../encode/onnxWriter.ts";
import { GradDataError, GradUsageError } from "../errors.ts";
import { reduceSum } from "../ops/reduction.ts";
import { createTrainingProgram } from "../training/createTrainingProgram.ts";
import { tinyTransformer } from "../training/tinyTransformer.ts";
import type { TrainingProgram } from "../training/trainingProgram.ts";
import { createExplainer } from "./createExplainer.ts";
import { readParameters } from "./readParameters.ts";

describe("parameters of an exported model", () => {
  let program: TrainingProgram;
  beforeAll(async () => {
    program = await createTrainingProgram(tinyTransformer());
  });
  afterAll(() => program.close());

  it("are those of the training state, under their names, and no constant of the graph", () => {
    // As a file gives them: a view into a larger buffer, at an odd place.
    const onnx = program.exportOnnx({ recipe: "tiny" });
    const read = readParameters(Buffer.concat([Buffer.from("odd"), onnx]).subarray(3));
    const { parameters } = program.state();
    expect([...read.keys()].sort()).toEqual(program.parameters.map((p) => p.name).sort());
    for (const { name, shape, offset, size } of program.parameters) {
      expect(read.get(name)!.shape).toEqual(shape);
      expect(read.get(name)!.values).toEqual(parameters.slice(offset, offset + size));
    }
  });

  it("are refused from a file that was cut anywhere, is foreign or contradicts itself", () => {
    const bytes = program.exportOnnx({});
    for (let length = 0; length < bytes.length; length += 997)
      expect(() => readParameters(bytes.subarray(0, length))).toThrow(GradDataError);
    const withWeights = (...initializers: Parameters<typeof writeOnnx>[0]["initializers"]) =>
      writeOnnx({ nodes: [], initializers, inputs: [], outputs: [], metadata: {} });
    const weight = { name: "w", dtype: "float32", dims: [2], raw: rawBytes([1, 2], "float32") } as const;
    expect(readParameters(withWeights(weight)).get("w")).toEqual({
      shape: [2],
      values: Float32Array.of(1, 2),
    });
    expect(() => readParameters(withWeights({ ...weight, dims: [3] }))).toThrow(/"w" of shape \[3\] has 8 b/);
    expect(() => readParameters(withWeights(weight, weight))).toThrow(/two parameters are named "w"/);
    expect(() => readParameters(withWeights({ ...weight, dtype: "float64" }))).toThrow(/"w" is not kept as/);
  });

  it("cannot have a name that the encoder gives to a constant", async () => {
    const explainer = await createExplainer({
      network: (g, x) => ({ y: reduceSum(g, x, [1, 2]), c3: g.parameter("c3", [1], init) }),
      input: { time: 2, features: 3 },
      parameters: new Map([["c3", { shape: [1], values: Float32Array.of(1) }]]),
      output: (_g, { y }) => y!,
    }).catch((e: Error) => e);
    expect(explainer).toBeInstanceOf(GradUsageError);
  });
});

const init = { init: { kind: "zeros" }, decay: false } as const;
