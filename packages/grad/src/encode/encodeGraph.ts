import { GradUsageError } from "../errors.ts";
import { type Constant, type Graph, type Node, opOf } from "../graph/graph.ts";
import type { Shape } from "../graph/shape.ts";
import type { DType, Tensor } from "../graph/tensor.ts";
import type { OpName } from "../ops/attributes.ts";
import type { Emitter, OnnxAttribute } from "../ops/op.ts";
import { type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnx } from "./onnxWriter.ts";

export interface EncodeOptions {
  outputs: Readonly<Record<string, Tensor>>;
  /** Parameters written into the model, by name; those not named become inputs. */
  parameters?: ReadonlyMap<string, Float32Array>;
  metadata?: Readonly<Record<string, string>>;
}
export interface EncodedGraph {
  bytes: Uint8Array;
  /** The inputs that the model has: what no output depends on is left out. */
  inputs: readonly string[];
}

/** Names that this file gives away: constants (c, k) and what nodes make (t). No parameter can have one. */
export const isEncoderName = (name: string): boolean => /^[ckt]\d+$/.test(name);

const dims = (shape: Shape) => shape.map((e) => (e >= 0 ? e : e === -1 ? "batch" : `batch*${-e}`));

/** The bytes of a constant in the type it has in the graph. */
export function rawBytes(values: ArrayLike<number>, dtype: DType): Uint8Array {
  const make = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(Array.from(values, BigInt)),
    bool: () => Uint8Array.from(values),
  }[dtype];
  const array = make();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Nodes that at least one output needs, in their order. */
function reachable(nodes: readonly Node[], outputs: readonly Tensor[]): { nodes: Node[]; used: Set<number> } {
  const used = new Set(outputs.map((t) => t.id));
  const kept: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some((y) => used.has(y.id))) continue;
    kept.push(node);
    for (const x of node.inputs) used.add(x.id);
  }
  return { nodes: kept.reverse(), used };
}

class NodeEmitter implements Emitter {
  readonly float;
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #shared = new Map<string, string>();
  /** Index of the node that makes a value, as long as the value may still be renamed. */
  readonly #makers = new Map<string, number>();
  readonly #renamed = new Map<string, string>();
  #count = 0;

  constructor(float: Emitter["float"]) {
    this.float = float;
  }

  node(
    type: string,
    inputs: readonly string[],
    options: { domain?: string; attributes?: Record<string, OnnxAttribute>; outputs?: number } = {},
  ): readonly string[] {
    const outputs = Array.from({ length: options.outputs ?? 1 }, () => `t${this.#count++}`);
    const { domain = "", attributes = {} } = options;
    this.nodes.push({ type, domain, inputs, outputs, attributes });
    for (const output of outputs) this.#makers.set(output, this.nodes.length - 1);
    return outputs;
  }

  /** Gives a value the name of a graph output; a value that is an input, a constant or an output already is copied. */
  nameOutput(value: string, name: string): void {
    const maker = this.#makers.get(value);
    if (maker === undefined) {
      const inputs = [this.#renamed.get(value) ?? value];
      this.nodes.push({ type: "Identity", domain: "", inputs, outputs: [name], attributes: {} });
      return;
    }
    this.#makers.delete(value);
    this.#renamed.set(value, name);
    const renamed = (names: readonly string[]) =>
      names.includes(value) ? names.map((n) => (n === value ? name : n)) : names;
    for (let i = maker; i < this.nodes.length; i++) {
      const node = this.nodes[i]!;
      this.nodes[i] = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) };
    }
  }

  /** Whether a node makes the value, under this name, and it is no output of the graph. */
  isMade(value: string): boolean {
    return this.#makers.has(value);
  }

  #constant(dtype: DType, shape: readonly number[], values: readonly number[]): string {
    const key = `${dtype}:${shape}:${values}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = `k${this.#shared.size}`;
    this.#shared.set(key, name);
    this.initializers.push({ name, dtype, dims: shape, raw: rawBytes(values, dtype) });
    return name;
  }

  integers(values: number | readonly number[]): string {
    return typeof values === "number"
      ? this.#constant("int64", [], [values])
      : this.#constant("int64", [values.length], values);
  }

  scalar(value: number, dtype: DType): string {
    return this.#constant(dtype, [], [value]);
  }

  ones(length: number): string {
    return this.#constant(this.float, [length], Array<number>(length).fill(1));
  }

  constant({ tensor, values }: Constant): string {
    const name = `c${tensor.id}`;
    this.initializers.push({
      name,
      dtype: tensor.dtype,
      dims: tensor.shape,
      raw: rawBytes(values, tensor.dtype),
    });
    return name;
  }
}

function emit<K extends OpName>(
  e: NodeEmitter,
  node: Node<K>,
  names: Map<number, string>,
  used: Set<number>,
): void {
  const inputs = node.inputs.map((x) => names.get(x.id)!);
  const results = opOf(node.op).emit(e, inputs, node.attributes, {
    inputs: node.inputs,
    outputs: node.outputs,
    used: node.outputs.map((y) => used.has(y.id)),
  });
  node.outputs.forEach((y, i) => {
    const name = results[i];
    if (name !== undefined) names.set(y.id, name);
  });
}

/** Writes the part of the graph that the outputs need as an ONNX model. */
export function encodeGraph(graph: Graph, options: EncodeOptions): EncodedGraph {
  const outputs = Object.entries(options.outputs);
  const { nodes, used } = reachable(
    graph.nodes,
    outputs.map(([, t]) => t),
  );
  const e = new NodeEmitter(graph.float);
  const names = new Map<number, string>();
  const inputs: OnnxValue[] = [];

  for (const { name, tensor } of [...graph.inputs, ...graph.dropouts]) {
    if (!used.has(tensor.id)) continue;
    names.set(tensor.id, name);
    inputs.push({ name, dtype: tensor.dtype, dims: dims(tensor.shape) });
  }
  for (const { name, tensor } of graph.parameters) {
    if (!used.has(tensor.id)) continue;
    if (isEncoderName(name))
      throw new GradUsageError(`a parameter cannot be named "${name}": values of the model are named so`);
    names.set(tensor.id, name);
    const values = options.parameters?.get(name);
    if (values)
      e.initializers.push({
        name,
        dtype: tensor.dtype,
        dims: tensor.shape,
        raw: rawBytes(values, tensor.dtype),
      });
    else inputs.push({ name, dtype: tensor.dtype, dims: dims(tensor.shape) });
  }
  for (const constant of graph.constants)
    if (used.has(constant.tensor.id)) names.set(constant.tensor.id, e.constant(constant));
  for (const node of nodes) emit(e, node, names, used);

  const values = outputs.map(([name, tensor]): OnnxValue => {
    e.nameOutput(names.get(tensor.id)!, name);
    return { name, dtype: tensor.dtype, dims: dims(tensor.shape) };
  });
  const made = new Map<string, OnnxValue>();
  for (const { outputs } of nodes)
    for (const { id, dtype, shape } of outputs) {
      const name = names.get(id);
      const isOfBatch = shape.some((extent) => extent < 0);
      if (isOfBatch && name !== undefined && e.isMade(name))
        made.set(name, { name, dtype, dims: dims(shape) });
    }
  const bytes = writeOnnx({
    nodes: e.nodes,
    initializers: e.initializers,
    inputs,
    outputs: values,
    made: [...made.values()],
    metadata: options.metadata ?? {},
  });
  return { bytes, inputs: inputs.map((i) => i.name) };
}
