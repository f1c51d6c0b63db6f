import { Graph } from "./graph.ts";
import type { GraphBuilder } from "./graphBuilder.ts";
import { sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * How many numbers a network trains, found by building its forward graph: nothing is loaded and nothing runs.
 * @param network called once with x [B, T, F], B unknown
 * @param input T and F
 */
export function countParameters(
  network: (g: GraphBuilder, x: Tensor) => unknown,
  input: { time: number; features: number },
): number {
  const graph = new Graph();
  network(graph, graph.input("x", [-1, input.time, input.features], graph.float));
  return graph.parameters.reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0);
}
