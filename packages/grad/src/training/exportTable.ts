import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradUsageError } from "../errors.ts";
import { Graph } from "../graph/graph.ts";
import type { Network } from "./trainingSpec.ts";

/**
 * A network of table rows, x [batch, F], with its weights as one ONNX file. What is trained with windows of one step
 * exports so too, when it begins with reshape(x, ["rest", F]).
 * @param weights by the parameter's name, row-major
 * @throws GradUsageError when the weights of a parameter are missing or of another length
 */
export function exportTable(
  network: Network,
  features: number,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new Graph({ fused: true });
  const outputs = network(graph, graph.input("x", [-1, features], graph.float));
  for (const { name, tensor } of graph.parameters) {
    const size = tensor.shape.reduce((product, extent) => product * extent, 1);
    if (weights.get(name)?.length !== size)
      throw new GradUsageError(
        `parameter "${name}" has ${weights.get(name)?.length ?? 0} weights, not ${size}`,
      );
  }
  const { bytes, inputs } = encodeGraph(graph, { outputs, parameters: weights, metadata });
  if (inputs.join() !== "x")
    throw new GradUsageError("a network of table rows has to read x and nothing else");
  return bytes;
}
