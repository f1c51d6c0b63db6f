import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";

/** How often and how long to wait before a call is made again. */
export interface RetryPolicy {
  /** tries in all */
  readonly attempts: number;
  /** tries in all while nothing has been answered yet: without a network the user is told soon */
  readonly firstContactAttempts: number;
  /** wait before the second try; it doubles from try to try */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** a wait asked for by the other side (Retry-After) that is longer than this is not made */
  readonly longestAskedWaitMs: number;
  /** uniform in [0, 1) */
  random(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 7,
  firstContactAttempts: 3,
  firstWaitMs: 1_000,
  longestWaitMs: 30_000,
  longestAskedWaitMs: 300_000,
  random: () => randomInt(2 ** 32) / 2 ** 32,
  sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
};

/** What a failed call is: may it be tried again, and has the other side asked for a wait? */
export interface Fault {
  readonly isTransient: boolean;
  readonly askedWaitMs: number | null;
}

/**
 * Exponential back-off with jitter: before try n it waits between half and all of `firstWaitMs * 2^(n-2)`, so that
 * many clients do not come back in step; a wait that was asked for is kept in full.
 * @throws what the last try threw
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  options: {
    readonly policy: RetryPolicy;
    readonly attempts: number;
    readonly judge: (thrown: unknown) => Fault;
    readonly onWait?: (ms: number, thrown: unknown) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { policy, signal } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      const { isTransient, askedWaitMs } = options.judge(thrown);
      const isTooLong = askedWaitMs !== null && askedWaitMs > policy.longestAskedWaitMs;
      if (!isTransient || isTooLong || attempt >= options.attempts) throw thrown;
      const backOff = Math.min(policy.firstWaitMs * 2 ** (attempt - 1), policy.longestWaitMs);
      const wait = Math.max(askedWaitMs ?? 0, backOff * (0.5 + policy.random() / 2));
      options.onWait?.(wait, thrown);
      await policy.sleep(wait, signal);
    }
  }
}
