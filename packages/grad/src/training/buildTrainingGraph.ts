import { GradUsageError } from "../errors.ts";
import { differentiate } from "../graph/differentiate.ts";
import { Graph } from "../graph/graph.ts";
import { describeShape } from "../graph/shape.ts";
import type { FloatType, Tensor } from "../graph/tensor.ts";
import { add, mul, sub } from "../ops/elementwise.ts";
import { concat, reshape } from "../ops/layout.ts";
import { adamW } from "../optimizers/adamW.ts";
import { clipGlobalNorm } from "../optimizers/clipGlobalNorm.ts";
import { matrixFlops } from "./flops.ts";
import { layOutParameters, type ParameterLayout } from "./parameterLayout.ts";
import type { Objective, TrainingSpec } from "./trainingSpec.ts";

export interface ForwardGraph {
  graph: Graph;
  outputs: Record<string, Tensor>;
}
export interface ObjectiveGraph extends ForwardGraph, Objective {}

export const targetName = (name: string) => `target/${name}`;

/** The network alone. rows: -1 for any number of them. */
export function buildForward(
  spec: Pick<TrainingSpec, "network" | "input">,
  options: { rows: number; training: boolean; float?: FloatType; fused?: boolean },
): ForwardGraph {
  const graph = new Graph(options);
  const x = graph.input("x", [options.rows, spec.input.time, spec.input.features], graph.float);
  const outputs = spec.network(graph, x);
  if (Object.keys(outputs).length === 0) throw new GradUsageError("the network has no outputs");
  for (const name of Object.keys(outputs))
    if (name === "x" || graph.parameters.some((p) => p.name === name))
      throw new GradUsageError(`an output cannot be named "${name}": an input or a parameter has that name`);
  return { graph, outputs };
}

/** The network with its loss and metrics. */
export function buildObjective(
  spec: Pick<TrainingSpec, "network" | "input" | "targets" | "loss">,
  options: { rows: number; training: boolean; float?: FloatType; fused?: boolean },
): ObjectiveGraph {
  const { graph, outputs } = buildForward(spec, options);
  const targets = Object.fromEntries(
    Object.entries(spec.targets).map(([name, { shape, dtype }]) => [
      name,
      graph.input(targetName(name), [options.rows, ...shape], dtype === "float32" ? graph.float : dtype),
    ]),
  );
  const { loss, metrics } = spec.loss(graph, outputs, targets);
  for (const [name, t] of Object.entries({ loss, ...metrics }))
    if (t.shape.length !== 0)
      throw new GradUsageError(`"${name}" has to be a scalar, not ${describeShape(t.shape)}: take its mean`);
  return { graph, outputs, loss, metrics };
}

export interface TrainingGraph extends ObjectiveGraph {
  layout: ParameterLayout;
  /** By group of the layout: the gradient before clipping, of the shape of the group, summed over the batch's parts. */
  gradients: readonly Tensor[];
  /** The update, when a batch is not run in parts. */
  update: UpdateGraph | undefined;
  /** Matrix products of the forward part only. */
  forwardFlops: number;
}
export interface UpdateGraph {
  graph: Graph;
  norm: Tensor;
  /** By group of the layout: Σ of the gradient's squares. */
  squares: Tensor;
  /** By group of the layout: the state after the step. */
  next: readonly { p: Tensor; m: Tensor; v: Tensor; a?: Tensor }[];
}

export const SCALARS = ["stepSize", "epsilon", "keep"] as const;
/** 1 - β of the moving average. */
export const BLEND = "blend";
export const sumName = (group: string) => `sum/${group}`;

/**
 * Forward, loss and backward in one graph of a fixed number of rows, with clipping and AdamW behind them. Of a batch
 * in k parts the graph is of one part: it adds its gradient / k to a sum, and `buildUpdate` makes the rest.
 */
export function buildTrainingGraph(spec: TrainingSpec): TrainingGraph {
  const parts = spec.accumulate ?? 1;
  const objective = buildObjective(spec, { rows: spec.batch / parts, training: true });
  const { graph, loss } = objective;
  const forwardFlops = matrixFlops(graph);
  const frozen = (name: string) => spec.freeze?.(name) ?? false;
  const trained = graph.parameters.filter((p) => !frozen(p.name));
  if (trained.length === 0)
    throw new GradUsageError("freeze: every parameter is frozen, nothing is left to train");
  const derivatives = differentiate(
    graph,
    loss,
    trained.map((p) => p.tensor),
  );
  const known = new Map(
    derivatives.map((d, i) => {
      if (!d) throw new GradUsageError(`the loss does not depend on parameter "${trained[i]!.name}"`);
      return [trained[i]!.name, d];
    }),
  );
  const layout = layOutParameters(graph.parameters, frozen);
  const gradients = layout.groups.map(({ name, shape, members }) => {
    const of = (i: number) => known.get(layout.slots[i]!.name)!;
    const own =
      members.length === 1
        ? reshape(graph, of(members[0]!), shape)
        : concat(
            graph,
            members.map((i) => reshape(graph, of(i), ["rest"])),
            0,
          );
    if (parts === 1) return own;
    return add(graph, graph.input(sumName(name), shape, graph.float), mul(graph, own, 1 / parts));
  });
  const update = parts === 1 ? addUpdate(graph, layout, gradients, spec) : undefined;
  return { ...objective, layout, gradients, update, forwardFlops };
}

/** Clipping and AdamW alone, of gradients that are fed. */
export function buildUpdate(layout: ParameterLayout, spec: TrainingSpec): UpdateGraph {
  const graph = new Graph({ training: true });
  const gradients = layout.groups.map(({ name, shape }) => graph.input(sumName(name), shape, graph.float));
  return addUpdate(graph, layout, gradients, spec);
}

function addUpdate(
  graph: Graph,
  layout: ParameterLayout,
  gradients: readonly Tensor[],
  spec: TrainingSpec,
): UpdateGraph {
  const { gradients: clipped, norm, squares } = clipGlobalNorm(graph, gradients, spec.clipNorm);
  const [stepSize, epsilon, keep] = SCALARS.map((name) => graph.input(name, [], graph.float));
  const blend = spec.averageDecay === undefined ? undefined : graph.input(BLEND, [], graph.float);
  const { beta1 = 0.9, beta2 = 0.999 } = spec.optimizer;
  const next = layout.groups.map(({ name, shape, decay }, i) => {
    const input = (part: string) => graph.input(`${part}/${name}`, shape, graph.float);
    const scalars = { stepSize: stepSize!, epsilon: epsilon!, keep: keep! };
    const state = { parameter: input("p"), m: input("m"), v: input("v") };
    const after = adamW(graph, state, clipped[i]!, { beta1, beta2, decay }, scalars);
    const moved = { p: after.parameter, m: after.m, v: after.v };
    if (!blend) return moved;
    const a = input("a");
    return { ...moved, a: add(graph, a, mul(graph, sub(graph, after.parameter, a), blend)) };
  });
  return { graph, norm, squares, next };
}

/** The outputs of an update, by the names that `makeSet` gives its arrays. */
export function updateOutputs({ norm, squares, next }: UpdateGraph, layout: ParameterLayout) {
  const outputs: Record<string, Tensor> = { norm, squares };
  layout.groups.forEach(({ name }, i) => {
    for (const [part, tensor] of Object.entries(next[i]!)) outputs[`next/${part}/${name}`] = tensor;
  });
  return outputs;
}
