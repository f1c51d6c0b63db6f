import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../bars.ts";
import { EventQueue } from "./eventQueue.ts";
import type { RetryPolicy } from "./retry.ts";
import type { StreamRequest } from "./source.ts";
import { type BarRow, venueBars } from "./venueBars.ts";
import { VenueUnreachable } from "./venueCalls.ts";

/** What a stream says of a bar: that it goes on, or that it is closed. */
export interface StreamedBar {
  readonly symbol: string;
  readonly isClosed: boolean;
  readonly row: BarRow;
}

/** One connection that has subscribed. */
export interface BarSocket {
  /** settles with the reason when the connection is gone; never rejects */
  readonly ended: Promise<string>;
  /** ends the connection at once, without a handshake */
  close(): void;
}

/** What a venue brings to `streamClosedBars`. */
export interface BarStreamVenue {
  readonly name: string;
  readonly policy: RetryPolicy;
  /** a connection without any message for so long is dead, and a symbol without one is looked up by REST */
  readonly idleMs: number;
  /**
   * Connects and subscribes. `onMessage` is told of every message, with its bar where it has one.
   * @throws UsageError or DataError for what no other try mends
   */
  open(onMessage: (bar?: StreamedBar) => void, signal: AbortSignal | undefined): Promise<BarSocket>;
  /** closed bars by REST, the first starting at or after `since`, the last closed at or before `until` */
  fetch(symbol: string, since: number, until?: number): AsyncIterable<BarSeries>;
}

type StreamEvent =
  | { readonly kind: "bar"; readonly bar: StreamedBar }
  | { readonly kind: "ended"; readonly reason: string }
  | { readonly kind: "idle" }
  | { readonly kind: "stopped" };

/**
 * Closed bars of each symbol in order, none missing and none twice. Messages are only trusted where they continue what was
 * given out: a bar that is older is dropped, and where one is newer than the next that is due, what lies between is fetched
 * by REST, as is everything since the last bar after each connection. So a stream that was cut, fell silent, lost, doubled,
 * delayed or reordered messages gives the same bars as one that did not.
 * @param starts start of the first bar wanted, ms UTC, by symbol
 */
