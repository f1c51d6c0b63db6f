import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { type Fault, type RetryPolicy, withRetries } from "./retry.ts";

/** The venue did not answer, or asked for a long wait: the same request may well work later. */
export class VenueUnreachable extends DataError {}

export interface Asked {
  /** what is asked for, in words: `bars of BTCUSDT 5m` */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: (ms: number, thrown: unknown) => void;
}

/** Requests to one venue with their retries; what still fails is told in one line. */
export class VenueCalls {
  readonly name: string;
  readonly policy: RetryPolicy;
  readonly #judge: (thrown: unknown) => Fault;
  #isAnswered = false;

  constructor(name: string, policy: RetryPolicy, judge: (thrown: unknown) => Fault) {
    this.name = name;
    this.policy = policy;
    this.#judge = judge;
  }

  /**
   * @throws VenueUnreachable or DataError in one line when the venue cannot be reached, refuses, or asks for a longer wait than the policy's;
   *   UsageError and DataError of `ask` as they are; the signal's reason
   */
  async call<T>(asked: Asked, ask: () => Promise<T>): Promise<T> {
    const { policy } = this;
    try {
      const answer = await withRetries(ask, {
        policy,
        attempts: this.#isAnswered ? policy.attempts : policy.firstContactAttempts,
        judge: (thrown) => (isOurs(thrown) ? { isTransient: false, askedWaitMs: null } : this.#judge(thrown)),
        signal: asked.signal,
        ...(asked.onWait ? { onWait: asked.onWait } : {}),
      });
      this.#isAnswered = true;
      return answer;
    } catch (thrown) {
      if (isOurs(thrown) || asked.signal?.aborted) throw thrown;
      const { isTransient, askedWaitMs } = this.#judge(thrown);
      const Failure = isTransient || askedWaitMs !== null ? VenueUnreachable : DataError;
      throw new Failure(this.#reason(asked.what, thrown), { cause: thrown });
    }
  }

  #reason(what: string, thrown: unknown): string {
    const { isTransient, askedWaitMs } = this.#judge(thrown);
    const said = messageOf(thrown).replace(/\s+/g, " ").slice(0, 300);
    if (askedWaitMs !== null && askedWaitMs > this.policy.longestAskedWaitMs) {
      const minutes = Math.ceil(askedWaitMs / 60_000);
      return (
        `${this.name} asks to wait ${minutes} min before the next request (${said}): ` +
        "run the download again then, it goes on where it stopped"
      );
    }
    if (!isTransient) return `${this.name} refused ${what}: ${said}`;
    return (
      `${this.name} cannot be reached for ${what} (${said}): ` +
      "check the network and run again, the download goes on where it stopped"
    );
  }
}

const isOurs = (thrown: unknown): boolean => thrown instanceof UsageError || thrown instanceof DataError;
