/** ONNX nodes of the domain ai.onnx.ml as plain data: to be written by whoever knows the file format. */
export type MlAttribute =
  | { kind: "int"; value: number }
  | { kind: "float"; value: number }
  | { kind: "string"; value: string }
  | { kind: "ints"; value: readonly number[] }
  | { kind: "floats"; value: readonly number[] }
  | { kind: "strings"; value: readonly string[] };

export interface MlNode {
  type: string;
  domain: "ai.onnx.ml" | "";
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, MlAttribute>>;
}

export interface MlValue {
  name: string;
  dtype: "float32" | "int64";
  /** a string is an extent that is known only when the graph runs */
  dims: readonly (number | string)[];
}

/** Row-major; int64 are whole numbers. */
export interface MlConstant {
  name: string;
  dtype: "float32" | "float64" | "int64";
  dims: readonly number[];
  values: readonly number[];
}

/** x [batch, features] to "label" [batch] and "probabilities" [batch, classes], or to "value" [batch, 1]. */
export interface MlGraph {
  nodes: readonly MlNode[];
  constants?: readonly MlConstant[];
  inputs: readonly MlValue[];
  outputs: readonly MlValue[];
}

export const tableInput = (features: number): MlValue => ({
  name: "x",
  dtype: "float32",
  dims: ["batch", features],
});

export const classOutputs = (classes: number): MlValue[] => [
  { name: "label", dtype: "int64", dims: ["batch"] },
  { name: "probabilities", dtype: "float32", dims: ["batch", classes] },
];

export const VALUE_OUTPUT: MlValue = { name: "value", dtype: "float32", dims: ["batch", 1] };
