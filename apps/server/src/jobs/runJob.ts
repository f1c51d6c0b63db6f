import { messageOf, OrionError, RefusedError } from "@orion/trade/core";
import type { JobState } from "@orion/trade/wire";
import type { StatusFeed } from "./statusFeed.ts";

interface JobStatus {
  state: JobState;
  error: string | null;
}

export interface RunningJob<R> {
  /** settles with the work; a cancelled job rejects with `RefusedError` */
  result: Promise<R>;
  /** when the work has reported for the first time or ended well; rejects when it failed before that */
  started: Promise<void>;
}

/**
 * Runs one piece of work and keeps its status in `feed`: running, then done, failed or cancelled.
 * @param changes what the status says at the start and, for a finished job, what it says at the end
 */
export function runJob<S extends JobStatus, R>(
  feed: StatusFeed<S>,
  name: string,
  signal: AbortSignal,
  changes: { start: S; end(result: R): Partial<S> },
  work: (report: (status: Partial<S>) => void) => Promise<R>,
  onDefect: (error: unknown) => void,
): RunningJob<R> {
  feed.publish(changes.start);
  let firstReport = (): void => {};
  const reported = new Promise<void>((resolve) => {
    firstReport = resolve;
  });
  let isOver = false;
  const report = (status: Partial<S>): void => {
    if (isOver) return;
    // the state belongs to the server: work that reports "done" has not yet handed over its result
    feed.publish({ ...feed.status, ...status, state: "running" });
    firstReport();
  };
  const result = (async (): Promise<R> => {
    try {
      const value = await work(report);
      isOver = true;
      feed.publish({ ...feed.status, ...changes.end(value), state: "done" });
      return value;
    } catch (error) {
      isOver = true;
      if (signal.aborted) {
        feed.publish({ ...feed.status, state: "cancelled", error: null });
        throw new RefusedError(`the ${name} was cancelled`, { cause: error });
      }
      if (!(error instanceof OrionError)) onDefect(error);
      feed.publish({ ...feed.status, state: "failed", error: publicMessage(error) });
      throw error;
    }
  })();
  const started = Promise.race([reported, result.then(() => {})]);
  // a job that nobody awaits tells its failure through the status
  result.catch(() => {});
  started.catch(() => {});
  return { result, started };
}

/** What a user may read: the line of a mendable fault; of a defect only that it is one. */
export function publicMessage(error: unknown): string {
  if (error instanceof OrionError) return messageOf(error);
  return "internal error: the log of the server says more";
}
