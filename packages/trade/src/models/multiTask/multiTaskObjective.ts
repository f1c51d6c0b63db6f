import {
  accuracy,
  add,
  crossEntropy,
  type GraphBuilder,
  huber,
  log,
  max,
  meanSquaredError,
  mul,
  reshape,
  sub,
  type Tensor,
  uncertaintyWeighting,
} from "@orion/grad";
import { classParts } from "../training/classScores.ts";
import { weightedError } from "../training/weightedError.ts";
import { JOINT_TASKS, type JointTask, type MultiTaskTraining } from "./multiTaskConfig.ts";
import type { TargetScaling } from "./multiTaskTargets.ts";

/**
 * The loss of each jointly trained head, a mean over the batch:
 * - returns: Huber's loss (half squared up to delta, then linear) or squared error of (predicted - real) / s_k, mean over the horizons k, s_k the deviation of the
 *   training rows' returns;
 * - direction, position: cross entropy, classes weighted to weigh the same in sum unless told otherwise, labels
 *   smoothed where that is asked for;
 * - volatility: squared error of (log predicted - log real) / s, s the deviation of the training rows' logarithm: an
 *   error of a tenth counts the same for a quiet stock and a wild one;
 * - risk: squared error of the rank in 0..1.
 *
 * Where the targets hold weights of the rows, each row's part of every loss is multiplied by its own, and by no divisor undone
 * (`crossEntropy`): `weight` [B] in returns, volatility and risk, `directionWeight` and `positionWeight` [B] in theirs.
 *
 * outputs as of `sixHeads`; targets: returns [B, K], direction [B] and position [B] int32, volatility [B], risk [B].
 */
export function taskLosses(
  g: GraphBuilder,
  outputs: Record<string, Tensor>,
  targets: Record<string, Tensor>,
  { training, scaling }: { training: MultiTaskTraining; scaling: TargetScaling },
): Record<JointTask, Tensor> {
  const { labelSmoothing = 0 } = training;
  const inverse = g.constant(
    scaling.returnScales.map((s) => 1 / s),
    [1, scaling.returnScales.length],
  );
  const scaled = (returns: Tensor): Tensor => mul(g, returns, inverse);
  const logged = (volatility: Tensor): Tensor =>
    mul(g, log(g, max(g, volatility, scaling.volatilityFloor)), 1 / scaling.logVolatilityScale);
  const { weight, directionWeight, positionWeight } = targets;
  const entropy = (head: "direction" | "position", rowWeights: Tensor | undefined): Tensor =>
    crossEntropy(g, outputs[`${head}Logits`]!, targets[head]!, {
      classWeights: scaling[`${head}Weights`],
      labelSmoothing,
      rowWeights,
    });
  const squared = (predicted: Tensor, real: Tensor): Tensor =>
    weight
      ? weightedError(g, sub(g, predicted, real), weight, { kind: "squared" })
      : meanSquaredError(g, predicted, real);
  const ofReturns = (predicted: Tensor, real: Tensor): Tensor => {
    const { returnLoss } = training;
    if (weight) return weightedError(g, sub(g, predicted, real), reshape(g, weight, ["rest", 1]), returnLoss);
    return returnLoss.kind === "huber"
      ? huber(g, predicted, real, returnLoss.delta)
      : meanSquaredError(g, predicted, real);
  };
  return {
    returns: ofReturns(scaled(outputs.returns!), scaled(targets.returns!)),
    direction: entropy("direction", directionWeight),
    volatility: squared(logged(outputs.volatility!), logged(targets.volatility!)),
    position: entropy("position", positionWeight),
    risk: squared(outputs.risk!, targets.risk!),
  };
}

/** The name of what the learned weights are trained as: one number a task, in no exported model. */
export const TASK_NOISE = "taskNoise";

/**
 * One loss of the five tasks: the sum of w_i L_i with fixed weights, or `uncertaintyWeighting` by task, which starts at a
 * weight of 1 each and counts a task that cannot be told well for less.
 */
export function weighTasks(
  g: GraphBuilder,
  losses: Record<JointTask, Tensor>,
  weights: MultiTaskTraining["taskWeights"],
): Tensor {
  if (weights === "learned") return uncertaintyWeighting(g, losses, { name: TASK_NOISE }).loss;
  return JOINT_TASKS.map((task) => mul(g, losses[task], weights[task])).reduce((sum, part) =>
    add(g, sum, part),
  );
}

/**
 * Loss and metrics of a training step or of the validation rows: what is minimised, each task's own loss, how often the
 * direction is right, and what `classScores` needs of direction and position.
 */
export function multiTaskObjective(
  g: GraphBuilder,
  outputs: Record<string, Tensor>,
  targets: Record<string, Tensor>,
  options: { training: MultiTaskTraining; scaling: TargetScaling },
): { loss: Tensor; metrics: Record<string, Tensor> } {
  const losses = taskLosses(g, outputs, targets, options);
  return {
    loss: weighTasks(g, losses, options.training.taskWeights),
    metrics: {
      ...Object.fromEntries(JOINT_TASKS.map((task) => [`loss.${task}`, losses[task]])),
      accuracy: accuracy(g, outputs.directionLogits!, targets.direction!),
      ...classParts(g, outputs.directionLogits!, targets.direction!, "direction."),
      ...classParts(g, outputs.positionLogits!, targets.position!, "position."),
    },
  };
}
