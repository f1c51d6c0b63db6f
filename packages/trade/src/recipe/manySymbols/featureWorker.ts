import { parentPort, workerData } from "node:worker_threads";
import { messageOf, OrionError } from "../../core/errors.ts";
import { openShared, type SharedBars } from "../../store/sharedBars.ts";
import { type FeatureSpec, symbolFeatures } from "./symbolFeatures.ts";
import type { FeatureAnswer, FeatureTask } from "./threadMessages.ts";

/** What a thread is started with. */
export interface FeatureThread {
  readonly features: readonly FeatureSpec[];
  readonly context: readonly SharedBars[];
  readonly barMs: number;
}

const { features, context, barMs } = workerData as FeatureThread;
const port = parentPort!;
const maker = symbolFeatures(features, context.map(openShared), barMs);

port.on("message", ({ index, bars }: FeatureTask) => {
  try {
    const columns = maker.compute(openShared(bars));
    // a column that is a view of another's memory goes over once
    const buffers = [...new Set(columns.map((column) => column.buffer as ArrayBuffer))];
    port.postMessage({ index, columns } satisfies FeatureAnswer, buffers);
  } catch (thrown) {
    const exitCode = thrown instanceof OrionError ? thrown.exitCode : null;
    const stack = thrown instanceof Error ? (thrown.stack ?? null) : null;
    port.postMessage({
      index,
      fault: { message: messageOf(thrown), exitCode, stack },
    } satisfies FeatureAnswer);
  }
});
