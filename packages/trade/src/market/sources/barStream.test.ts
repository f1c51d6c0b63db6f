import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../core/errors.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../bars.ts";
import { type BarStreamVenue, type StreamedBar, streamClosedBars } from "./barStream.ts";
import { DEFAULT_RETRY } from "./retry.ts";
import { rowsOf, tenthsBars } from "./testing/servedBars.ts";
import { VenueUnreachable } from "./venueCalls.ts";

const START = Date.UTC(2024, 0, 1);
const bars = tenthsBars("BTCUSDT", MINUTE_MS, START, 40);
const FIRST = 5;
const LAST = 30;

type Step =
  | { readonly kind: "send" | "swap" | "twice" | "old" | "broken"; readonly back: number }
  | { readonly kind: "lose" | "drop" | "refuse" | "unreachable" };

/** A venue whose time goes on by half a bar a step; what its stream says of it is up to `steps`. */
function scripted(steps: readonly Step[], isDone: () => boolean): BarStreamVenue {
  let half = 2 * FIRST + 1;
  let taken = 0;
  let refusals = 0;
  let failures = 0;
  const messageAt = (at: number): StreamedBar => {
    // at the end of a bar its closing message, in its middle that it forms
    const isClosed = at % 2 === 0;
    const i = isClosed ? at / 2 - 1 : (at - 1) / 2;
    const [closeTime, open, high, low, close, volume] = rowsOf([sliceBars(bars, i, i + 1)])[0]!;
    return {
      symbol: "BTCUSDT",
      isClosed,
      row: { closeTime: closeTime!, open: open!, high: high!, low: low!, close: close!, volume: volume! },
    };
  };
  return {
    name: "venue",
    policy: { ...DEFAULT_RETRY, attempts: 3, random: () => 0, sleep: async () => undefined },
    idleMs: 5,
    async open(onMessage) {
      if (refusals > 0) {
        refusals--;
        throw new Error("refused");
      }
      let end: (reason: string) => void = () => {};
      let isOpen = true;
      const ended = new Promise<string>((resolve) => {
        end = resolve;
      });
      const close = (): void => {
        isOpen = false;
        end("closed");
      };
      const go = (): void => {
        if (!isOpen || isDone()) return;
        half = Math.min(half + 1, 2 * LAST + 3);
        const step = steps[taken++] ?? { kind: "send" as const, back: 0 };
        const old = messageAt(Math.max(2 * FIRST - 4, half - ("back" in step ? step.back : 0)));
        if (step.kind === "send") onMessage(messageAt(half));
        else if (step.kind === "twice") for (let i = 0; i < 2; i++) onMessage(messageAt(half));
        else if (step.kind === "old") onMessage(old);
        else if (step.kind === "swap") {
          half = Math.min(half + 1, 2 * LAST + 3);
          onMessage(messageAt(half));
          onMessage(messageAt(half - 1));
        } else if (step.kind === "broken") {
          const { row, ...rest } = messageAt(half);
          onMessage({ ...rest, row: { ...row, high: Number.NaN } });
        } else if (step.kind === "refuse") refusals = 2;
        else if (step.kind === "unreachable") failures = 2;
        if (step.kind === "drop" || step.kind === "refuse") close();
        else setImmediate(go);
      };
      setImmediate(go);
      return { ended, close };
    },
    async *fetch(_symbol, since, until = Number.POSITIVE_INFINITY): AsyncGenerator<BarSeries> {
      if (failures > 0) {
        failures--;
        throw new VenueUnreachable("venue cannot be reached");
      }
      const known = Math.floor(half / 2);
      const isWanted = (i: number): boolean =>
        bars.closeTime[i]! - MINUTE_MS >= since && bars.closeTime[i]! <= until;
      const wanted = Array.from({ length: known }, (_, i) => i).filter(isWanted);
      if (wanted.length > 0) yield sliceBars(bars, wanted[0]!, wanted.at(-1)! + 1);
    },
  };
}

