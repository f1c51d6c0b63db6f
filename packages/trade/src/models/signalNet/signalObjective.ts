import {
  abs,
  accuracy,
  add,
  crossEntropy,
  type GraphBuilder,
  min,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  sub,
  type Tensor,
} from "@orion/grad";
import { classParts } from "../training/classScores.ts";
import type { ReturnLoss } from "../training/trainingKeys.ts";
import type { Balance, Triple } from "./classBalance.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";

/**
 * loss = cross entropy of the classes (weighted, focal, smoothed) + returnWeight * mean of w l((return - target) / s),
 * l(d) = d^2, or Huber's loss: d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)
 *
 * @param outputs `logits` [B, 3], `return` [B]
 * @param targets `class` [B] int32, `return` [B]
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
  const entropy = crossEntropy(g, logits, labels, {
    classWeights: balance.lossWeights,
    focalGamma: training.focalGamma,
    labelSmoothing: training.labelSmoothing ?? 0,
  });
  const error = weightedError(g, outputs.return!, targets.return!, {
    rowWeights: classValues(g, labels, balance.representedRows),
    scale: returnScale,
    kind: training.returnLoss ?? { kind: "squared" },
  });
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

/** Mean of w l((prediction - target) / scale) over the rows. All tensors [B]; a scalar. */
function weightedError(
  g: GraphBuilder,
  prediction: Tensor,
  target: Tensor,
  { rowWeights, scale, kind }: { rowWeights: Tensor; scale: number; kind: ReturnLoss },
): Tensor {
  const error = mul(g, sub(g, prediction, target), 1 / scale);
  if (kind.kind === "squared") return reduceMean(g, mul(g, rowWeights, mul(g, error, error)));
  const size = abs(g, error);
  const near = min(g, size, kind.delta);
  return reduceMean(g, mul(g, rowWeights, mul(g, near, sub(g, size, mul(g, near, 0.5)))));
}
