import { fileURLToPath } from "node:url";
import { type MessagePort, Worker } from "node:worker_threads";
import { type ExitCode, messageOf, OrionError } from "../../core/errors.ts";

/** What a thread answers to one task; a thread boundary strips an error's class. */
type ThreadAnswer<A> =
  | { readonly index: number; readonly answer: A; readonly fault?: undefined }
  | {
      readonly index: number;
      readonly fault: { message: string; exitCode: ExitCode | null; stack: string | null };
    };

export interface ThreadWork<T> {
  /** a built module, from `dist`, that calls `answerTasks` */
  readonly script: URL;
  /** what each thread is started with */
  readonly workerData: unknown;
  /** how many tasks there are */
  readonly tasks: number;
  /** made when a thread is ready for it */
  taskOf(index: number): T;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** Tasks that a thread has at once: one that it works on and one that waits for it. Another one comes after an answer was taken. */
export const AHEAD = 2;

/** What one symbol's work leaves is garbage at once: with room for several, it is collected seldom, and threads wait less for one another. */
const NURSERY = { maxYoungGenerationSizeMb: 64 };

/**
 * Gives tasks to threads, each the next one that is left, and `take` their answers in whatever order they are ready.
 * @throws the first fault of a task, with its exit code; the signal's reason when stopped. All threads have ended then
 */
export async function onThreads<T, A>(
  { script, workerData, tasks, taskOf, threads, signal }: ThreadWork<T>,
  take: (answer: A, index: number) => void,
): Promise<void> {
  signal?.throwIfAborted();
  if (tasks === 0) return;
  const count = Math.min(threads, tasks);
  const workers = Array.from(
    { length: count },
    () => new Worker(fileURLToPath(script), { workerData, execArgv: [], resourceLimits: NURSERY }),
  );
  const finished = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      let [next, done] = [0, 0];
      const give = (worker: Worker): void => {
        if (next < tasks) worker.postMessage({ index: next, task: taskOf(next++) });
      };
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true, signal: finished.signal });
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("exit", (code) => reject(new Error(`a thread ended by itself (exit code ${code})`)));
        worker.on("message", (message: ThreadAnswer<A>) => {
          try {
            if (message.fault) throw rebuilt(message.fault);
            take(message.answer, message.index);
            give(worker);
          } catch (thrown) {
            reject(thrown);
          }
          if (++done === tasks) resolve();
        });
        for (let i = 0; i < AHEAD; i++) give(worker);
      }
    });
  } finally {
    finished.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * The thread's side: answers each task as it comes. What is large in an answer belongs in shared memory: the rest is copied. No more
 * than AHEAD answers wait to be taken, so that many pieces of memory serve for all.
 */
export function answerTasks<T, A>(port: MessagePort, work: (task: T) => A): void {
  port.on("message", ({ index, task }: { index: number; task: T }) => {
    try {
      const answer = work(task);
      port.postMessage({ index, answer } satisfies ThreadAnswer<A>);
    } catch (thrown) {
      const exitCode = thrown instanceof OrionError ? thrown.exitCode : null;
      const stack = thrown instanceof Error ? (thrown.stack ?? null) : null;
      const fault = { message: messageOf(thrown), exitCode, stack };
      port.postMessage({ index, fault } satisfies ThreadAnswer<A>);
    }
  });
}

function rebuilt(fault: { message: string; exitCode: ExitCode | null; stack: string | null }): Error {
  if (fault.exitCode !== null) return new OrionError(fault.exitCode, fault.message);
  const error = new Error(fault.message);
  if (fault.stack !== null) error.stack = fault.stack;
  return error;
}
