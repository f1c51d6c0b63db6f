import { expect, test } from "vitest";
import { GradDataError } from "../errors.ts";
import { rawBytes } from "./encodeGraph.ts";
import { readOnnxSummary } from "./onnxSummary.ts";
import { writeOnnx } from "./onnxWriter.ts";

const node = (type: string, input: string, output: string, domain = "") => ({
  type,
  domain,
  inputs: [input],
  outputs: [output],
  attributes: {},
});
const model = writeOnnx({
  nodes: [node("Neg", "x", "a"), node("Gelu", "a", "b", "com.microsoft"), node("Neg", "b", "y")],
  initializers: [{ name: "w", dtype: "float32", dims: [2], raw: rawBytes([1, 2], "float32") }],
  inputs: [{ name: "x", dtype: "float32", dims: ["batch", 7, 3] }],
  outputs: [{ name: "y", dtype: "float32", dims: ["batch"] }],
  metadata: { recipe: "planted", seed: "7" },
});

test("what the file tells of itself: opsets, operators, inputs and outputs, metadata", () => {
  expect(readOnnxSummary(model)).toEqual({
    bytes: model.length,
    irVersion: 9,
    producer: "orion",
    opsets: { "ai.onnx": 20, "com.microsoft": 1 },
    operators: { Neg: 2, Gelu: 1 },
    nodes: 3,
    inputs: [{ name: "x", dtype: "float32", shape: ["batch", 7, 3] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["batch"] }],
    metadata: { recipe: "planted", seed: "7" },
  });
});

test("a file that was cut anywhere is refused", () => {
  for (const length of [0, 1, model.length >> 1, model.length - 1])
    expect(() => readOnnxSummary(model.subarray(0, length))).toThrow(GradDataError);
});
