import type { Node } from "./graph.ts";
import { sizeOf } from "./shape.ts";
import type { DType, Tensor } from "./tensor.ts";

const BYTES: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1 };
/** Bytes of a tensor whose extents are all known. */
export const bytesOf = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): number =>
  sizeOf(shape) * BYTES[dtype];

/** Results that are their operand in another shape: ONNX Runtime gives them no memory of their own. */
const aliases = new Set<string>(["Reshape"]);
/** Results that ONNX Runtime writes over an operand of the same size which nothing reads any more. */
const overwriting = new Set<string>([
  ...["Add", "Sub", "Mul", "Div", "Neg", "Abs", "Sqrt", "Exp", "Log", "Erf", "Pow", "Reciprocal", "Sign"],
  ...["Relu", "Tanh", "Sigmoid", "Softplus", "Clip", "Softmax", "LogSoftmax"],
]);

/** What a graph needs to be run, and how many nodes that runs. */
export interface Liveness {
  /** Most bytes of results that are alive at one moment; inputs, parameters and outputs are the caller's. */
  peakBytes: number;
  nodes: number;
}

/**
 * Walks the nodes that the outputs need in the order in which ONNX Runtime runs them; a result lives from the node that
 * makes it to the last one that reads it, as in ONNX Runtime's own plan of allocations. All extents have to be known.
 */
export function liveness(all: readonly Node[], outputs: readonly Tensor[]): Liveness {
  const nodes = executionOrder(neededNodes(all, outputs));
  const owner = new Map<number, number>();
  const rootOf = (t: Tensor): number => owner.get(t.id) ?? t.id;
  const lastReader = new Map<number, number>();
  nodes.forEach((node, i) => {
    if (aliases.has(node.op)) owner.set(node.outputs[0]!.id, rootOf(node.inputs[0]!));
    for (const x of node.inputs) lastReader.set(rootOf(x), i);
  });
  const kept = new Set(outputs.map(rootOf));
  const held = new Map<number, number>();
  let bytes = 0;
  let peakBytes = 0;
  const release = (id: number): void => {
    bytes -= held.get(id) ?? 0;
    held.delete(id);
  };
  nodes.forEach(({ op, inputs, outputs: results }, i) => {
    const dying = [...new Set(inputs.map(rootOf))].filter((id) => lastReader.get(id) === i && held.has(id));
    if (!aliases.has(op))
      for (const y of results) {
        if (kept.has(y.id) || !lastReader.has(y.id)) continue;
        const size = bytesOf(y);
        const overwritten = overwriting.has(op) ? dying.find((id) => held.get(id) === size) : undefined;
        if (overwritten !== undefined) release(overwritten);
        held.set(y.id, size);
        bytes += size;
      }
    peakBytes = Math.max(peakBytes, bytes);
    for (const id of dying) release(id);
  });
  return { peakBytes, nodes: nodes.length };
}

function neededNodes(nodes: readonly Node[], outputs: readonly Tensor[]): Node[] {
  const needed = new Set(outputs.map((t) => t.id));
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((y) => needed.has(y.id))) return false;
      for (const x of node.inputs) needed.add(x.id);
      return true;
    })
    .reverse();
}

/**
 * ONNX Runtime's default order: depth first from the nodes that nothing reads, the last of them first, and of a node's
 * operands the one that was made last. Weight gradients that only the update reads are so computed at the end, and what
 * they read stays alive until then (`Graph::ReverseDFSFrom` in its sources).
 */
function executionOrder(nodes: readonly Node[]): Node[] {
  const maker = new Map(nodes.flatMap((node, i) => node.outputs.map((y) => [y.id, i] as const)));
  const makers = nodes.map(({ inputs }) =>
    [...new Set(inputs.map((x) => maker.get(x.id)))].filter((i) => i !== undefined).sort((a, b) => a - b),
  );
  const read = new Set(makers.flat());
  const stack = nodes.map((_, i) => i).filter((i) => !read.has(i));
  const order: Node[] = [];
  const entered = new Set<number>();
  const left = new Set<number>();
  while (stack.length > 0) {
    const i = stack.at(-1)!;
    if (entered.has(i)) {
      stack.pop();
      if (!left.has(i)) order.push(nodes[i]!);
      left.add(i);
    } else {
      entered.add(i);
      stack.push(...makers[i]!.filter((m) => !entered.has(m)));
    }
  }
  return order;
}
