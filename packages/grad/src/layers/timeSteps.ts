import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { concat, reshape, split, transpose } from "../ops/layout.ts";

/** Extents of a sequence, after a check that it is one. */
export function sequenceExtents(x: Tensor, what: string, order: string): [number, number, number] {
  if (x.shape.length !== 3)
    throw new GradUsageError(`${what}: x has to be ${order}, not ${describeShape(x.shape)}`);
  return [x.shape[0]!, x.shape[1]!, x.shape[2]!];
}

/** [B, T, F] to [T, B, F], the order in which the sequence layers want their rows, and back. */
export const timeFirst = (g: GraphBuilder, x: Tensor): Tensor => {
  sequenceExtents(x, "timeFirst", "[batch, time, feature]");
  return transpose(g, x, [1, 0, 2]);
};

/**
 * The steps of a sequence, each a matrix [F, B] with a column a window: a recurrent product W x_t then multiplies the
 * large weight from the left, where the kernel reads it in place; from the right it would pack it anew in each step.
 */
export function stepColumns(g: GraphBuilder, x: Tensor, timeAxis: 0 | 1): Tensor[] {
  const [time, features] = [x.shape[timeAxis]!, x.shape[2]!];
  const columns = transpose(g, x, timeAxis === 0 ? [0, 2, 1] : [1, 2, 0]);
  if (time === 1) return [reshape(g, columns, [features, "rest"])];
  return split(g, columns, 0, time).map((step) => reshape(g, step, [features, "rest"]));
}

/** Steps [F, B] as one sequence [T, B, F]. */
export function sequenceOf(g: GraphBuilder, steps: readonly Tensor[]): Tensor {
  const [features] = steps[0]!.shape as [number, number];
  return transpose(g, reshape(g, concat(g, steps, 0), [steps.length, features, "rest"]), [0, 2, 1]);
}
