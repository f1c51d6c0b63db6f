import { z } from "zod";
import { VENUES } from "./served.ts";

/**
 * What an answer to a request can suffer:
 * - `429`: too many requests, with Retry-After; `418`: banned, with Retry-After
 * - `5xx`: 503 in the venue's error dialect (`status` names another)
 * - `slow`: the answer comes `delayMs` of real time late
 * - `hang`: the request is taken and never answered, the connection stays open
 * - `cut`: the connection ends in the middle of the body
 * - `reset`: the connection is reset before any answer
 * - `garbage`: status 200 and a body that is no JSON; `html`: status 200 and a proxy's page
 * - `token`: the access token has expired (Alpaca, Schwab, Yahoo's crumb): 401 in the venue's dialect
 * - `unknown-symbol`: the symbol is unknown, in the venue's dialect
 * - `unclosed`: the newest closed bar is still served as it was half done; on a stream its closing message never says so
 * - `skew`: the venue's clock is wrong by `skewMs` wherever it is told
 */
const REQUEST_KINDS = [
  "429",
  "418",
  "5xx",
  "slow",
  "hang",
  "cut",
  "reset",
  "garbage",
  "html",
  "token",
  "unknown-symbol",
  "unclosed",
  "skew",
] as const;

/**
 * What a stream's message or its socket can suffer (`slow`, `unclosed`, `skew` and `garbage` of above too):
 * - `drop`: the socket is destroyed: the client sees close code 1006
 * - `half-open`: from here on no message and no pong comes, while TCP stays open
 * - `duplicate`: the message comes twice; `late`: it comes after the next `by` messages of its socket
 * - `reorder`: it changes place with the next one; `miss`: it never comes
 * - `unknown`: a message of a kind that no document names comes before it
 * - `listen-key`: the user data stream's key expires
 * - `refuse`: a new socket is refused with status 503
 */
const STREAM_KINDS = [
  "drop",
  "half-open",
  "duplicate",
  "late",
  "reorder",
  "miss",
  "unknown",
  "listen-key",
  "refuse",
] as const;

export const FAULT_KINDS = [...REQUEST_KINDS, ...STREAM_KINDS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * One misbehaviour. It looks at every request (or stream message) that `venue`, `on` and `route` choose, and counts them
 * from 0: it fires at the counts in `at`, or by `probability`, or, when neither is given, always; at most `times` times.
 */
export const faultSchema = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  venue: z.enum(VENUES as [(typeof VENUES)[number], ...(typeof VENUES)[number][]]).optional(),
  /** default: streams for the kinds that only streams have, requests for the others */
  on: z.enum(["request", "message"]).optional(),
  /** part of the request's path, or of the message's stream name: "klines", "/v2/stocks/", "btcusdt@kline_1m" */
  route: z.string().optional(),
  at: z.array(z.int().nonnegative()).optional(),
  probability: z.number().min(0).max(1).optional(),
  times: z.int().positive().optional(),
  /** of 429 and 418; default 1 */
  retryAfterSeconds: z.number().nonnegative().optional(),
  /** of `slow`, real ms; default 1000 */
  delayMs: z.number().nonnegative().optional(),
  /** of `late`: by how many messages; default 3 */
  by: z.int().positive().optional(),
  /** of `skew`; default 60,000 (ahead) */
  skewMs: z.number().optional(),
  /** of `5xx`; default 503 */
  status: z.int().min(500).max(599).optional(),
});
export type Fault = Readonly<z.infer<typeof faultSchema>>;

const isStreamKind = (kind: FaultKind): boolean => (STREAM_KINDS as readonly string[]).includes(kind);

/** A text such as `429:0.01` or `drop:0.002`: a kind and the probability that it strikes. */
export function parseFault(text: string): Fault {
  const [kind, share, ...rest] = text.split(":");
  const probability = Number(share);
  const known = FAULT_KINDS.find((k) => k === kind);
  if (known === undefined) {
    throw new RangeError(`fault '${text}' is unknown: choose among ${FAULT_KINDS.join(", ")}`);
  }
  if (rest.length > 0 || !/^(0|1|0?\.\d+|1\.0*)$/.test(share ?? "") || !(probability <= 1)) {
    throw new RangeError(
      `fault '${text}' wants a probability from 0 to 1 after its kind, such as ${kind}:0.01`,
    );
  }
  return { kind: known, probability };
}

interface Place {
  readonly venue: string;
  readonly on: "request" | "message";
  readonly route: string;
}

/** The faults in force, each with its own counters and its own seeded dice: the same calls meet the same faults. */
export class FaultPlan {
  #entries: { fault: Fault; seen: number; fired: number; dice: () => number }[] = [];
  readonly #seed: number;

  constructor(seed: number, faults: readonly Fault[] = []) {
    this.#seed = seed;
    this.set(faults);
  }

  /** Replaces all faults; counters begin anew. */
  set(faults: readonly Fault[]): void {
    this.#entries = z
      .array(faultSchema)
      .parse(faults)
      .map((fault, i) => ({ fault, seen: 0, fired: 0, dice: dice(this.#seed * 31 + i) }));
  }

  get faults(): readonly Fault[] {
    return this.#entries.map((entry) => entry.fault);
  }

  /** The faults that strike this request or message; counts it. */
  strike(place: Place): Fault[] {
    const struck: Fault[] = [];
    for (const entry of this.#entries) {
      const { fault } = entry;
      if ((fault.on ?? (isStreamKind(fault.kind) ? "message" : "request")) !== place.on) continue;
      if (fault.venue !== undefined && fault.venue !== place.venue) continue;
      if (fault.route !== undefined && !place.route.includes(fault.route)) continue;
      const count = entry.seen++;
      const chance = fault.probability === undefined ? 0 : entry.dice();
      if (fault.times !== undefined && entry.fired >= fault.times) continue;
      if (fault.at !== undefined && !fault.at.includes(count)) continue;
      if (fault.probability !== undefined && chance >= fault.probability) continue;
      entry.fired++;
      struck.push(fault);
    }
    return struck;
  }
}

/** mulberry32 (Tommy Ettinger, public domain): uniform numbers in [0, 1) from a 32-bit seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed from a text and a number: FNV-1a over the characters. */
export function seedOf(seed: number, ...texts: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of texts.join("|")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
