import { add, type GraphBuilder, reshape, slice, softplus, sub, type Tensor } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";
import { SIGNALS, type Signal } from "../../labels/labeler.ts";

/** What of a network's outputs is explained: one number a row [B]. */
export type ExplainedOutput = (g: GraphBuilder, outputs: Record<string, Tensor>) => Tensor;

/** The return over the label's horizon, as a fraction. */
export const returnOutput: ExplainedOutput = (_g, outputs) => needed(outputs, "return");

/** An output of one number a row as it is, or one column of an output of several, [B, K]. */
export function plainOutput(name: string, column?: number): ExplainedOutput {
  return (g, outputs) => {
    const output = needed(outputs, name);
    return column === undefined ? output : reshape(g, slice(g, output, 1, column, column + 1), ["rest"]);
  };
}

/**
 * The log-odds of a signal against the other two, log(p / (1 - p)): how far the network leans to it, 0 where it is as
 * likely as not. With logits z and what a row of each class weighed in training, w, for the signal c
 *
 *   p_k ∝ e^{z_k} / w_k,   u_k = z_k - log w_k,   margin = u_c - log Σ_{k≠c} e^{u_k}
 *
 * so that it is the margin of the probability that a forecast tells (see `priorCorrect`). Unlike the distance to the
 * second-best logit it has a derivative everywhere, and unlike the probability it does not go flat near 0 and 1.
 * @param classWeights BUY, HOLD, SELL, positive; 1 each unless said
 * @param logits which output of three classes; `logits` unless said
 */
export function signalMargin(
  signal: Signal,
  classWeights: readonly [number, number, number] = [1, 1, 1],
  logits = "logits",
): ExplainedOutput {
  for (const [k, w] of classWeights.entries())
    if (!(w > 0) || !Number.isFinite(w))
      throw new UsageError(`signalMargin: the class weight of ${SIGNALS[k]} has to be positive, not ${w}`);
  const c = SIGNALS.indexOf(signal);
  return (g, outputs) => {
    const u = sub(g, needed(outputs, logits), g.constant(classWeights.map(Math.log), [1, 3]));
    const column = (k: number) => reshape(g, slice(g, u, 1, k, k + 1), ["rest"]);
    const [a, b] = SIGNALS.flatMap((_, k) => (k === c ? [] : [column(k)]));
    // log(e^a + e^b) = a + softplus(b - a): no exponential overflows.
    const others = add(g, a!, softplus(g, sub(g, b!, a!)));
    return sub(g, column(c), others);
  };
}

function needed(outputs: Record<string, Tensor>, name: string): Tensor {
  const found = outputs[name];
  if (!found)
    throw new UsageError(
      `the network has no output "${name}" to explain, only ${Object.keys(outputs).join(", ")}`,
    );
  return found;
}
