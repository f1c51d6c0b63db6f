import { type GraphBuilder, reshape, slice, type Tensor } from "@orion/grad";

/** The newest step of a sequence, time first. steps [T, B, D], the result [B, D]. */
export function lastStep(g: GraphBuilder, steps: Tensor): Tensor {
  return reshape(g, slice(g, steps, 0, steps.shape[0]! - 1), ["rest", steps.shape[2]!]);
}
