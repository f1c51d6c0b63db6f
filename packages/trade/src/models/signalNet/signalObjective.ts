import {
  accuracy,
  add,
  argMax,
  cast,
  crossEntropy,
  type GraphBuilder,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  sub,
  type Tensor,
} from "@orion/grad";
import { SIGNALS } from "../../labels/labeler.ts";
import type { Balance, Triple } from "./classBalance.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";

/**
 * loss = cross entropy of the classes (weighted, focal) + returnWeight * mean of w ((return - target) / s)^2
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
  });
  const error = weightedSquaredError(g, outputs.return!, targets.return!, {
    rowWeights: classValues(g, labels, balance.representedRows),
    scale: returnScale,
  });
  return {
    loss: add(g, entropy, mul(g, error, training.returnWeight)),
    metrics: {
      crossEntropy: entropy,
      squaredError: error,
      accuracy: accuracy(g, logits, labels),
      ...recallParts(g, logits, labels),
    },
  };
}

/**
 * Of each class the share of rows that are of it and the share that are and were said to be. Their means over any number
 * of batches give the recalls exactly; a mean of recalls of single batches would not.
 */
function recallParts(g: GraphBuilder, logits: Tensor, labels: Tensor): Record<string, Tensor> {
  const actual = oneHot(g, labels, 3);
  const said = oneHot(g, cast(g, argMax(g, logits, 1), "int32"), 3);
  const shares = reduceMean(g, actual, 0);
  const hits = reduceMean(g, mul(g, actual, said), 0);
  const part = (values: Tensor, c: number): Tensor => reduceSum(g, slice(g, values, 0, c, c + 1));
  return Object.fromEntries(
    SIGNALS.flatMap((name, c) => [
      [`share.${name}`, part(shares, c)],
      [`hits.${name}`, part(hits, c)],
    ]),
  );
}

/** Mean recall of the classes that occur, when the largest output wins: 1/3 is chance. null where it was not measured. */
export function balancedAccuracyOf(metrics: Readonly<Record<string, number>>): number | null {
  const recalls = SIGNALS.flatMap((name) => {
    const share = metrics[`share.${name}`];
    const hits = metrics[`hits.${name}`];
    return share !== undefined && hits !== undefined && share > 0 ? [hits / share] : [];
  });
  return recalls.length === 0 ? null : recalls.reduce((a, b) => a + b, 0) / recalls.length;
}

/** One value a row [B], chosen by its class. labels [B] */
function classValues(g: GraphBuilder, labels: Tensor, values: Triple): Tensor {
  return reduceSum(g, mul(g, oneHot(g, labels, 3), reshape(g, g.constant(values), [1, 3])), 1);
}

/** Mean of w ((prediction - target) / scale)^2 over the rows. All tensors [B]; a scalar. */
function weightedSquaredError(
  g: GraphBuilder,
  prediction: Tensor,
  target: Tensor,
  { rowWeights, scale }: { rowWeights: Tensor; scale: number },
): Tensor {
  const error = mul(g, sub(g, prediction, target), 1 / scale);
  return reduceMean(g, mul(g, rowWeights, mul(g, error, error)));
}
