import type { RunningJob } from "../jobs/runJob.ts";

const START_MS = 5_000;

/**
 * Waits until a job has begun its work, so that a request that cannot work (an unknown recipe, no bars) is refused in
 * the answer to it; a job that is slow to begin is answered for anyway.
 */
export async function startedWithin(job: RunningJob<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, START_MS);
  });
  try {
    await Promise.race([job.started, patience]);
  } finally {
    clearTimeout(timer);
  }
}
