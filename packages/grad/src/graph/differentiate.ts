import { GradUsageError } from "../errors.ts";
import type { OpName } from "../ops/attributes.ts";
import type { Application } from "../ops/op.ts";
import { type Graph, type Node, opOf, type Region } from "./graph.ts";
import { describeShape, sameShape } from "./shape.ts";
import { SharedProducts } from "./sharedProducts.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Reverse-mode differentiation: one walk over the nodes from last to first. Adds the backward nodes to the graph
 * and returns d loss / d target for each target (undefined where the loss does not depend on it). loss: a scalar.
 */
export function differentiate(
  graph: Graph,
  loss: Tensor,
  targets: readonly Tensor[],
): readonly (Tensor | undefined)[] {
  if (loss.shape.length !== 0)
    throw new GradUsageError(`the loss has to be a scalar, not ${describeShape(loss.shape)}`);
  const forward = graph.nodes.slice();
  const regions = outermost(graph.regions);
  const needed = dependents(forward, targets);
  const gradients = new Map<number, Tensor>([[loss.id, graph.constant(1)]]);
  const shared = new SharedProducts(graph, forward, needed);

  const accumulate = (inputs: readonly Tensor[], parts: readonly (Tensor | undefined)[]) => {
    inputs.forEach((x, i) => {
      const part = parts[i];
      if (!part || !needed.has(x.id)) return;
      if (!sameShape(part.shape, x.shape))
        throw new Error(
          `gradient of shape ${describeShape(part.shape)} for a tensor ${describeShape(x.shape)}`,
        );
      const sofar = gradients.get(x.id);
      gradients.set(x.id, sofar ? graph.apply("Add", [sofar, part], {})[0]! : part);
    });
  };

  /** The derivative by a tensor all of whose uses the walk has passed. */
  const gradientOf = (x: Tensor) => {
    accumulate([x], [shared.gradient(x)]);
    return gradients.get(x.id);
  };

  for (let i = forward.length - 1; i >= 0; i--) {
    const region = regions.get(i);
    const node = forward[i]!;
    const { inputs, outputs } = region ?? node;
    if (inputs.some((x) => needed.has(x.id))) {
      const dy = outputs.map(gradientOf);
      if (dy.some((d) => d !== undefined)) {
        const wanted = inputs.map((x) => needed.has(x.id));
        if (!region) for (const at of shared.defer(node, dy)) wanted[at] = false;
        accumulate(inputs, region ? region.gradient(dy, wanted) : backward(graph, node, wanted, shared, dy));
      }
    }
    if (region) i = region.first;
  }
  return targets.map(gradientOf);
}

function backward<K extends OpName>(
  graph: Graph,
  node: Node<K>,
  wanted: readonly boolean[],
  shared: SharedProducts,
  dy: readonly (Tensor | undefined)[],
): readonly (Tensor | undefined)[] {
  const application: Application<K> = { ...node, wanted, transposed: (x) => shared.transposed(x) };
  return opOf(node.op).gradient(graph, application, dy);
}

/** Regions by their last node; one that lies inside another is that other's own affair. */
function outermost(regions: readonly Region[]): Map<number, Region> {
  const outer = regions.filter((r) => !regions.some((o) => o !== r && o.first <= r.first && r.end <= o.end));
  return new Map(outer.map((r) => [r.end - 1, r]));
}

/** The targets and everything of real type that is computed from them. */
function dependents(nodes: readonly Node[], targets: readonly Tensor[]): Set<number> {
  const ids = new Set(targets.map((t) => t.id));
  for (const node of nodes)
    if (node.inputs.some((x) => ids.has(x.id)))
      for (const y of node.outputs) if (y.dtype === "float32" || y.dtype === "float64") ids.add(y.id);
  return ids;
}
