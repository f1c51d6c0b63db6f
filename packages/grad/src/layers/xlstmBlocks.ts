import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sigmoid } from "../ops/elementwise.ts";
import { concat, reshape, transpose } from "../ops/layout.ts";
import { fusedMatMul } from "../ops/matrix.ts";
import { normalize } from "../ops/normalization.ts";
import { depthwiseCausalConvolution } from "./causalConvolution.ts";
import { dropout } from "./dropout.ts";
import { layerNorm, layerNormLinear } from "./layerNorm.ts";
import { linear } from "./linear.ts";
import { type MlstmOptions, mlstmGates, mlstmParallel, mlstmRecurrent } from "./mlstm.ts";
import { checkHeads, slstm } from "./slstm.ts";
import { sequenceExtents } from "./timeSteps.ts";

/** x ⊙ σ(x) (Ramachandran et al. 2017). */
export const silu = (g: GraphBuilder, x: Tensor): Tensor => mul(g, x, sigmoid(g, x));

/**
 * Each head's part of a row less its mean, divided by its standard deviation, times a gain: the group norm behind the
 * memories of xLSTM. rows [N, H], the result of the same shape; NAME.gain [H], ones at first.
 */
export function headNorm(g: GraphBuilder, rows: Tensor, heads: number, name: string): Tensor {
  const width = rows.shape[1]!;
  const size = checkHeads("headNorm", width, heads);
  const gain = g.parameter(`${name}.gain`, [width], { init: { kind: "ones" }, decay: false });
  return mul(g, reshape(g, normalize(g, reshape(g, rows, ["rest", size])), ["rest", width]), gain);
}

export interface SlstmBlockOptions {
  name: string;
  heads: number;
  /** Steps of the convolution before the input and forget gates, 4 unless said; 0 for none. */
  kernel?: number;
  /** Inner width of the feed-forward part as a multiple of D, 4/3 unless said. */
  factor?: number;
  dropout?: number;
}

/**
 * Residual block around sLSTM, post up-projection (Beck et al. 2024, arXiv 2405.04517, figure 10). With u = LN(x):
 *   s = sLSTM(z, o from u; i, f from silu(conv(u)))     a = x + headNorm(s)
 *   y = a + (silu(LN(a) W_1 + b_1) ⊙ (LN(a) W_2 + b_2)) W_3 + b_3
 * Kept: pre-norm, convolution of 4 steps on the gates' input, block-diagonal recurrence by head, head-wise norm, gated
 * feed-forward part of factor 4/3. Other than there: the input matrices are full (the figure's are block-diagonal),
 * and the feed-forward gate is SiLU, not GELU, whose derivative costs a dozen passes over the rows.
 * x, y [T, B, D].
 */
export function slstmBlock(g: GraphBuilder, x: Tensor, options: SlstmBlockOptions): Tensor {
  const { name, heads, kernel = 4, factor = 4 / 3, dropout: rate = 0 } = options;
  const [time, , width] = sequenceExtents(x, "slstmBlock", "[time, batch, feature]");
  const u = layerNorm(g, x, `${name}.norm`);
  const gateInput =
    kernel > 0
      ? { gateInput: silu(g, depthwiseCausalConvolution(g, u, { name: `${name}.convolution`, kernel })) }
      : {};
  const s = slstm(g, u, { width, heads, name: `${name}.slstm`, ...gateInput });
  const normed = headNorm(g, reshape(g, s, ["rest", width]), heads, `${name}.headNorm`);
  const a = add(g, reshape(g, x, ["rest", width]), dropout(g, normed, rate));
  const inner = Math.ceil((factor * width) / 8) * 8;
  const [gate, up] = layerNormLinear(g, a, `${name}.feedForward.norm`, [
    { name: `${name}.feedForward.gate`, width: inner },
    { name: `${name}.feedForward.up`, width: inner },
  ]);
  const down = linear(g, mul(g, silu(g, gate!), up!), `${name}.feedForward.down`, width);
  return reshape(g, add(g, a, dropout(g, down, rate)), [time, "rest", width]);
}

export interface MlstmBlockOptions {
  name: string;
  heads: number;
  /** Inner width as a multiple of D, 2 unless said. */
  factor?: number;
  /** Steps of the convolution before queries and keys, 4 unless said. */
  kernel?: number;
  form?: MlstmOptions["form"];
  dropout?: number;
}

/**
 * Residual block around mLSTM, pre up-projection (Beck et al. 2024, arXiv 2405.04517, figure 11). With
 * a = LN(x) W_a + b_a, r = LN(x) W_r + b_r, both of width factor·D, and c = silu(conv(a)):
 *   q = c W_q     k = c W_k     v = a W_v, by head     ĩ, f̃ from (q | k | v)     h̃ = memory(q, k, v, ĩ, f̃)
 *   y = x + ((headNorm(h̃) + λ ⊙ c) ⊙ silu(r)) W_y + b_y
 * Kept: pre-norm, up-projection by 2 with a gating branch, convolution of 4 steps, gates from q, k and v, head-wise
 * norm, learned skip λ, down-projection. Other than there: W_q, W_k, W_v are block-diagonal with one block a head
 * (there blocks of 4), as one product of decent size a head.
 * x, y [T, B, D].
 */
export function mlstmBlock(g: GraphBuilder, x: Tensor, options: MlstmBlockOptions): Tensor {
  const { name, heads, factor = 2, kernel = 4, form = "parallel", dropout: rate = 0 } = options;
  const [time, , width] = sequenceExtents(x, "mlstmBlock", "[time, batch, feature]");
  const inner = Math.round((factor * width) / heads) * heads;
  const size = checkHeads("mlstmBlock", inner, heads);
  const rows = reshape(g, x, ["rest", width]);
  const [a, r] = layerNormLinear(g, rows, `${name}.norm`, [
    { name: `${name}.up`, width: inner },
    { name: `${name}.gate`, width: inner },
  ]);
  const convolved = depthwiseCausalConvolution(g, reshape(g, a!, [time, "rest", inner]), {
    name: `${name}.convolution`,
    kernel,
  });
  const c = reshape(g, silu(g, convolved), ["rest", inner]);
  const project = (part: string, of: Tensor) => {
    const weight = g.parameter(`${name}.${part}.weight`, [heads, size, size], {
      init: { kind: "glorot", fanIn: size, fanOut: size },
      decay: true,
    });
    const byHead = reshape(g, of, ["rest", heads, size]);
    const product = fusedMatMul(g, byHead, weight, { transBatchA: true });
    return reshape(g, transpose(g, product, [1, 0, 2]), ["rest", inner]);
  };
  const [query, key, value] = [project("query", c), project("key", c), project("value", a!)];
  const gates = mlstmGates(g, concat(g, [query, key, value], 1), `${name}.memoryGates`, heads);
  const memory = form === "parallel" ? mlstmParallel : mlstmRecurrent;
  const read = memory(g, { query, key, value, ...gates }, { time, heads });
  const skip = g.parameter(`${name}.skip`, [inner], { init: { kind: "ones" }, decay: false });
  const h = add(g, headNorm(g, read, heads, `${name}.headNorm`), mul(g, c, skip));
  const y = linear(g, mul(g, h, silu(g, r!)), `${name}.down`, width);
  return reshape(g, add(g, rows, dropout(g, y, rate)), [time, "rest", width]);
}
