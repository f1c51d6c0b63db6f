import type { Network } from "@orion/grad";
import { linear, mul, relu, reshape, softmax, transformerEncoder } from "@orion/grad";
import type { TransformerSignalConfig } from "./transformerSignalConfig.ts";

/** Width of the hidden layer of the class head. */
const classHidden = 256;
/** Width of the hidden layer of the return head. */
const returnHidden = 64;

/**
 * TransformerSignalNet: a Transformer encoder (Vaswani et al. 2017, arXiv 1706.03762) over T bars, two heads.
 *
 *   h   = encoder(x)                    x [B, T, F] to [B, T, D]
 *   p   = [h_T ; mean_t h_t]            the last step beside the mean over time, [B, 2D]
 *   logits = W2 relu(W1 p)              [B, 3]: BUY, HOLD, SELL
 *   return = s (V2 relu(V1 p))          [B]: return over the horizon as a fraction; s is the training returns' deviation
 *
 * With F = 38, D = 256, 8 heads, 6 blocks, feed-forward 768: 4.1M parameters.
 */
export function transformerSignal(config: TransformerSignalConfig, returnScale: number): Network {
  return (g, x) => {
    const { width, heads, blocks, feedForward, dropout } = config;
    const { pooled } = transformerEncoder(g, x, { width, heads, blocks, feedForward, dropout });
    const classes = relu(g, linear(g, pooled, "classHead.hidden", classHidden));
    const logits = linear(g, classes, "classHead.out", 3);
    const returns = relu(g, linear(g, pooled, "returnHead.hidden", returnHidden));
    const scaled = linear(g, returns, "returnHead.out", 1);
    return {
      logits,
      probabilities: softmax(g, logits),
      return: mul(g, reshape(g, scaled, ["rest"]), g.constant(returnScale)),
    };
  };
}
