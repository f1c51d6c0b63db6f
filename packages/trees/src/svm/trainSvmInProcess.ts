import { fork } from "node:child_process";
import { builtFile, type Fault, rebuildFault } from "../training/trainInThread.ts";
import type { TreeSets } from "../training/treeData.ts";
import type { SvmProgress, TrainedSvm } from "./trainSvm.ts";

export interface SvmTask {
  options: Readonly<Record<string, unknown>>;
  sets: TreeSets;
}

export type SvmMessage =
  | { kind: "progress"; progress: SvmProgress }
  | { kind: "trained"; model: TrainedSvm }
  | Fault;

export interface SvmControl {
  signal?: AbortSignal;
  onProgress?(progress: SvmProgress): void;
}

/**
 * Trains a support vector machine in a process of its own: libsvm trains in one call that nothing can interrupt, a process
 * can be ended at any time, and its random numbers are its own. By the system's libsvm, or libsvm-js where there is none.
 *
 * @throws as `trainInThread` does
 */
export async function trainSvmInProcess(
  options: Readonly<Record<string, unknown>>,
  sets: TreeSets,
  { signal, onProgress }: SvmControl = {},
): Promise<TrainedSvm> {
  signal?.throwIfAborted();
  const child = fork(builtFile("svm/svmProcess.js"), { serialization: "advanced", execArgv: [] });
  const onAbort = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", onAbort, { once: true });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    return await new Promise<TrainedSvm>((resolve, reject) => {
      child.on("message", (message: SvmMessage) => {
        if (message.kind === "progress") onProgress?.(message.progress);
        else if (signal?.aborted) reject(signal.reason);
        else if (message.kind === "trained") resolve(message.model);
        else reject(rebuildFault(message));
      });
      child.on("error", reject);
      child.on("exit", (code, by) =>
        reject(
          signal?.aborted ? signal.reason : new Error(`the process of the svm ended with ${by ?? code}`),
        ),
      );
      const { train } = sets;
      const task: SvmTask = {
        options: { ...options },
        // shared memory cannot be sent to a process
        sets: {
          ...sets,
          train: {
            table: { ...train.table, values: ownMemory(train.table.values) },
            targets: ownMemory(train.targets),
            ...(train.weights ? { weights: ownMemory(train.weights) } : {}),
          },
        },
      };
      child.send(task, (failed) => {
        if (failed && !signal?.aborted) reject(failed);
      });
    });
  } finally {
    signal?.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
    await ended;
  }
}

const ownMemory = (values: Float32Array): Float32Array =>
  values.buffer instanceof SharedArrayBuffer ? values.slice() : values;