async function run(steps: readonly Step[]): Promise<number[][]> {
  const pages: BarSeries[] = [];
  const stop = new AbortController();
  const venue = scripted(steps, () => stop.signal.aborted);
  const request = { symbols: ["BTCUSDT"], timeframe: "1m", signal: stop.signal };
  const starts = new Map([["BTCUSDT", START + FIRST * MINUTE_MS]]);
  for await (const page of streamClosedBars(venue, request, MINUTE_MS, starts)) {
    pages.push(page);
    if (page.closeTime.at(-1)! >= START + LAST * MINUTE_MS) stop.abort();
  }
  return rowsOf(pages).slice(0, LAST - FIRST);
}

const expected = rowsOf([sliceBars(bars, FIRST, LAST)]);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("send", "swap", "twice", "old", "broken"),
    back: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ kind: fc.constantFrom("lose", "drop", "refuse", "unreachable") }),
);

test("whatever is lost, doubled, late, reordered, broken or cut: the same bars", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      expect(await run(steps)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test("a bar that the venue never had is left out after some tries", async () => {
  const pages: BarSeries[] = [];
  const stop = new AbortController();
  const notes: string[] = [];
  const whole = scripted([], () => stop.signal.aborted);
  const hole = START + 11 * MINUTE_MS;
  const venue: BarStreamVenue = {
    ...whole,
    open: (onMessage, signal) =>
      whole.open((bar) => {
        if (bar?.row.closeTime !== hole) onMessage(bar);
      }, signal),
    async *fetch(symbol, since, until) {
      for await (const page of whole.fetch(symbol, since, until)) {
        for (let i = 0; i < page.length; i++) {
          if (page.closeTime[i] !== hole) yield sliceBars(page, i, i + 1);
        }
      }
    },
  };
  const request = {
    ...{ symbols: ["BTCUSDT"], timeframe: "1m", signal: stop.signal },
    onNote: (note: string) => notes.push(note),
  };
  const starts = new Map([["BTCUSDT", START + FIRST * MINUTE_MS]]);
  for await (const page of streamClosedBars(venue, request, MINUTE_MS, starts)) {
    pages.push(page);
    if (page.closeTime.at(-1)! >= START + LAST * MINUTE_MS) stop.abort();
  }
  expect(rowsOf(pages).slice(0, LAST - FIRST - 1)).toEqual(expected.filter(([time]) => time !== hole));
  expect(notes.some((note) => note.includes("has no BTCUSDT bars from 2024-01-01T00:10:00Z"))).toBe(true);
});

test("what no other try mends ends the stream", async () => {
  const venue = { ...scripted([], () => false), open: () => Promise.reject(new DataError("no such stream")) };
  const request = { symbols: ["BTCUSDT"], timeframe: "1m" };
  const stream = streamClosedBars(venue, request, MINUTE_MS, new Map([["BTCUSDT", START]]));
  await expect(stream.next()).rejects.toThrow("no such stream");
});

test("while no message comes, what closed before is given at once, and what closes is looked up", async () => {
  let known = 10;
  const venue: BarStreamVenue = {
    ...scripted([], () => true),
    open: async (onMessage) => {
      // alive, but nothing of this symbol
      const alive = setInterval(() => onMessage(), 1);
      return { ended: new Promise<string>(() => {}), close: () => clearInterval(alive) };
    },
    async *fetch(_symbol, since) {
      const from = (since - START) / MINUTE_MS;
      if (from < known) yield sliceBars(bars, from, known);
    },
  };
  const stop = new AbortController();
  const request = { symbols: ["BTCUSDT"], timeframe: "1m", signal: stop.signal };
  const starts = new Map([["BTCUSDT", START + FIRST * MINUTE_MS]]);
  const sizes: number[] = [];
  for await (const page of streamClosedBars({ ...venue, idleMs: 20 }, request, MINUTE_MS, starts)) {
    sizes.push(page.length);
    known = 12;
    if (sizes.length === 2) stop.abort();
  }
  expect(sizes).toEqual([10 - FIRST, 2]);
});
