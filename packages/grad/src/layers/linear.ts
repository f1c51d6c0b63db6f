import type { GraphBuilder, Initializer } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { reshape } from "../ops/layout.ts";
import { gemm } from "../ops/matrix.ts";

/**
 * y = x W + b. x [..., I], W [I, O] (parameter NAME.weight, Glorot & Bengio 2010 uniform unless `init` is given), b [O]
 * (NAME.bias, zero at first), y [..., O]. All leading axes together are the rows of one matrix product.
 */
export function linear(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  width: number,
  options: { bias?: boolean; init?: Initializer } = {},
): Tensor {
  const inputs = x.shape.at(-1)!;
  const weight = g.parameter(`${name}.weight`, [inputs, width], {
    init: options.init ?? { kind: "glorot", fanIn: inputs, fanOut: width },
    decay: true,
  });
  const bias =
    options.bias === false
      ? {}
      : { bias: g.parameter(`${name}.bias`, [width], { init: { kind: "zeros" }, decay: false }) };
  const rows = x.shape.length === 2 ? x : reshape(g, x, ["rest", inputs]);
  const y = gemm(g, rows, weight, bias);
  return x.shape.length === 2 ? y : reshape(g, y, [...x.shape.slice(0, -1), width]);
}
