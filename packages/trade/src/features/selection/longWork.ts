import { setImmediate } from "node:timers/promises";
import type { OnProgress } from "../../core/progress.ts";

/** What stops a long piece of work and hears of it. */
export interface LongWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const PAUSE_MS = 50;

/**
 * A function to be called between steps: it lets the process breathe every 50 ms, throws when the work is to stop, and tells
 * how far it has come.
 */
export function pacer(stage: string, total: number, { signal, onProgress }: LongWork) {
  const started = performance.now();
  let last = started;
  return async (done: number): Promise<void> => {
    const now = performance.now();
    if (now - last < PAUSE_MS) return;
    last = now;
    await setImmediate();
    signal?.throwIfAborted();
    const secondsLeft = done > 0 ? ((now - started) / 1000 / done) * (total - done) : null;
    onProgress?.({ stage, done, total, secondsLeft });
  };
}