export async function* streamClosedBars(
  venue: BarStreamVenue,
  request: StreamRequest,
  barMs: number,
  starts: ReadonlyMap<string, number>,
): AsyncGenerator<BarSeries> {
  const { signal } = request;
  const note = request.onNote ?? (() => {});
  const due = new Map(starts);
  for (let failures = 0; !signal?.aborted; ) {
    const events = new EventQueue<StreamEvent>();
    const heard = new Set<string>();
    const formed = new Map<string, number>();
    const idle = setInterval(() => events.push({ kind: "idle" }), venue.idleMs);
    const stop = (): void => events.push({ kind: "stopped" });
    signal?.addEventListener("abort", stop, { once: true });
    let socket: BarSocket | undefined;
    try {
      socket = await opened(venue, signal, (bar) => {
        heard.add("");
        if (!bar) return;
        heard.add(bar.symbol);
        const start = bar.row.closeTime - barMs;
        // of a bar that forms one message is enough: it shows that those before it are closed
        if (!bar.isClosed && formed.get(bar.symbol) === start) return;
        if (!bar.isClosed) formed.set(bar.symbol, start);
        events.push({ kind: "bar", bar });
      });
      void socket.ended.then((reason) => events.push({ kind: "ended", reason }));
      for (const symbol of due.keys()) yield* fill(symbol);
      for (let isOpen = true; isOpen; ) {
        const event = await events.next();
        if (event.kind === "bar") {
          yield* take(event.bar);
          if (event.bar.isClosed) failures = 0;
        } else if (event.kind === "ended" || event.kind === "stopped" || !heard.has("")) {
          isOpen = false;
          if (event.kind === "ended")
            note(`${venue.name} ended the stream (${event.reason}): connecting again`);
          if (event.kind === "idle")
            note(`${venue.name} sent nothing for ${venue.idleMs} ms: connecting again`);
        } else {
          const silent = [...due.keys()].filter((symbol) => !heard.has(symbol));
          heard.clear();
          for (const symbol of silent) yield* fill(symbol);
        }
      }
    } catch (thrown) {
      if (signal?.aborted) return;
      const isHopeless = thrown instanceof UsageError || thrown instanceof DataError;
      if (isHopeless && !(thrown instanceof VenueUnreachable)) throw thrown;
      note(`${venue.name} gave no stream (${messageOf(thrown).slice(0, 200)}): trying again`);
    } finally {
      clearInterval(idle);
      signal?.removeEventListener("abort", stop);
      socket?.close();
    }
    if (signal?.aborted || !(await pause(venue.policy, ++failures, signal))) return;
  }

  /** Bars from the one that is due on, each given out once. */
  async function* fill(symbol: string, until?: number): AsyncGenerator<BarSeries> {
    for await (const bars of venue.fetch(symbol, due.get(symbol)!, until)) {
      const from = bars.closeTime.findIndex((time) => time - barMs >= due.get(symbol)!);
      if (from < 0) continue;
      due.set(symbol, bars.closeTime[bars.length - 1]!);
      yield from === 0 ? bars : sliceBars(bars, from, bars.length);
    }
  }

  async function* take(bar: StreamedBar): AsyncGenerator<BarSeries> {
    const { symbol, row } = bar;
    const next = due.get(symbol);
    const start = row.closeTime - barMs;
    if (next === undefined || !(start >= next)) return;
    if (start > next) yield* fillGap(symbol, start);
    if (!bar.isClosed) return;
    const bars = soundBar(venue.name, bar, barMs);
    if (bars) {
      due.set(symbol, row.closeTime);
      yield bars;
    } else yield* fillGap(symbol, row.closeTime);
  }

  /** All before `until`, which has begun; REST may be some seconds behind the stream. */
  async function* fillGap(symbol: string, until: number): AsyncGenerator<BarSeries> {
    const from = due.get(symbol)!;
    for (let attempt = 1; due.get(symbol)! < until; attempt++) {
      yield* fill(symbol, until);
      if (due.get(symbol)! >= until) break;
      if (attempt >= venue.policy.attempts) {
        note(`${venue.name} has no ${symbol} bars from ${isoTime(due.get(symbol)!)} to ${isoTime(until)}`);
        due.set(symbol, until);
      } else if (!(await pause(venue.policy, attempt, signal))) return;
    }
    note(`${symbol}: the stream left out ${isoTime(from)} to ${isoTime(until)}, filled from REST`);
  }
}

/** A closed bar as columns; null for numbers that are no bar: REST is asked then. */
function soundBar(source: string, { symbol, row }: StreamedBar, barMs: number): BarSeries | null {
  try {
    return venueBars([row], { source, symbol, after: row.closeTime - barMs, gridMs: barMs });
  } catch (thrown) {
    if (thrown instanceof DataError) return null;
    throw thrown;
  }
}

/** The venue's socket, or an error when it does not stand within the time that counts as silence. */
async function opened(
  venue: BarStreamVenue,
  signal: AbortSignal | undefined,
  onMessage: (bar?: StreamedBar) => void,
): Promise<BarSocket> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error("no answer to the subscription")), venue.idleMs);
  try {
    return await venue.open(onMessage, signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits as before the retry of a request; false when stopped meanwhile. */
async function pause(
  policy: RetryPolicy,
  failures: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const backOff = Math.min(policy.firstWaitMs * 2 ** (failures - 1), policy.longestWaitMs);
  try {
    await policy.sleep(backOff * (0.5 + policy.random() / 2), signal);
    return true;
  } catch (thrown) {
    if (signal?.aborted) return false;
    throw thrown;
  }
}
