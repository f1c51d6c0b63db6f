import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { OrionError, UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import type { BarSeries } from "../../market/bars.ts";
import { shareColumns } from "../../store/sharedBars.ts";
import type { FeatureThread } from "./featureWorker.ts";
import { type FeatureSpec, symbolFeatures } from "./symbolFeatures.ts";
import type { FeatureAnswer, FeatureTask } from "./threadMessages.ts";

export interface ManySymbols {
  readonly features: readonly FeatureSpec[];
  /** N symbols; what lies in shared memory is not copied */
  readonly bars: readonly BarSeries[];
  /** seen beside each of them as of its closes */
  readonly context?: readonly BarSeries[];
  /** length of a bar, ms */
  readonly barMs: number;
  /** all cores unless given; 1 works on the calling thread */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The columns of the symbol `bars[index]`, each of its length. They are the caller's to keep. */
export type TakeFeatures = (index: number, columns: readonly Float32Array[]) => void;

/** Two a thread: one that it works on and one that waits for it. */
const AHEAD = 2;
/** Starting a thread costs a tenth of a second: what is done sooner stays on the calling one. */
const FEW_ROWS = 50_000;

/**
 * The features of many symbols, on several threads that see the same bars: `take` is told of one symbol after another, in
 * whatever order they are ready. Columns are moved from the thread that made them, never copied, and no more than two symbols
 * a thread wait to be taken: what is in memory is the bars and what the caller keeps. One thread or many, the numbers are
 * the same, since no symbol's depend on another's.
 * @returns the columns' names
 * @throws UsageError or DataError as the features do; AbortError when stopped
 */
export async function featuresOfMany(request: ManySymbols, take: TakeFeatures): Promise<readonly string[]> {
  const {
    features,
    bars,
    context = [],
    barMs,
    threads = availableParallelism(),
    signal,
    onProgress,
  } = request;
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`features: ${threads} threads are not possible: give a whole number above 0`);
  const maker = symbolFeatures(features, context, barMs);
  const began = performance.now();
  let done = 0;
  const told = (index: number): void => {
    done++;
    const secondsLeft = ((performance.now() - began) / 1000 / done) * (bars.length - done);
    onProgress?.({ stage: "features", done, total: bars.length, secondsLeft, note: bars[index]!.instrument });
  };
  const rows = bars.reduce((sum, { length }) => sum + length, 0);
  const count = Math.min(threads, bars.length);
  if (count <= 1 || rows < FEW_ROWS) {
    for (const [index, one] of bars.entries()) {
      signal?.throwIfAborted();
      take(index, maker.compute(one));
      told(index);
    }
    return maker.columns;
  }
  signal?.throwIfAborted();
  const thread: FeatureThread = { features, context: context.map(shareColumns), barMs };
  // threads run the built file even where this one runs from its source (tests)
  const script = fileURLToPath(new URL("../../../dist/recipe/manySymbols/featureWorker.js", import.meta.url));
  const workers = Array.from(
    { length: count },
    () => new Worker(script, { workerData: thread, execArgv: [] }),
  );
  const finished = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      const give = (worker: Worker): void => {
        const one = bars[next];
        if (one === undefined) return;
        worker.postMessage({ index: next++, bars: shareColumns(one) } satisfies FeatureTask);
      };
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true, signal: finished.signal });
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("exit", (code) =>
          reject(new Error(`a thread of the features ended by itself (exit code ${code})`)),
        );
        worker.on("message", (answer: FeatureAnswer) => {
          try {
            if (answer.fault) throw rebuilt(answer.fault);
            take(answer.index, answer.columns);
            told(answer.index);
            give(worker);
          } catch (thrown) {
            reject(thrown);
          }
          if (done === bars.length) resolve();
        });
        for (let i = 0; i < AHEAD; i++) give(worker);
      }
    });
  } finally {
    finished.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return maker.columns;
}

function rebuilt(fault: NonNullable<FeatureAnswer["fault"]>): Error {
  if (fault.exitCode !== null) return new OrionError(fault.exitCode, fault.message);
  const error = new Error(fault.message);
  if (fault.stack !== null) error.stack = fault.stack;
  return error;
}
