import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { TreesDataError, TreesUsageError } from "../errors.ts";
import type { RoundReport, TrainedModel } from "./roundReport.ts";
import type { TreeSet, TreeSets } from "./treeData.ts";

export type Trainer = "xgboost" | "lightgbm";

export interface TrainControl {
  /** between two rounds; the training rejects with its reason */
  signal?: AbortSignal;
  onRound?(report: RoundReport): void;
}

/** What a training thread is started with. Columns lie in shared memory: no thread has a copy of its own. */
export interface ThreadTask {
  trainer: Trainer;
  options: Readonly<Record<string, unknown>>;
  sets: TreeSets;
  /** [1]: not 0 once the training is to stop */
  stop: Int32Array;
}

export type ThreadMessage =
  | { kind: "round"; report: RoundReport }
  | { kind: "trained"; model: TrainedModel }
  | { kind: "stopped" }
  | Fault;

export interface Fault {
  kind: "fault";
  name: string;
  message: string;
  stack: string | undefined;
}

/**
 * Trains XGBoost or LightGBM on a thread of its own; the event loop stays free. A table on a SharedArrayBuffer is read
 * where it lies, any other is copied once.
 *
 * @throws TreesUsageError on an unknown option or where the library is missing, TreesDataError on data nothing can be
 * learnt from or with the library's own message; the signal's reason where it was stopped
 */
export async function trainInThread(
  trainer: Trainer,
  options: Readonly<Record<string, unknown>>,
  sets: TreeSets,
  { signal, onRound }: TrainControl = {},
): Promise<TrainedModel> {
  signal?.throwIfAborted();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const task: ThreadTask = {
    trainer,
    options: { ...options },
    sets: {
      ...sets,
      train: shareSet(sets.train),
      ...(sets.validation ? { validation: shareSet(sets.validation) } : {}),
    },
    stop,
  };
  const worker = new Worker(builtFile("training/trainingThread.js"), { workerData: task, execArgv: [] });
  const onAbort = () => Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await new Promise<TrainedModel>((resolve, reject) => {
      worker.on("message", (message: ThreadMessage) => {
        if (message.kind === "round") onRound?.(message.report);
        else if (message.kind === "stopped" || signal?.aborted) reject(signal?.reason);
        else if (message.kind === "trained") resolve(message.model);
        else reject(rebuildFault(message));
      });
      worker.on("error", reject);
      worker.on("exit", (code) =>
        reject(new Error(`the training thread of ${trainer} ended with code ${code}`)),
      );
    });
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (worker.threadId !== -1) {
      const ended = once(worker, "exit");
      await Promise.all([worker.terminate(), ended]);
    }
  }
}

function shareSet({ table, targets, weights }: TreeSet): TreeSet {
  return {
    table: { ...table, values: shared(table.values) },
    targets: shared(targets),
    ...(weights ? { weights: shared(weights) } : {}),
  };
}

function shared(values: Float32Array): Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** Threads and processes run built files, also where this file runs from its source. */
export function builtFile(name: string): string {
  const file = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  if (!existsSync(file)) throw new TreesUsageError(`${file} is not built: run npm run build first`);
  return file;
}

export function faultOf(thrown: unknown): Fault {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { kind: "fault", name: error.name, message: error.message, stack: error.stack };
}

/** A mendable fault keeps its kind; a defect keeps the stack of where it arose. */
export function rebuildFault({ name, message, stack }: Fault): Error {
  if (name === "TreesUsageError") return new TreesUsageError(message);
  if (name === "TreesDataError") return new TreesDataError(message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
