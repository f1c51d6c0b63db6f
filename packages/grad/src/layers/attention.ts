import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sub } from "../ops/elementwise.ts";
import { reshape, transpose } from "../ops/layout.ts";
import { fusedMatMul } from "../ops/matrix.ts";
import { softmax } from "../ops/normalization.ts";
import { reduceSum } from "../ops/reduction.ts";
import { layerNormLinear } from "./layerNorm.ts";
import { linear } from "./linear.ts";

export interface AttentionOptions {
  /** Steps T of a window. */
  time: number;
  heads: number;
  /** Whether step t sees steps up to t only. */
  causal?: boolean;
  /** Steps of the keys and values, where they are of another sequence than the queries. */
  keyTime?: number;
}
export interface Attended {
  /** [T·B, H·d], rows in time-major order. */
  output: Tensor;
  /** P, the share of each key in each query's result: [B, H, T, S]; each row sums to 1. */
  weights: Tensor;
}

/**
 * O = softmax(Q Kᵀ / √d) V, each head for itself (Vaswani et al. 2017, equation 1).
 * q and the result: rows in time-major order [T·B, H·d] (row t·B + b), k and v [S·B, H·d], S = T unless said, so that
 * the heads' matrices are read in place by strides and no transposed copy of Q, K, V is made.
 *
 * The derivative uses D = rowsum(dO ⊙ O) = rowsum(dP ⊙ P) (Dao et al. 2022, FlashAttention, equation 4), d numbers
 * a row instead of T: dV = Pᵀ dO, dP = dO Vᵀ, dS = P ⊙ (dP - D), dQ = dS K / √d, dK = dSᵀ Q / √d.
 */
export function scaledDotProductAttention(
  g: GraphBuilder,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions,
): Tensor {
  return attend(g, q, k, v, options).output;
}

/** `scaledDotProductAttention` with its weights beside it. No derivative goes through the weights. */
export function attend(
  g: GraphBuilder,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { time, heads, causal = false, keyTime = time }: AttentionOptions,
): Attended {
  const width = q.shape[1]!;
  if (width % heads !== 0)
    throw new GradUsageError(`attention: a width of ${width} does not divide into ${heads} heads`);
  const size = width / heads;
  const alpha = 1 / Math.sqrt(size);
  if (causal && keyTime !== time)
    throw new GradUsageError(`attention: causal, but ${time} queries look at ${keyTime} keys`);
  const byHead = (x: Tensor) => reshape(g, x, [x === k || x === v ? keyTime : time, "rest", size]);
  const toRows = (x: Tensor, as: Tensor) => reshape(g, transpose(g, x, [1, 0, 2]), as.shape);
  let probability!: Tensor;
  let output!: Tensor;
  g.custom(
    [q, k, v],
    () => {
      const scores = fusedMatMul(g, byHead(q), byHead(k), {
        transBatchA: true,
        transBatchB: true,
        transB: true,
        alpha,
      });
      const visible = causal ? add(g, scores, g.constant(futureMask(time), [time, time])) : scores;
      probability = softmax(g, visible);
      output = toRows(fusedMatMul(g, probability, byHead(v), { transBatchB: true }), q);
      return [output];
    },
    ([dy]) => {
      const dO = byHead(dy!);
      const d = transpose(g, reduceSum(g, byHead(mul(g, dy!, output)), -1, true), [1, 0, 2]);
      const dP = fusedMatMul(g, dO, byHead(v), { transBatchA: true, transBatchB: true, transB: true });
      const dS = mul(g, probability, sub(g, dP, d));
      return [
        toRows(fusedMatMul(g, dS, byHead(k), { transBatchB: true, alpha }), q),
        toRows(fusedMatMul(g, dS, byHead(q), { transA: true, transBatchB: true, alpha }), k),
        toRows(fusedMatMul(g, probability, dO, { transA: true, transBatchB: true }), v),
      ];
    },
  );
  return { output, weights: reshape(g, probability, ["rest", heads, time, keyTime]) };
}

/** 0 where row t may look, -1e9 in the columns after t: their probability is 0 in float32. */
function futureMask(time: number): Float64Array {
  return Float64Array.from({ length: time * time }, (_, i) => (i % time > Math.floor(i / time) ? -1e9 : 0));
}

/**
 * Multi-head self-attention of layer-normalised rows: concat(head_1 … head_H) W_O + b_O with
 * head_i = Attention(x̃ W_Q^i, x̃ W_K^i, x̃ W_V^i), x̃ = layerNorm(x) (Vaswani et al. 2017, section 3.2.2).
 * Keys and values have no bias: a key's adds the same to every score of a row and cancels in the softmax, a value's
 * passes through the weights, which sum to 1, and is part of b_O.
 * x and the result [T·B, D], rows in time-major order. Extra output NAME.weights [B, H, T, T].
 */
export function multiHeadAttention(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  options: AttentionOptions,
): Tensor {
  const width = x.shape[1]!;
  const [q, k, v] = layerNormLinear(
    g,
    x,
    `${name}.norm`,
    ["query", "key", "value"].map((part) => ({ name: `${name}.${part}`, width, bias: part === "query" })),
  );
  const { output, weights } = attend(g, q!, k!, v!, options);
  g.extra(`${name}.weights`, weights);
  return linear(g, output, `${name}.output`, width);
}
