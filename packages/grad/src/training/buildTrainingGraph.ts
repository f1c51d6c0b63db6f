import { GradUsageError } from "../errors.ts";
import { differentiate } from "../graph/differentiate.ts";
import { Graph } from "../graph/graph.ts";
import { describeShape } from "../graph/shape.ts";
import type { FloatType, Tensor } from "../graph/tensor.ts";
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
  options: { rows: number; training: boolean; float?: FloatType },
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
  options: { rows: number; training: boolean; float?: FloatType },
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
  norm: Tensor;
  layout: ParameterLayout;
  /** By group of the layout: Σ of the gradient's squares. */
  squares: Tensor;
  /** By group of the layout: the gradient before clipping, of the shape of the group. */
  gradients: readonly Tensor[];
  /** By group of the layout: the state after the step. */
  next: readonly { parameter: Tensor; m: Tensor; v: Tensor }[];
  /** Matrix products of the forward part only. */
  forwardFlops: number;
}

export const SCALARS = ["stepSize", "epsilon", "keep"] as const;

/** Forward, loss, backward, clipping and AdamW in one graph of a fixed batch. */
export function buildTrainingGraph(spec: TrainingSpec): TrainingGraph {
  const objective = buildObjective(spec, { rows: spec.batch, training: true });
  const { graph, loss } = objective;
  const forwardFlops = matrixFlops(graph);
  const gradients = differentiate(
    graph,
    loss,
    graph.parameters.map((p) => p.tensor),
  );
  const known = gradients.map((d, i) => {
    if (!d) throw new GradUsageError(`the loss does not depend on parameter "${graph.parameters[i]!.name}"`);
    return d;
  });
  const layout = layOutParameters(graph.parameters);
  const grouped = layout.groups.map(({ shape, members }) =>
    members.length === 1
      ? reshape(graph, known[members[0]!]!, shape)
      : concat(
          graph,
          members.map((i) => reshape(graph, known[i]!, ["rest"])),
          0,
        ),
  );
  const { gradients: clipped, norm, squares } = clipGlobalNorm(graph, grouped, spec.clipNorm);
  const [stepSize, epsilon, keep] = SCALARS.map((name) => graph.input(name, [], graph.float));
  const { beta1 = 0.9, beta2 = 0.999 } = spec.optimizer;
  const next = layout.groups.map(({ name, shape, decay }, i) => {
    const [parameter, m, v] = ["p", "m", "v"].map((part) =>
      graph.input(`${part}/${name}`, shape, graph.float),
    );
    const scalars = { stepSize: stepSize!, epsilon: epsilon!, keep: keep! };
    const state = { parameter: parameter!, m: m!, v: v! };
    return adamW(graph, state, clipped[i]!, { beta1, beta2, decay }, scalars);
  });
  return { ...objective, layout, norm, squares, gradients: grouped, next, forwardFlops };
}
