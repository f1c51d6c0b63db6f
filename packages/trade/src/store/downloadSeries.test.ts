import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { SeriesKind } from "../market/instrument.ts";
import { binanceSource } from "../market/sources/binance.ts";
import type { Source } from "../market/sources/source.ts";
import { servedBars, tenthsBars } from "../market/sources/testing/servedBars.ts";
import { barsSha256 } from "./barColumns.ts";
import { downloadSeries } from "./downloadSeries.ts";
import { readFunding } from "./fundingStore.ts";
import { listSeries } from "./listSeries.ts";
import { readOpenInterest, stageOpenInterest } from "./openInterestStore.ts";
import { readBars } from "./readBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const START = Date.UTC(2024, 2, 4);
const NOW = START + 20 * DAY_MS + MINUTE_MS;
const time = Float64Array.from({ length: 1200 }, (_, i) => START + i * 30 * MINUTE_MS);
const interest = {
  symbol: "BTCUSDT",
  time,
  contracts: time.map((_, i) => 70_000 + (i % 89) / 4),
  value: time.map((_, i) => 3e9 + i),
};
const funding = {
  symbol: "BTCUSDT",
  time: Float64Array.from({ length: 90 }, (_, i) => START + i * 8 * HOUR_MS),
  rate: Float64Array.from({ length: 90 }, (_, i) => ((i % 13) - 6) / 1e4),
};
const marks = tenthsBars("BTCUSDT", 8 * HOUR_MS, START, 90);

let sim: VenueSim;
let source: Source;
let workspace: Workspace;

beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-series-")));
  sim = await startVenueSim({
    venues: ["binance"],
    now: NOW,
    series: [
      servedBars(tenthsBars("BTCUSDT", HOUR_MS, START, 720), "1h", "futures"),
      servedBars(marks, "8h", "futures", "mark"),
    ],
    funding: [funding],
    openInterest: [interest],
  });
  source = binanceSource("binanceusdm", {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 250,
    retry: { random: () => 0.5, sleep: async () => undefined },
  });
});
afterEach(async () => {
  await sim.close();
  await rm(workspace.dir, { recursive: true, force: true });
});

const timeframes: Record<SeriesKind, string> = { bars: "1h", mark: "8h", funding: "8h", openInterest: "30m" };
const kinds = Object.keys(timeframes) as SeriesKind[];
const download = (kind: SeriesKind, since?: number, until?: number) =>
  downloadSeries(workspace, source, kind, {
    symbol: "BTCUSDT",
    timeframe: timeframes[kind],
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  });

test("every kind is stored, listed and read back as the venue has it", async () => {
  for (const kind of kinds) await download(kind, START);
  expect((await listSeries(workspace)).map((s) => [s.kind, s.timeframe, s.rows, s.source])).toEqual([
    ["bars", "1h", 480, "binanceusdm"],
    ["funding", null, 61, "binanceusdm"],
    ["mark", "8h", 60, "binanceusdm"],
    ["openInterest", "30m", 961, "binanceusdm"],
  ]);
  const key = { symbol: "BTCUSDT", timeframe: "8h" };
  expect((await readFunding(workspace, key)).rate).toEqual(funding.rate.slice(0, 61));
  const mark = await readBars(workspace, { ...key, kind: "mark" });
  expect([mark.close, mark.volume[0]]).toEqual([marks.close.slice(0, 60), Number.NaN]);
  const part = await readOpenInterest(workspace, { ...key, timeframe: "30m" }, { from: START + HOUR_MS });
  expect(part.contracts).toEqual(interest.contracts.slice(2, 961));
});

test.each<[string, readonly Fault[]]>([
  ["429", [{ kind: "429", at: [0, 2, 4] }]],
  ["5xx", [{ kind: "5xx", at: [1, 3, 5] }]],
  ["cut", [{ kind: "cut", at: [0, 2, 4] }]],
  ["reset", [{ kind: "reset", at: [1, 3] }]],
  ["garbage", [{ kind: "garbage", at: [0, 2, 4] }]],
  ["html", [{ kind: "html", at: [1, 3, 5] }]],
  ["hang", [{ kind: "hang", at: [3] }]],
])("under fault '%s' each kind is byte-equal to a run without", async (_, faults) => {
  const shas: Record<SeriesKind, string> = {
    bars: barsSha256(tenthsBars("BTCUSDT", HOUR_MS, START, 480)),
    mark: barsSha256(tenthsBars("BTCUSDT", 8 * HOUR_MS, START, 60), "mark"),
    funding: sha256(funding.time.slice(0, 61), funding.rate.slice(0, 61)),
    openInterest: sha256(time.slice(0, 961), interest.contracts.slice(0, 961), interest.value.slice(0, 961)),
  };
  for (const kind of kinds) {
    sim.setFaults(faults);
    expect([kind, (await download(kind, START)).stored?.sha256]).toEqual([kind, shas[kind]]);
  }
});

test.each(kinds)("%s go on from the last stored row", async (kind) => {
  await download(kind, START + DAY_MS, START + 10 * DAY_MS);
  const seen = sim.requests.length;
  const more = await download(kind);
  expect(more.added).toBeGreaterThan(0);
  const asked = sim.requests.slice(seen).filter((r) => r.query.startTime !== undefined);
  expect(Math.min(...asked.map((r) => Number(r.query.startTime)))).toBeGreaterThan(START + 9 * DAY_MS);
  expect((await download(kind)).added).toBe(0);
  // and from before the first one
  const { stored } = await download(kind, START);
  expect(stored).toMatchObject({
    rows: { bars: 480, mark: 60, funding: 61, openInterest: 961 }[kind],
    from: START,
  });
});

test("a kind that the source does not have, or nothing to go on from, is a usage error", async () => {
  for (const kind of kinds) await expect(download(kind)).rejects.toThrow(UsageError);
  const spot = binanceSource("binance");
  const request = { symbol: "BTCUSDT", timeframe: "1h", since: START };
  for (const kind of ["mark", "funding", "openInterest"] as const) {
    await expect(downloadSeries(workspace, spot, kind, request)).rejects.toThrow(/^binance has no /);
  }
});

test("open interest that differs from what is stored is not written", async () => {
  await download("openInterest", START);
  const key = { symbol: "BTCUSDT", timeframe: "30m", market: "futures", source: "t" } as const;
  const row = (contracts: number) => ({
    instrument: "BTCUSDT",
    length: 1,
    time: time.slice(5, 6),
    contracts: Float64Array.of(contracts),
    value: interest.value.slice(5, 6),
  });
  await expect(stageOpenInterest(workspace, key, row(1))).rejects.toThrow(/2024-03-04T02:30:00Z differs/);
  expect((await stageOpenInterest(workspace, key, row(interest.contracts[5]!))).staged).toBeNull();
});
