import { GradUsageError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import { firstNumbers } from "../runtime/predictRows.ts";
import { toValue, type Value } from "../runtime/session.ts";
import { targetName } from "./buildTrainingGraph.ts";
import type { Batch, TrainingSpec } from "./trainingSpec.ts";

/** Rows from … from + rows - 1 of a batch, as the graph reads them: views, nothing is copied. */
export function batchFeeds(
  spec: Pick<TrainingSpec, "input" | "targets">,
  batch: Batch,
  rows: number,
  from = 0,
): Record<string, Value> {
  const { time, features } = spec.input;
  const part = <T extends Float32Array | Int32Array>(what: string, data: T, width: number): T =>
    firstNumbers(what, data, (from + rows) * width).subarray(from * width, (from + rows) * width) as T;
  const feeds: Record<string, Value> = {
    x: toValue(part("x", batch.x, time * features), [rows, time, features]),
  };
  for (const [name, { shape, dtype }] of Object.entries(spec.targets)) {
    const data = batch.targets[name];
    if (!data) throw new GradUsageError(`the batch has no target "${name}"`);
    if (data instanceof Float32Array !== (dtype === "float32"))
      throw new GradUsageError(
        `target "${name}" has to be ${dtype === "float32" ? "a Float32Array" : "an Int32Array"}`,
      );
    feeds[targetName(name)] = toValue(part(`target "${name}"`, data, sizeOf(shape)), [rows, ...shape]);
  }
  return feeds;
}
