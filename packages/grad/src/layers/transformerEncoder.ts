import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, relu } from "../ops/elementwise.ts";
import { concat, reshape, slice, transpose } from "../ops/layout.ts";
import { reduceMean } from "../ops/reduction.ts";
import { type AttentionOptions, multiHeadAttention } from "./attention.ts";
import { dropout } from "./dropout.ts";
import { layerNorm, layerNormLinear } from "./layerNorm.ts";
import { linear } from "./linear.ts";
import { sinusoidalPositions } from "./sinusoidalPositions.ts";

export interface TransformerBlockOptions extends AttentionOptions {
  /** Inner width of the feed-forward layer. */
  feedForward: number;
  dropout: number;
}

/**
 * One pre-norm block (Xiong et al. 2020, On Layer Normalization in the Transformer Architecture):
 *   a = x + dropout(MultiHead(LN(x)))        y = a + dropout(max(0, LN(a) W1 + b1) W2 + b2)
 * Norms before the sub-layers keep the gradient of every block of the same order from the first step on, so that
 * training is stable without warm-up. ReLU as in Vaswani et al. 2017: its derivative is one product with the sign
 * of its result where GELU's takes a dozen passes over [N, F]; at this width those would cost a quarter of a step.
 * x, y [T·B, D], rows in time-major order.
 */
export function transformerBlock(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  options: TransformerBlockOptions,
): Tensor {
  const attended = multiHeadAttention(g, x, `${name}.attention`, options);
  const a = add(g, x, dropout(g, attended, options.dropout));
  const [inner] = layerNormLinear(g, a, `${name}.feedForward.norm`, [
    { name: `${name}.feedForward.inner`, width: options.feedForward },
  ]);
  const outer = linear(g, relu(g, inner!), `${name}.feedForward.outer`, x.shape[1]!);
  return add(g, a, dropout(g, outer, options.dropout));
}

export interface TransformerEncoderConfig {
  width: number;
  blocks: number;
  heads: number;
  feedForward: number;
  /** Rate on the sum of embedding and positions and on each sub-layer's output. */
  dropout: number;
  causal?: boolean;
  /** Prefix of the parameters' names, "encoder" unless said. */
  name?: string;
}
export interface Encoded {
  /** Last step beside the mean over the steps [B, 2D]. */
  pooled: Tensor;
  /** Every step after the final norm, time first [T, B, D]. */
  steps: Tensor;
}

/**
 * Input projection, sinusoidal positions, pre-norm blocks, final norm, pooling by concat(last step, mean over time).
 * x [B, T, F]. Inside, rows are in time-major order: see `scaledDotProductAttention`.
 */
export function transformerEncoder(g: GraphBuilder, x: Tensor, config: TransformerEncoderConfig): Encoded {
  const [, time, features] = x.shape;
  if (x.shape.length !== 3 || time === undefined || features === undefined)
    throw new GradUsageError("transformerEncoder: x has to be [batch, time, feature]");
  const { width, name = "encoder" } = config;
  const timeMajor = reshape(g, transpose(g, x, [1, 0, 2]), ["rest", features]);
  const embedded = reshape(g, linear(g, timeMajor, `${name}.input`, width), [time, "rest", width]);
  const positions = g.constant(sinusoidalPositions(time, width), [time, 1, width]);
  let rows = dropout(g, reshape(g, add(g, embedded, positions), ["rest", width]), config.dropout);
  for (let block = 0; block < config.blocks; block++)
    rows = transformerBlock(g, rows, `${name}.block${block}`, { ...config, time });
  const steps = reshape(g, layerNorm(g, rows, `${name}.norm`), [time, "rest", width]);
  const last = reshape(g, slice(g, steps, 0, time - 1), ["rest", width]);
  return { pooled: concat(g, [last, reduceMean(g, steps, 0)], 1), steps };
}
