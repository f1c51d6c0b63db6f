import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sub } from "../ops/elementwise.ts";
import { reshape } from "../ops/layout.ts";
import { gemm } from "../ops/matrix.ts";
import { layerNormalization, normalize } from "../ops/normalization.ts";
import { reduceMean } from "../ops/reduction.ts";

function gainAndBias(g: GraphBuilder, name: string, width: number) {
  return {
    gain: g.parameter(`${name}.gain`, [width], { init: { kind: "ones" }, decay: false }),
    bias: g.parameter(`${name}.bias`, [width], { init: { kind: "zeros" }, decay: false }),
  };
}

/**
 * y = (x - μ) / √(σ² + ε) ⊙ γ + β with μ, σ² the mean and variance of the last axis (Ba, Kiros & Hinton 2016).
 * x, y [..., D]; γ (NAME.gain, ones at first), β (NAME.bias, zeros at first) [D]; ε = 1e-5.
 */
export function layerNorm(g: GraphBuilder, x: Tensor, name: string): Tensor {
  const { gain, bias } = gainAndBias(g, name, x.shape.at(-1)!);
  return layerNormalization(g, x, gain, bias);
}

/**
 * linear(layerNorm(x)) for one or several products of the same normalised rows, with γ and β folded into the
 * products. With x̂ the rows before gain and bias:
 *   y_j = (x̂ ⊙ γ + β) W_j + b_j = x̂ C_j + (β W_j + b_j),   C_j = γ ⊙ W_j less the mean of each of its columns.
 * Centring changes nothing, for x̂ sums to zero over the last axis; in the backward pass it makes the derivative by x̂
 * sum to zero, too, so that the projection onto the mean is left out. The work on weights [D, O] is small beside the
 * passes over activations [N, D] that it replaces. An output with `bias: false` is x̂ C_j alone, without the part of β.
 * x [N, D]; one [N, O_j] for each output.
 */
export function layerNormLinear(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  outputs: readonly { name: string; width: number; bias?: boolean }[],
): readonly Tensor[] {
  const width = x.shape.at(-1)!;
  const { gain, bias: shift } = gainAndBias(g, name, width);
  const hat = normalize(g, x, { centred: true });
  return outputs.map((output) => {
    const weight = g.parameter(`${output.name}.weight`, [width, output.width], {
      init: { kind: "glorot", fanIn: width, fanOut: output.width },
      decay: true,
    });
    const scaled = mul(g, weight, reshape(g, gain, [width, 1]));
    const centred = sub(g, scaled, reduceMean(g, scaled, 0, true));
    if (output.bias === false) return gemm(g, hat, centred);
    const bias = g.parameter(`${output.name}.bias`, [output.width], {
      init: { kind: "zeros" },
      decay: false,
    });
    const moved = reshape(g, gemm(g, reshape(g, shift, [1, width]), weight), [output.width]);
    return gemm(g, hat, centred, { bias: add(g, moved, bias) });
  });
}
