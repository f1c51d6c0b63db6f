import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sigmoid, sub, tanh } from "../ops/elementwise.ts";
import { concat, reshape, transpose } from "../ops/layout.ts";
import { softmax } from "../ops/normalization.ts";
import { reduceSum } from "../ops/reduction.ts";
import { attend } from "./attention.ts";
import { layerNorm } from "./layerNorm.ts";
import { linear } from "./linear.ts";
import { sequenceExtents } from "./timeSteps.ts";

/**
 * Gated multimodal unit (Arevalo et al. 2017, arXiv 1702.01992, section 3.1):
 *   h_a = tanh(a W_a + b_a)     h_b = tanh(b W_b + b_b)     z = σ((a | b) W_z + b_z)     y = z ⊙ h_a + (1 - z) ⊙ h_b
 * a [..., I], b [..., J] with the same leading extents; z, y [..., D]. Parameters NAME.first, .second, .gate.
 */
export function gatedFusion(
  g: GraphBuilder,
  a: Tensor,
  b: Tensor,
  { width, name }: { width: number; name: string },
): Tensor {
  if (!sameShape(a.shape.slice(0, -1), b.shape.slice(0, -1)))
    throw new GradUsageError(
      `gatedFusion: ${describeShape(a.shape)} and ${describeShape(b.shape)} differ before the last axis`,
    );
  const first = tanh(g, linear(g, a, `${name}.first`, width));
  const second = tanh(g, linear(g, b, `${name}.second`, width));
  const z = sigmoid(g, linear(g, concat(g, [a, b], -1), `${name}.gate`, width));
  return add(g, second, mul(g, z, sub(g, first, second)));
}

/**
 * Two encodings of the same steps look at each other (cross-attention, Vaswani et al. 2017; in both directions as in
 * Lu et al. 2019, ViLBERT, section 2.1). With a' = LN(a W_a + b_a), b' = LN(b W_b + b_b), both of width D:
 *   u = a' + MultiHead(queries a', keys and values b')     w = b' + MultiHead(queries b', keys and values a')
 *   y = (u | w) W + b
 * a [T, B, I], b [T, B, J], y [T, B, D]. Extra outputs NAME.first.weights and NAME.second.weights [B, H, T, T]: where
 * each step of a looks in b, and of b in a.
 */
export function attentionFusion(
  g: GraphBuilder,
  a: Tensor,
  b: Tensor,
  { width, heads, name, causal = false }: { width: number; heads: number; name: string; causal?: boolean },
): Tensor {
  const [time] = sequenceExtents(a, "attentionFusion", "[time, batch, feature]");
  sequenceExtents(b, "attentionFusion", "[time, batch, feature]");
  if (!sameShape(a.shape.slice(0, 2), b.shape.slice(0, 2)))
    throw new GradUsageError(
      `attentionFusion: ${describeShape(a.shape)} and ${describeShape(b.shape)} are not of the same steps and windows`,
    );
  const rows = (x: Tensor, part: string) => {
    const wide = linear(g, reshape(g, x, ["rest", x.shape[2]!]), `${name}.${part}`, width);
    return layerNorm(g, wide, `${name}.${part}.norm`);
  };
  const [first, second] = [rows(a, "first"), rows(b, "second")];
  const look = (from: Tensor, at: Tensor, part: string) => {
    const q = linear(g, from, `${name}.${part}.query`, width);
    const k = linear(g, at, `${name}.${part}.key`, width, { bias: false });
    const v = linear(g, at, `${name}.${part}.value`, width, { bias: false });
    const { output, weights } = attend(g, q, k, v, { time, heads, causal });
    g.extra(`${name}.${part}.weights`, weights);
    return add(g, from, linear(g, output, `${name}.${part}.output`, width));
  };
  const both = concat(g, [look(first, second, "first"), look(second, first, "second")], 1);
  return reshape(g, linear(g, both, `${name}.joined`, width), [time, "rest", width]);
}

/**
 * The steps' mean weighted by their importance (Yang et al. 2016, Hierarchical Attention Networks, equations 5 to 7):
 *   u_t = tanh(x_t W + b)     α_t = exp(u_tᵀ u_w) / Σ_s exp(u_sᵀ u_w)     y = Σ_t α_t x_t
 * u_w [A] is a learned context (NAME.context.weight [A, 1]); A = D unless said. x [T, B, D], y [B, D]. Extra output
 * NAME.weights: α [B, T].
 */
export function temporalAttentionPooling(
  g: GraphBuilder,
  x: Tensor,
  { name, width }: { name: string; width?: number },
): Tensor {
  const [time, , features] = sequenceExtents(x, "temporalAttentionPooling", "[time, batch, feature]");
  const rows = reshape(g, x, ["rest", features]);
  const u = tanh(g, linear(g, rows, name, width ?? features));
  const scores = reshape(g, linear(g, u, `${name}.context`, 1, { bias: false }), [time, "rest"]);
  const weights = softmax(g, transpose(g, scores, [1, 0]));
  g.extra(`${name}.weights`, weights);
  return reduceSum(g, mul(g, x, reshape(g, transpose(g, weights, [1, 0]), [time, "rest", 1])), 0);
}
