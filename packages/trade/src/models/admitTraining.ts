import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { checkMemory, type TrainingSpec } from "@orion/grad";
import type { FitContext } from "./model.ts";

/** Left to the rest of the machine where no limit is named. */
const RESERVE_BYTES = 256 * 2 ** 20;

/**
 * Tells `context.onMemory` what a training will need, before anything is opened.
 * @throws GradUsageError when that is over `maxMemoryBytes`, or over what the machine has left, with what would fit
 */
export function admitTraining(spec: TrainingSpec, { maxMemoryBytes, onMemory }: FitContext): void {
  const baselineBytes = process.memoryUsage().rss;
  const limit =
    maxMemoryBytes === undefined
      ? {
          limitBytes: baselineBytes + availableBytes() - RESERVE_BYTES,
          limitText: "this machine has room for",
        }
      : { limitBytes: maxMemoryBytes, limitText: "--max-memory is" };
  const memory = checkMemory(spec, { ...limit, baselineBytes });
  onMemory?.({
    estimatedBytes: memory.totalBytes,
    parametersBytes: memory.parametersBytes,
    optimizerBytes: memory.optimizerBytes,
    activationsBytes: memory.activationsBytes,
    otherBytes: memory.workspaceBytes + memory.baselineBytes,
  });
}

/** What the machine, or the container, can still give; files that are only cached count as free. */
function availableBytes(): number {
  return Math.min(freemem(), process.availableMemory() + cachedFileBytes());
}

/** Of this container (control group version 2); 0 where there is none. */
function cachedFileBytes(): number {
  try {
    const stat = readFileSync("/sys/fs/cgroup/memory.stat", "utf8");
    return Number(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
