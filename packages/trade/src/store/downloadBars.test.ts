import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { binanceSource } from "../market/sources/binance.ts";
import type { Source } from "../market/sources/source.ts";
import { servedBars } from "../market/sources/testing/servedBars.ts";
import { barsSha256 } from "./barColumns.ts";
import { downloadBars } from "./downloadBars.ts";
import { samplePath } from "./importSample.ts";
import { findBars } from "./listSeries.ts";
import { readBarFile, readBars } from "./readBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { writeBars } from "./writeBars.ts";

const BAR_MS = 5 * MINUTE_MS;
const CLOSED = 5500;
const KEY = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" } as const;

/** real bars: the first of the sample */
let all: BarSeries;
let start: number;
let sim: VenueSim;
let source: Source;
let folder: string;
let workspace: Workspace;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-download-"));
  all = sliceBars((await readBarFile(samplePath(), "bars")).bars, 0, CLOSED + 1000);
  start = all.closeTime[0]! - BAR_MS;
});
afterAll(async () => {
  await sim.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  workspace = await openWorkspace(join(folder, String(count++)));
  await sim?.close();
  sim = await startVenueSim({
    venues: ["binance"],
    now: start + CLOSED * BAR_MS + MINUTE_MS,
    series: [servedBars(all, "5m", "futures")],
  });
  source = binanceSource("binanceusdm", {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 250,
    retry: { random: () => 0.5, sleep: async () => undefined },
  });
});

const request = () => ({ symbol: "BTCUSDT", timeframe: "5m", since: start, flushBars: 1000 });
const starts = (from = 0): number[] =>
  sim.requests
    .slice(from)
    .filter((r) => r.path === "/fapi/v1/klines")
    .map((r) => (Number(r.query.startTime) - start) / BAR_MS);

