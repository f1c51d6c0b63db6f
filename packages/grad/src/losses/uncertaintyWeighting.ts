import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, exp, mul, neg } from "../ops/elementwise.ts";
import { reshape, slice } from "../ops/layout.ts";

export interface WeightedTasks {
  /** Σ_i exp(-s_i) L_i + s_i; a scalar. */
  loss: Tensor;
  /** exp(-s_i) by task, scalars, to be watched: how much each task counts. */
  weights: Record<string, Tensor>;
}

/**
 * Several losses as one, each weighted by what the model learns of its noise (Kendall, Gal & Cipolla 2018, Multi-Task
 * Learning Using Uncertainty to Weigh Losses, equation 10):  Σ_i exp(-s_i) L_i + s_i  with s_i = log σ_i², learned.
 * Where L_i stays at a value, its s_i goes to log L_i. `initial`: a task's first weight exp(-s_i), 1 unless said, so
 * that fixed weights can be the start. The s_i lie in the parameter NAME.logVariance [tasks], in the order given; they
 * are part of the training, not of an exported model.
 */
export function uncertaintyWeighting(
  g: GraphBuilder,
  losses: Readonly<Record<string, Tensor>>,
  options: { name?: string; initial?: Readonly<Record<string, number>> } = {},
): WeightedTasks {
  const { name = "tasks", initial = {} } = options;
  const tasks = Object.keys(losses);
  if (tasks.length === 0) throw new GradUsageError("uncertaintyWeighting: there are no losses");
  for (const [task, loss] of Object.entries(losses))
    if (loss.shape.length !== 0)
      throw new GradUsageError(
        `uncertaintyWeighting: "${task}" has to be a scalar, not ${describeShape(loss.shape)}`,
      );
  for (const [task, weight] of Object.entries(initial))
    if (!tasks.includes(task) || !(weight > 0) || !Number.isFinite(weight))
      throw new GradUsageError(
        `uncertaintyWeighting: initial "${task}" of ${weight} is no positive weight of ${tasks.join(", ")}`,
      );
  const s = g.parameter(`${name}.logVariance`, [tasks.length], {
    init: { kind: "values", values: tasks.map((task) => -Math.log(initial[task] ?? 1)) },
    decay: false,
  });
  const weights: Record<string, Tensor> = {};
  const terms = tasks.map((task, i) => {
    const own = reshape(g, tasks.length === 1 ? s : slice(g, s, 0, i, i + 1), []);
    weights[task] = exp(g, neg(g, own));
    return add(g, mul(g, weights[task], losses[task]!), own);
  });
  return { loss: terms.reduce((a, b) => add(g, a, b)), weights };
}
