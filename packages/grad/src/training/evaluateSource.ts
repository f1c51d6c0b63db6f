import type { BatchSource } from "./batchSource.ts";
import { emptyBatch } from "./batchSource.ts";
import type { EvaluationResult, TrainingProgram, Weights } from "./trainingProgram.ts";

/** Loss and metrics over all rows of a source: the batches' means, each weighted by its rows. */
export async function evaluateSource(
  program: TrainingProgram,
  source: BatchSource,
  weights: Weights = "last",
): Promise<EvaluationResult> {
  const size = Math.min(program.spec.batch, source.rows);
  const batch = emptyBatch(program.spec, size);
  let loss = 0;
  const metrics: Record<string, number> = {};
  for (let from = 0; from < source.rows; from += size) {
    const rows = Int32Array.from({ length: Math.min(size, source.rows - from) }, (_, i) => from + i);
    source.gather(rows, batch);
    const part = await program.evaluate(batch, rows.length, weights);
    loss += part.loss * rows.length;
    for (const [name, value] of Object.entries(part.metrics))
      metrics[name] = (metrics[name] ?? 0) + value * rows.length;
  }
  for (const name of Object.keys(metrics)) metrics[name]! /= source.rows;
  return { loss: loss / source.rows, metrics };
}
