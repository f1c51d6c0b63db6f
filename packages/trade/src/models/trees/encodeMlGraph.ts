import { type OnnxNode, type OnnxTensor, writeOnnx } from "@orion/grad";
import type { MlConstant, MlGraph } from "@orion/trees";

/** A part of a model that is not the library's: nodes before or after it and the constants that they read. */
export interface GraphPiece {
  nodes: readonly OnnxNode[];
  constants: readonly OnnxTensor[];
}

export const floatConstant = (
  name: string,
  dims: readonly number[],
  values: Iterable<number>,
): OnnxTensor => {
  const numbers = Float32Array.from(values);
  return { name, dtype: "float32", dims, raw: new Uint8Array(numbers.buffer) };
};

export const plainNode = (
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode["attributes"] = {},
): OnnxNode => ({ type, domain: "", inputs, outputs: [output], attributes });

export interface EncodeMlOptions {
  metadata?: Readonly<Record<string, string>>;
  /** makes "z" of "x"; the library's node then reads "z" */
  before?: GraphPiece;
  /** the classes of the target, where the model tells only those at `places`: the others get probability 0 */
  spread?: { places: readonly number[]; classes: number };
}

/** A library's node as an ONNX file that takes x [batch, F] and gives "probabilities" [batch, K] or "value" [batch, 1]. */
export function encodeMlGraph(
  graph: MlGraph,
  { metadata = {}, before, spread }: EncodeMlOptions = {},
): Uint8Array {
  const isSpread = spread !== undefined && spread.places.length < spread.classes;
  const from = before ? "z" : "x";
  const named = new Set(graph.outputs.map(({ name }) => name));
  const own = (name: string): string => (isSpread && named.has(name) ? `present.${name}` : name);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === "x" ? from : own(name))),
    outputs: node.outputs.map(own),
  }));
  const outputs = graph.outputs.map((o) =>
    isSpread && o.name === "probabilities" ? { ...o, dims: ["batch", spread.classes] } : o,
  );
  const after: GraphPiece = isSpread
    ? spreading(spread.places, spread.classes)
    : { nodes: [], constants: [] };
  return writeOnnx({
    nodes: [...(before?.nodes ?? []), ...nodes, ...after.nodes],
    initializers: [
      ...(before?.constants ?? []),
      ...(graph.constants ?? []).map(tensorOf),
      ...after.constants,
    ],
    inputs: graph.inputs,
    outputs,
    metadata,
  });
}

function tensorOf({ name, dtype, dims, values }: MlConstant): OnnxTensor {
  const numbers = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
  }[dtype]();
  return { name, dtype, dims, raw: new Uint8Array(numbers.buffer) };
}

function spreading(places: readonly number[], classes: number): GraphPiece {
  const chosen = new Float32Array(places.length * classes);
  for (const [p, place] of places.entries()) chosen[p * classes + place] = 1;
  const ids = BigInt64Array.from(places, BigInt);
  return {
    nodes: [
      plainNode("MatMul", ["present.probabilities", "spread.chosen"], "probabilities"),
      plainNode("Gather", ["spread.places", "present.label"], "label"),
    ],
    constants: [
      floatConstant("spread.chosen", [places.length, classes], chosen),
      { name: "spread.places", dtype: "int64", dims: [places.length], raw: new Uint8Array(ids.buffer) },
    ],
  };
}
