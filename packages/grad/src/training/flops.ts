import type { Graph, Node } from "../graph/graph.ts";
import { sizeOf } from "../graph/shape.ts";

/** 2·m·n·k of one matrix product [m, k]·[k, n], times its batch; 0 for any other node. */
function productFlops(node: Node): number {
  if (node.op !== "MatMul" && node.op !== "Gemm" && node.op !== "FusedMatMul") return 0;
  const [a] = node.inputs;
  const [y] = node.outputs;
  const transA = "transA" in node.attributes && node.attributes.transA;
  // Rows first, a batch lies between: the last axis is k unless the operand is transposed.
  const inner = transA
    ? "transBatchA" in node.attributes && node.attributes.transBatchA
      ? a!.shape[0]!
      : a!.shape.at(-2)!
    : a!.shape.at(-1)!;
  return 2 * Math.abs(sizeOf(y!.shape)) * Math.abs(inner);
}

/** Floating-point operations of the first `count` nodes, matrix products only. Unknown extents count as one row. */
export function matrixFlops(graph: Graph, count = graph.nodes.length): number {
  return graph.nodes.slice(0, count).reduce((sum, node) => sum + productFlops(node), 0);
}
