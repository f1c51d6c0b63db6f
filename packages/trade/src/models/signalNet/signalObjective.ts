import {
  accuracy,
  add,
  crossEntropy,
  type GraphBuilder,
  mul,
  oneHot,
  reduceSum,
  reshape,
  sub,
  type Tensor,
} from "@orion/grad";
import { classParts } from "../training/classScores.ts";
import { weightedError } from "../training/weightedError.ts";
import type { Balance, Triple } from "./classBalance.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";

/**
 * loss = cross entropy of the classes (weighted, focal, smoothed) + returnWeight * mean of w l((return - target) / s),
 * l(d) = d^2, or Huber's loss: d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)
 *
 * Where the targets hold a `weight` of each row, it stands as a factor in both sums and in no divisor (`crossEntropy`).
 *
 * @param outputs `logits` [B, 3], `return` [B]
 * @param targets `class` [B] int32, `return` [B]; `weight` [B], mean 1 over the rows of each class
 * @param returnScale s, the deviation of the training rows' returns
 */
export function signalObjective(
  g: GraphBuilder,
  outputs: Record<string, Tensor>,
  targets: Record<string, Tensor>,
  { training, balance, returnScale }: { training: TrainingConfig; balance: Balance; returnScale: number },
): { loss: Tensor; metrics: Record<string, Tensor> } {
  const logits = outputs.logits!;
  const labels = targets.class!;
  const { weight } = targets;
  const entropy = crossEntropy(g, logits, labels, {
    classWeights: balance.lossWeights,
    focalGamma: training.focalGamma,
    labelSmoothing: training.labelSmoothing ?? 0,
    rowWeights: weight,
  });
  const represented = classValues(g, labels, balance.representedRows);
  const error = weightedError(
    g,
    mul(g, sub(g, outputs.return!, targets.return!), 1 / returnScale),
    weight ? mul(g, weight, represented) : represented,
    training.returnLoss ?? { kind: "squared" },
  );
  return {
    loss: add(g, entropy, mul(g, error, training.returnWeight)),
    metrics: {
      crossEntropy: entropy,
      returnLoss: error,
      accuracy: accuracy(g, logits, labels),
      ...classParts(g, logits, labels),
    },
  };
}

/** One value a row [B], chosen by its class. labels [B] */
function classValues(g: GraphBuilder, labels: Tensor, values: Triple): Tensor {
  return reduceSum(g, mul(g, oneHot(g, labels, 3), reshape(g, g.constant(values), [1, 3])), 1);
}
