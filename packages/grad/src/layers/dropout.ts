import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { mul } from "../ops/elementwise.ts";

/**
 * Inverted dropout (Srivastava et al. 2014): in training each element is 0 with probability `rate`, else divided
 * by 1 - rate; otherwise x itself. The masks come from `DropoutPool`.
 */
export function dropout(g: GraphBuilder, x: Tensor, rate: number): Tensor {
  return g.training && rate > 0 ? mul(g, x, g.dropoutMask(x.shape, rate)) : x;
}
