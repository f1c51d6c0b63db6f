import { GradUsageError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { describeShape, sameShape, sizeOf } from "../graph/shape.ts";
import type { NamedParameters } from "./readParameters.ts";

/**
 * The values of every parameter that the graph made.
 * @throws GradUsageError unless both have the same names and shapes; it names the first that differs
 */
export function matchParameters(graph: Graph, given: NamedParameters): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const { name, tensor } of graph.parameters) {
    const found = given.get(name);
    if (!found)
      throw new GradUsageError(`the network's parameter "${name}" is missing: these weights are another's`);
    if (!sameShape(found.shape, tensor.shape) || found.values.length !== sizeOf(tensor.shape))
      throw new GradUsageError(
        `parameter "${name}" is ${describeShape(tensor.shape)} in the network, ` +
          `${describeShape(found.shape)} with ${found.values.length} numbers in the weights: check its configuration`,
      );
    values.set(name, found.values);
  }
  for (const name of given.keys())
    if (!values.has(name))
      throw new GradUsageError(`the network has no parameter "${name}": these weights are another's`);
  return values;
}
