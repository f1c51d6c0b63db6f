import { messageOf, UsageError } from "../../../core/errors.ts";
import { CutAnswer, isConnectionFault, retryAfterMs } from "../connectionFault.ts";
import type { Fault, RetryPolicy } from "../retry.ts";

/** What a venue said instead of an answer; its text holds no key. */
export class VenueFault extends Error {
  /** of the answer; null where none came */
  readonly status: number | null;
  readonly isTransient: boolean;
  readonly askedWaitMs: number | null;
  constructor(
    message: string,
    status: number | null,
    isTransient: boolean,
    askedWaitMs: number | null = null,
  ) {
    super(message);
    this.status = status;
    this.isTransient = isTransient;
    this.askedWaitMs = askedWaitMs;
  }
}

export interface VenueFetchOptions {
  /** in place of the venue's own hosts; paths stay */
  readonly baseUrl?: string | undefined;
  readonly timeoutMs: number;
  /** requests a minute, evenly spaced; 0 does not wait */
  readonly perMinute: number;
  readonly policy: RetryPolicy;
  /** texts that no error may hold; asked at every error, since tokens change */
  readonly secrets: () => readonly string[];
  /** ms UTC */
  readonly clock: () => number;
}

/**
 * The `fetch` that a client library is given. It reads each answer whole and holds it to be JSON before the library sees it,
 * so that a cut answer, a proxy's page or a refusal is told apart here, in one way for all libraries; it keeps the
 * requests apart in time, and knows the venue's clock.
 */
export class VenueFetch {
  readonly #options: VenueFetchOptions;
  #fault: Error | null = null;
  #signal: AbortSignal | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** by how much the venue's clock lies behind ours, ms; 0 when it does not */
  #behindMs = 0;

  constructor(name: string, options: VenueFetchOptions) {
    const { baseUrl } = options;
    if (baseUrl !== undefined && !(/^https?:\/\//.test(baseUrl) && URL.canParse(baseUrl))) {
      throw new UsageError(`${name}'s address '${baseUrl}' is not understood: write http://HOST:PORT`);
    }
    this.#options = options;
  }

  /** Now, ms UTC: the earlier of our clock and the venue's, so that a clock that is ahead closes no bar early. */
  now(): number {
    return this.#options.clock() - this.#behindMs;
  }

  /** Calls a library. @throws VenueFault or CutAnswer for whatever it throws; UsageError as it is */
  async run<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#fault = null;
    this.#signal = signal;
    try {
      return await ask();
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof UsageError) throw thrown;
      // the library's own error may carry the request and its keys along: it goes no further
      throw this.#fault ?? new VenueFault(this.redact(messageOf(thrown)), null, false);
    }
  }

  /** A text without our keys. */
  redact(text: string): string {
    let clean = text;
    for (const secret of this.#options.secrets()) {
      if (secret === "") continue;
      for (const form of [secret, encodeURIComponent(secret)]) clean = clean.replaceAll(form, "***");
    }
    return clean;
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    await this.#pace();
    const request = new Request(input, init);
    const url = new URL(request.url);
    const { baseUrl, timeoutMs } = this.#options;
    const target = baseUrl === undefined ? url.href : baseUrl.replace(/\/+$/, "") + url.pathname + url.search;
    const stop = [AbortSignal.timeout(timeoutMs), ...(this.#signal ? [this.#signal] : [])];
    try {
      const answer = await fetch(target, {
        method: request.method,
        headers: request.headers,
        ...(request.body === null ? {} : { body: await request.text() }),
        // a redirect would carry the keys to another host
        redirect: "error",
        signal: AbortSignal.any(stop),
      });
      const text = await answer.text();
      this.#read(answer, text);
      return new Response(text, { status: answer.status, headers: headersOf(answer) });
    } catch (thrown) {
      this.#fault = this.#faultOf(thrown);
      throw this.#fault;
    }
  };

  async #pace(): Promise<void> {
    const { perMinute, policy, clock } = this.#options;
    if (perMinute <= 0) return;
    const wait = this.#lastAt + 60_000 / perMinute - clock();
    if (wait > 0) await policy.sleep(wait, this.#signal);
    this.#lastAt = clock();
  }

  #read(answer: Response, text: string): void {
    const told = Date.parse(answer.headers.get("date") ?? "");
    // the header counts whole seconds
    if (Number.isFinite(told)) this.#behindMs = Math.max(0, this.#options.clock() - told - 1000);
    const { status } = answer;
    if (!answer.ok) {
      const isTransient = status === 429 || status === 418 || status === 408 || status >= 500;
      const asked = retryAfterMs(answer.headers.get("retry-after"), this.#options.clock());
      throw new VenueFault(this.redact(`status ${status}: ${saidIn(text)}`), status, isTransient, asked);
    }
    try {
      JSON.parse(text);
    } catch {
      // its text stays untold: half an answer may hold half a token
      throw new CutAnswer(`the answer is no JSON (${text.length} characters)`);
    }
  }

  #faultOf(thrown: unknown): Error {
    if (thrown instanceof VenueFault || thrown instanceof CutAnswer) return thrown;
    if (thrown instanceof Error && thrown.name === "TimeoutError") {
      return new VenueFault(`no answer within ${this.#options.timeoutMs / 1000} s`, null, true);
    }
    const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    return new VenueFault(this.redact(messageOf(inner)), null, isConnectionFault(thrown));
  }
}

/** For `VenueCalls`. */
export function judgeFault(thrown: unknown): Fault {
  if (thrown instanceof VenueFault) return thrown;
  return { isTransient: thrown instanceof CutAnswer, askedWaitMs: null };
}

/** The body is decoded already: what tells of its coded form must not stay. */
function headersOf(answer: Response): Headers {
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  return headers;
}

/** The words of a refusal, whichever of the venues' shapes it has. */
function saidIn(text: string): string {
  try {
    const found = wordsIn(JSON.parse(text));
    if (found !== null) return found;
  } catch {
    // a page or plain words: told as they are
  }
  const plain = text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return plain === "" ? "no words" : plain.slice(0, 200);
}

function wordsIn(value: unknown): string | null {
  if (Array.isArray(value)) return value.length > 0 ? wordsIn(value[0]) : null;
  if (typeof value !== "object" || value === null) return null;
  for (const name of ["error_description", "description", "detail", "message", "title"]) {
    const words: unknown = Reflect.get(value, name);
    if (typeof words === "string" && words !== "") return words.slice(0, 200);
  }
  for (const inner of Object.values(value)) {
    const words = wordsIn(inner);
    if (words !== null) return words;
  }
  return null;
}
