import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { div, max, mul, sqrt } from "../ops/elementwise.ts";
import { concat, reshape } from "../ops/layout.ts";
import { reduceSum, reduceSumSquare } from "../ops/reduction.ts";

export interface Clipped {
  gradients: readonly Tensor[];
  /** √Σ g² over all tensors, before clipping; a scalar. */
  norm: Tensor;
  /** Σ g² of each tensor [number of tensors]: says which one is not finite. */
  squares: Tensor;
}

/** Scales all gradients by c / max(c, norm), c the largest norm allowed (Pascanu, Mikolov & Bengio 2013). */
export function clipGlobalNorm(g: GraphBuilder, gradients: readonly Tensor[], largest: number): Clipped {
  const squares = concat(
    g,
    gradients.map((d) => reshape(g, reduceSumSquare(g, d), [1])),
    0,
  );
  const norm = sqrt(g, reduceSum(g, squares));
  const scale = div(g, largest, max(g, norm, largest));
  return { gradients: gradients.map((d) => mul(g, d, scale)), norm, squares };
}
