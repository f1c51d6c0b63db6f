import type { GraphBuilder, Tensor } from "@orion/grad";
import { linear, mul, relu, reshape, softmax } from "@orion/grad";
import type { Encoding } from "./encoding.ts";

/** Width of the hidden layer of the class head. */
const classHidden = 256;
/** Width of the hidden layer of the return head. */
const returnHidden = 64;

/** Outputs of `signalHeads`; a type alias, so that it is a `Record<string, Tensor>` as well. */
export type SignalOutputs = {
  /** [B, 3]: BUY, HOLD, SELL */
  logits: Tensor;
  /** [B, 3], the softmax of the logits */
  probabilities: Tensor;
  /** [B] return over the label's horizon, as a fraction */
  return: Tensor;
};

/**
 * Two heads: which signal, and what return.
 *
 *   logits = W2 relu(W1 h + b1) + b2        h = direction [B, D]; [B, 3]: BUY, HOLD, SELL
 *   return = s (V2 relu(V1 p + c1) + c2)    p = price [B, D]; [B]: return over the horizon as a fraction
 *
 * @param returnScale s, the deviation of the training rows' returns, so that the head's own output is of order 1
 */
export function signalHeads(
  g: GraphBuilder,
  encoding: Encoding,
  { returnScale }: { returnScale: number },
): SignalOutputs {
  const classes = relu(g, linear(g, encoding.direction, "classHead.hidden", classHidden));
  const logits = linear(g, classes, "classHead.out", 3);
  const returns = relu(g, linear(g, encoding.price, "returnHead.hidden", returnHidden));
  const scaled = linear(g, returns, "returnHead.out", 1);
  return {
    logits,
    probabilities: softmax(g, logits),
    return: mul(g, reshape(g, scaled, ["rest"]), g.constant(returnScale)),
  };
}
