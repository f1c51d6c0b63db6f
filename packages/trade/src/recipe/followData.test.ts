import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { type BarSeries, binanceSource, type Source, sliceBars } from "../market/index.ts";
import {
  barsSha256,
  downloadBars,
  findBars,
  openWorkspace,
  readBarFile,
  samplePath,
} from "../store/index.ts";
import { followData } from "./followData.ts";

const BAR_MS = 5 * MINUTE_MS;
const STORED = 200;
const WANTED = 220;
const KEY = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" } as const;

let folder: string;
let sim: VenueSim;
let source: Source;
let bars: BarSeries;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-follow-"));
  bars = sliceBars((await readBarFile(samplePath(), "bars")).bars, 0, 1000);
  const start = bars.closeTime[0]! - BAR_MS;
  sim = await startVenueSim({
    venues: ["binance"],
    now: start + STORED * BAR_MS + MINUTE_MS,
    series: [
      {
        ...{ market: "futures", symbol: "BTCUSDT", timeframe: "5m" },
        ...{ open: bars.open, high: bars.high, low: bars.low, close: bars.close, volume: bars.volume },
        openTime: bars.closeTime.map((t) => t - BAR_MS),
      },
    ],
  });
  source = binanceSource("binanceusdm", {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 250,
    streamIdleMs: 150,
    retry: { sleep: async () => await new Promise((resolve) => setImmediate(resolve)) },
  });
});
afterEach(async () => {
  await sim.close();
  await rm(folder, { recursive: true, force: true });
});

const request = {
  source: "binanceusdm" as const,
  symbols: ["BTCUSDT"],
  timeframe: "5m",
  kind: "bars" as const,
};

test.each<[string, readonly Fault[]]>([
  ["none", []],
  ["drop", [{ kind: "drop", at: [4, 19, 33] }]],
  ["half-open", [{ kind: "half-open", at: [21] }]],
  [
    "lost, doubled and reordered messages",
    [
      { kind: "miss", probability: 0.3 },
      { kind: "duplicate", probability: 0.3 },
      { kind: "reorder", probability: 0.3 },
    ],
  ],
  [
    "drops while REST fails too",
    [
      { kind: "drop", at: [4, 19] },
      { kind: "5xx", route: "klines", at: [1, 2, 5] },
      { kind: "cut", route: "klines", at: [3, 6] },
    ],
  ],
])("what is followed under fault '%s' is stored byte-equal to a run without", async (_, faults) => {
  const start = bars.closeTime[0]! - BAR_MS;
  const workspace = await openWorkspace(folder);
  await downloadBars(workspace, source, { symbol: "BTCUSDT", timeframe: "5m", since: start });
  sim.setFaults(faults);
  const stop = new AbortController();
  const told: number[] = [];
  const ticking = setInterval(() => sim.advance(MINUTE_MS), 3);
  const context = { workspace: folder, now: Date.now, signal: stop.signal };
  try {
    const onBars = (_symbol: string, added: number, to: number): void => {
      told.push(added);
      if (to >= bars.closeTime[WANTED - 1]!) stop.abort();
    };
    const [line] = await followData(context, request, { onBars }, source);
    const rows = line!.rows;
    expect(rows).toBeGreaterThanOrEqual(WANTED);
    expect(line).toMatchObject({ symbol: "BTCUSDT", timeframe: "5m", added: rows - STORED });
    expect(told.reduce((sum, n) => sum + n, 0)).toBe(rows - STORED);
    const stored = await findBars(workspace, KEY);
    expect(stored!.sha256).toBe(barsSha256(sliceBars(bars, 0, rows)));
  } finally {
    clearInterval(ticking);
  }
});

test("there has to be something to go on from, and a stream", async () => {
  const context = { workspace: folder, now: Date.now };
  await expect(followData(context, request, {}, source)).rejects.toThrow(UsageError);
  const { streamBars: _, ...still } = source;
  await expect(followData(context, request, {}, still)).rejects.toThrow(/no stream of bars/);
  await expect(followData(context, { ...request, kind: "funding" }, {}, source)).rejects.toThrow(
    /no stream of funding/,
  );
});
