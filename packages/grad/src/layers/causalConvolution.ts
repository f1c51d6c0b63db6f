import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul } from "../ops/elementwise.ts";
import { concat, pad, reshape, slice } from "../ops/layout.ts";
import { linear } from "./linear.ts";
import { sequenceExtents } from "./timeSteps.ts";

export interface CausalConvolutionOptions {
  name: string;
  /** Steps k that a result sees, its own included. */
  kernel: number;
  /** Steps between two that it sees, 1 unless said. */
  dilation?: number;
}

/** x_{t - j·dilation} for j = 0 … kernel - 1, each [T, B, I]; steps before the first are zeros. */
function delayed(g: GraphBuilder, what: string, x: Tensor, options: CausalConvolutionOptions): Tensor[] {
  const { kernel, dilation = 1 } = options;
  const [time] = sequenceExtents(x, what, "[time, batch, feature]");
  for (const [name, value] of Object.entries({ kernel, dilation }))
    if (!Number.isInteger(value) || value < 1)
      throw new GradUsageError(`${what}: ${name} has to be a whole number of 1 or more, not ${value}`);
  // A delay of the whole window or more sees zeros only.
  const before = Math.min(time, (kernel - 1) * dilation);
  const padded = before > 0 ? pad(g, x, 0, before, 0) : x;
  return Array.from({ length: kernel }, (_, j) => {
    const from = Math.max(0, before - j * dilation);
    return j === 0 ? x : slice(g, padded, 0, from, from + time);
  });
}

/**
 * Causal dilated convolution over time (van den Oord et al. 2016, WaveNet, section 2.1):
 *   y_t = b + Σ_{j=0}^{k-1} x_{t-j·δ} W_j        x_t = 0 for t < 0
 * with kernel k and dilation δ; the k shifted inputs beside each other make it one product over all rows.
 * x [T, B, I], y [T, B, O]. Parameters NAME.weight [k·I, O] (W_0 first) and NAME.bias [O].
 */
export function causalConvolution(
  g: GraphBuilder,
  x: Tensor,
  width: number,
  options: CausalConvolutionOptions,
): Tensor {
  return linear(g, concat(g, delayed(g, "causalConvolution", x, options), 2), options.name, width);
}

/**
 * The same for each feature alone: y_t = b + Σ_j w_j ⊙ x_{t-j·δ} (the convolution before the gates of xLSTM's blocks).
 * x, y [T, B, D]. Parameters NAME.weight [k, D] and NAME.bias [D].
 */
export function depthwiseCausalConvolution(
  g: GraphBuilder,
  x: Tensor,
  options: CausalConvolutionOptions,
): Tensor {
  const width = x.shape[2]!;
  const steps = delayed(g, "depthwiseCausalConvolution", x, options);
  const weight = g.parameter(`${options.name}.weight`, [options.kernel, width], {
    init: { kind: "normal", standardDeviation: Math.sqrt(1 / options.kernel) },
    decay: true,
  });
  const bias = g.parameter(`${options.name}.bias`, [width], { init: { kind: "zeros" }, decay: false });
  const terms = steps.map((step, j) =>
    mul(g, step, reshape(g, options.kernel === 1 ? weight : slice(g, weight, 0, j, j + 1), [width])),
  );
  return add(
    g,
    terms.reduce((a, b) => add(g, a, b)),
    bias,
  );
}
