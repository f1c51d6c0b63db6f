import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { cast } from "../ops/comparison.ts";
import { add } from "../ops/elementwise.ts";
import { gather } from "../ops/indexing.ts";
import { reshape } from "../ops/layout.ts";
import { sequenceExtents } from "./timeSteps.ts";

/**
 * A learned vector for each of `count` categories: y = E[i] (Bengio et al. 2003, the matrix C of section 2). indices
 * [...] whole numbers 0 … count - 1, of any number type; ONNX Runtime refuses others. y [..., D]; NAME.weight [count, D],
 * normal with standard deviation 1/√D at first.
 */
export function embedding(
  g: GraphBuilder,
  indices: Tensor,
  { count, width, name }: { count: number; width: number; name: string },
): Tensor {
  for (const [what, value] of Object.entries({ count, width }))
    if (!Number.isInteger(value) || value < 1)
      throw new GradUsageError(`embedding: ${what} has to be a whole number of 1 or more, not ${value}`);
  const weight = g.parameter(`${name}.weight`, [count, width], {
    init: { kind: "normal", standardDeviation: 1 / Math.sqrt(width) },
    decay: false,
  });
  return gather(g, weight, cast(g, indices, "int64"));
}

/**
 * x_t + p_t with a learned vector for each step (Gehring et al. 2017, Convolutional Sequence to Sequence Learning,
 * section 3.1). x and the result [T, B, D]; NAME.weight [T, D], normal with standard deviation 0.02 at first.
 */
export function learnedPositions(g: GraphBuilder, x: Tensor, name: string): Tensor {
  const [time, , width] = sequenceExtents(x, "learnedPositions", "[time, batch, feature]");
  const weight = g.parameter(`${name}.weight`, [time, width], {
    init: { kind: "normal", standardDeviation: 0.02 },
    decay: false,
  });
  return add(g, x, reshape(g, weight, [time, 1, width]));
}
