import { setImmediate } from "node:timers/promises";
import type { OnProgress } from "../../core/progress.ts";

/** Steps of about the same length each: looking at one moment, training one network. */
export type StepKind = "moments" | "trainings";

/** Tells how far the audit is and how long it will take, by what steps of each kind have taken; lets the process breathe. */
export class AuditSteps {
  readonly #left: Record<StepKind, number>;
  readonly #took: Record<StepKind, { steps: number; seconds: number }>;
  readonly #total: number;
  readonly #onProgress: OnProgress | undefined;
  readonly #signal: AbortSignal | undefined;
  #done = 0;

  constructor(plan: Record<StepKind, number>, onProgress?: OnProgress, signal?: AbortSignal) {
    this.#left = { ...plan };
    this.#took = { moments: { steps: 0, seconds: 0 }, trainings: { steps: 0, seconds: 0 } };
    this.#total = plan.moments + plan.trainings;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  /** Runs one step. @throws the signal's reason once it is raised */
  async run<T>(kind: StepKind, stage: string, work: () => T | Promise<T>): Promise<T> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#onProgress?.({ stage, done: this.#done, total: this.#total, secondsLeft: this.#secondsLeft() });
    const started = performance.now();
    const result = await work();
    this.#took[kind].seconds += (performance.now() - started) / 1000;
    this.#took[kind].steps += 1;
    this.#left[kind] = Math.max(0, this.#left[kind] - 1);
    this.#done = Math.min(this.#total, this.#done + 1);
    return result;
  }

  #secondsLeft(): number | null {
    let seconds = 0;
    for (const kind of ["moments", "trainings"] as const) {
      const { steps, seconds: took } = this.#took[kind];
      if (this.#left[kind] > 0 && steps === 0) return null;
      if (steps > 0) seconds += (took / steps) * this.#left[kind];
    }
    return seconds;
  }
}