describe("downloadBars", () => {
  test.each<[string, readonly Fault[]]>([
    ["none", []],
    ["429", [{ kind: "429", at: [1, 3, 5] }]],
    ["418", [{ kind: "418", at: [1, 3, 5] }]],
    ["5xx", [{ kind: "5xx", at: [0, 2, 3, 4] }]],
    ["slow", [{ kind: "slow", at: [3], delayMs: 400 }]],
    ["hang", [{ kind: "hang", at: [4] }]],
    ["cut", [{ kind: "cut", at: [0, 2, 4, 6] }]],
    ["reset", [{ kind: "reset", at: [0, 2, 4, 6] }]],
    ["garbage", [{ kind: "garbage", at: [0, 2, 4, 6] }]],
    ["html", [{ kind: "html", at: [0, 2, 4, 6] }]],
    ["unclosed", [{ kind: "unclosed", route: "klines", at: [5] }]],
    ["skew ahead", [{ kind: "skew", skewMs: 10 * MINUTE_MS }]],
    ["skew behind", [{ kind: "skew", skewMs: -10 * MINUTE_MS }]],
    [
      "all at once",
      [
        { kind: "429", probability: 0.15 },
        { kind: "5xx", probability: 0.15 },
        { kind: "cut", probability: 0.15 },
        { kind: "reset", probability: 0.1 },
      ],
    ],
  ])("under fault '%s' the store is byte-equal to that of a run without", async (_, faults) => {
    sim.setFaults(faults);
    const { added, stored } = await downloadBars(workspace, source, request());
    expect(added).toBe(CLOSED);
    expect(stored).toMatchObject({
      rows: CLOSED,
      source: "binanceusdm",
      market: "futures",
      client: { name: "ccxt" },
      sha256: barsSha256(sliceBars(all, 0, CLOSED)),
    });
  });

  test("a newest bar that was half done is made right by the next download", async () => {
    sim.setFaults([{ kind: "unclosed", route: "klines" }]);
    const { stored } = await downloadBars(workspace, source, request());
    expect(stored!.rows).toBe(CLOSED);
    expect(stored!.sha256).not.toBe(barsSha256(sliceBars(all, 0, CLOSED)));
    sim.setFaults([]);
    sim.advance(3 * BAR_MS);
    const { since: _, ...update } = request();
    const next = await downloadBars(workspace, source, update);
    expect(next).toMatchObject({ added: 3, amended: 1 });
    expect(next.stored!.sha256).toBe(barsSha256(sliceBars(all, 0, CLOSED + 3)));
  });

  test("bars of another source are never changed", async () => {
    const bars = sliceBars(all, 0, 100);
    const imported = { ...bars, close: bars.close.map((c, i) => (i === 99 ? bars.open[99]! : c)) };
    await writeBars(workspace, { ...KEY, source: "a file" }, imported);
    const { since: _, ...update } = request();
    const { added, amended } = await downloadBars(workspace, source, update);
    expect([added, amended]).toEqual([CLOSED - 100, 0]);
    expect(sliceBars(await readBars(workspace, KEY), 0, 100)).toEqual(imported);
  });

  test("one that broke off goes on where it stopped", async () => {
    // the third page fails for good
    sim.setFaults([{ kind: "reset", route: "klines", at: [2, 3, 4, 5, 6, 7, 8] }]);
    await expect(downloadBars(workspace, source, request())).rejects.toThrow(/goes on where it stopped/);
    expect((await findBars(workspace, KEY))?.rows).toBe(2000);
    sim.setFaults([]);
    const seen = sim.requests.length;
    expect((await downloadBars(workspace, source, request())).added).toBe(CLOSED - 2000);
    // from the newest stored bar on, which is read again; at the end the newest bar a second time
    expect(starts(seen)).toEqual([1999, 2999, 3999, 4999, CLOSED - 1]);
    expect(await readBars(workspace, KEY)).toEqual(copy(sliceBars(all, 0, CLOSED)));
  });

  test("a symbol that is gone ends in one line, and what was there is kept", async () => {
    const until = start + 300 * BAR_MS;
    await downloadBars(workspace, source, { ...request(), until });
    sim.setFaults([{ kind: "unknown-symbol", route: "klines" }]);
    const { since: _, ...update } = request();
    await expect(downloadBars(workspace, source, update)).rejects.toThrow(DataError);
    await expect(downloadBars(workspace, source, update)).rejects.toThrow(/^binanceusdm refused [^\n]*$/);
    expect(await readBars(workspace, KEY)).toEqual(copy(sliceBars(all, 0, 300)));
  });

  test("stopped by the user it keeps what it has", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done >= 1000) stop.abort(new Error("stopped"));
    };
    const run = downloadBars(workspace, source, {
      ...request(),
      flushBars: 1e6,
      signal: stop.signal,
      onProgress,
    });
    await expect(run).rejects.toThrow("stopped");
    expect((await findBars(workspace, KEY))?.rows).toBe(1000);
  });

  test("updates to the last closed bar, which was forming before", async () => {
    await downloadBars(workspace, source, request());
    sim.advance(100 * BAR_MS);
    const seen = sim.requests.length;
    const { since: _, ...update } = request();
    expect(await downloadBars(workspace, source, update)).toMatchObject({ added: 100, amended: 0 });
    expect(starts(seen)).toEqual([CLOSED - 1, CLOSED + 99]);
    expect((await downloadBars(workspace, source, update)).added).toBe(0);
    expect(await readBars(workspace, KEY)).toEqual(copy(sliceBars(all, 0, CLOSED + 100)));
  });

  test("fills the head and a gap, and asks for nothing else", async () => {
    await writeBars(workspace, { ...KEY, source: "t" }, sliceBars(all, 50, 100));
    const part = { ...request(), since: start + 300 * BAR_MS, until: start + 400 * BAR_MS };
    await downloadBars(workspace, source, part);
    const seen = sim.requests.length;
    const { added } = await downloadBars(workspace, source, { ...request(), until: start + 400 * BAR_MS });
    expect([added, ...starts(seen)]).toEqual([250, 0, 100]);
    expect(await readBars(workspace, KEY)).toEqual(copy(sliceBars(all, 0, 400)));
  });

  test("without a start for a new symbol, or with an empty range, it is a usage error", async () => {
    const { since: _, ...update } = request();
    await expect(downloadBars(workspace, source, update)).rejects.toThrow(UsageError);
    await expect(downloadBars(workspace, source, { ...request(), until: start })).rejects.toThrow(
      /range .* is empty/,
    );
    const before = { ...request(), since: start + 1e12 };
    expect(await downloadBars(workspace, source, before)).toEqual({ added: 0, amended: 0, stored: null });
  });
});

/** Columns of their own, as they come out of the store. */
function copy(bars: BarSeries): BarSeries {
  const { closeTime, open, high, low, close, volume } = bars;
  const own = { closeTime, open, high, low, close, volume };
  return { ...bars, ...Object.fromEntries(Object.entries(own).map(([name, c]) => [name, c.slice()])) };
}
