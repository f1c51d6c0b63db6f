import { messageOf } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";

/** Tells how far a fetch has come, with the time left at the pace so far. */
export class FetchProgress {
  readonly #stage: string;
  readonly #tell: OnProgress;
  readonly #clock: () => number;
  #range = { first: 0, total: null as number | null, stepMs: 1, startedAt: 0 };
  #done = 0;

  /** @param what such as `BTCUSDT 5m`; @param clock ms */
  constructor(what: string, tell: OnProgress | undefined, clock: () => number) {
    this.#stage = `download ${what}`;
    this.#tell = tell ?? (() => {});
    this.#clock = clock;
  }

  /** What is expected: bars of `stepMs` from `first` to `end`. The clock runs from here. */
  expect(first: number, end: number, stepMs: number): void {
    const total = Math.max(0, Math.round((end - first) / stepMs));
    this.#range = { first, total, stepMs, startedAt: this.#clock() };
    this.reached(first);
  }

  /** All up to `next` (ms UTC) is there. */
  reached(next: number): void {
    const { first, total, stepMs, startedAt } = this.#range;
    const steps = Math.round((next - first) / stepMs);
    this.#done = total === null ? steps : Math.min(total, steps);
    const spent = (this.#clock() - startedAt) / 1000;
    const isKnown = this.#done > 0 && total !== null;
    const secondsLeft = isKnown ? (spent / this.#done) * (total - this.#done) : null;
    this.#tell({ stage: this.#stage, done: this.#done, total, secondsLeft, note: `up to ${isoTime(next)}` });
  }

  /** For `onWait` of a call. */
  readonly waiting = (ms: number, thrown: unknown): void => {
    const why = messageOf(thrown).replace(/\s+/g, " ").slice(0, 200);
    this.note(`waiting ${Math.ceil(ms / 1000)} s before trying again: ${why}`);
  };

  note(note: string): void {
    this.#tell({ stage: this.#stage, done: this.#done, total: this.#range.total, secondsLeft: null, note });
  }
}
