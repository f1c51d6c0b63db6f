import { setImmediate } from "node:timers/promises";
import { seededRandom } from "../../core/random.ts";
import { slicePanel } from "../../market/panel/slicePanel.ts";
import type { AuditColumns } from "./auditData.ts";
import type { AuditPipeline } from "./auditPipeline.ts";
import type { ColumnBook } from "./columnBook.ts";

/**
 * How far a value may lie from the one by all history, in units of |value| + the column's deviation. An average of infinite
 * memory keeps a trace of its start; a trace of a hundred-thousandth moves no network.
 */
export const WARM_UP_TOLERANCE = 1e-5;

/**
 * Warm-up: the value of a row by exactly `lookback` bars before it is the value by all the history there is, within
 * `WARM_UP_TOLERANCE`. Looked at in `samples` rows drawn at random, all symbols together.
 */
export async function checkWarmUp(
  pipeline: AuditPipeline,
  { panels, stack }: AuditColumns,
  {
    samples,
    seed,
    book,
    signal,
  }: { samples: number; seed: number; book: ColumnBook; signal?: AbortSignal | undefined },
): Promise<void> {
  const random = seededRandom(seed);
  const { lookback, columns } = pipeline;
  const long = panels.flatMap((panel, i) => (panel.length > lookback + 1 ? [i] : []));
  const spread = stack.features.map(deviationOf);
  for (let k = 0; k < samples && long.length > 0; k++) {
    if (k % 32 === 0) await setImmediate();
    signal?.throwIfAborted();
    const s = long[k % long.length]!;
    const panel = panels[s]!;
    const row = lookback + 1 + random.below(panel.length - lookback - 1);
    const tail = pipeline.features(slicePanel(panel, row - lookback, row + 1));
    const { symbol, from } = stack.symbols[s]!;
    columns.forEach((name, f) => {
      const was = stack.features[f]![from + row]!;
      const became = tail[f]![lookback]!;
      const bothMissing = Number.isNaN(was) && Number.isNaN(became);
      const distance = bothMissing ? 0 : Math.abs(became - was) / (Math.abs(was) + spread[f]! || 1);
      const time = panel.closeTime[row]!;
      const leak = distance <= WARM_UP_TOLERANCE ? null : { symbol, row: time, moment: time, was, became };
      book.record({ kind: "feature", name, check: "warmUp", compared: 1, leak });
      book.deviation("feature", name, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    });
  }
}

/** Of the finite values; 0 without any. */
export function deviationOf(column: Float32Array): number {
  let [n, mean, squares] = [0, 0, 0];
  for (const value of column) {
    if (!Number.isFinite(value)) continue;
    n++;
    const step = value - mean;
    mean += step / n;
    squares += step * (value - mean);
  }
  return n > 0 ? Math.sqrt(squares / n) : 0;
}
