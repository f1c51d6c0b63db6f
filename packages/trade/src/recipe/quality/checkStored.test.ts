import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../../market/bars.ts";
import type { Market } from "../../market/index.ts";
import { importCsv, openWorkspace, readRepair, type Workspace, writeBars } from "../../store/index.ts";
import { QualityResponse } from "../../wire/quality.ts";
import { checkStored, type StoredReport } from "./checkStored.ts";
import { qualityOf } from "./qualityOf.ts";

const START = Date.UTC(2024, 0, 1);
const NOW = Date.UTC(2025, 0, 1);
let folder: string;
let workspace: Workspace;
const context = () => ({ workspace: folder, now: () => NOW });

/** Bars whose close goes up, down and nowhere by 0.1 %. */
function calm(symbol: string, starts: readonly number[], barMs: number): BarSeries {
  const bars = allocateBars(symbol, starts.length);
  starts.forEach((start, i) => {
    bars.closeTime[i] = start + barMs;
    bars.open[i] = 100;
    bars.close[i] = i % 3 === 1 ? 100.1 : 100;
    bars.high[i] = 101;
    bars.low[i] = 99;
    bars.volume[i] = 10;
  });
  return bars;
}
const put = (bars: BarSeries, timeframe: string, market: Market, source: string) =>
  writeBars(workspace, { symbol: bars.instrument, timeframe, market, source }, bars);
const every = (count: number, barMs: number): number[] =>
  Array.from({ length: count }, (_, i) => START + i * barMs);

/** Weekdays of January and February 2024 but New Year, Martin Luther King Day and Washington's Birthday. */
const closed = ["2024-01-01", "2024-01-15", "2024-02-19"].map((d) => Date.parse(d));
const sessions = every(60, DAY_MS).filter(
  (d) => ![0, 6].includes(new Date(d).getUTCDay()) && !closed.includes(d),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-quality-"));
  workspace = await openWorkspace(folder, { now: () => NOW });
  const spiked = calm("BTCUSDT", every(600, 5 * MINUTE_MS), 5 * MINUTE_MS);
  spiked.close[100] = 130;
  spiked.high[100] = 130;
  await put(spiked, "5m", "futures", "binanceusdm");
  const hours = calm("BTCUSDT", every(48, HOUR_MS), HOUR_MS);
  for (let i = 0; i < 48; i++) {
    hours.close[i] = (12 * i + 11) % 3 === 1 ? 100.1 : 100;
    hours.volume[i] = 120;
  }
  hours.high[8] = 130;
  hours.close[20] = 100.5;
  await put(hours, "1h", "futures", "binanceusdm");
  await put(calm("BTCUSDT", every(600, 5 * MINUTE_MS), 5 * MINUTE_MS), "5m", "spot", "binance");
  for (const symbol of ["AAA", "BBB", "CCC"])
    await put(calm(symbol, sessions, DAY_MS), "1d", "stock", "panel.csv");
  await put(
    calm(
      "DDD",
      sessions.slice(12, 30).filter((_, i) => i !== 5),
      DAY_MS,
    ),
    "1d",
    "stock",
    "panel.csv",
  );
  const file = join(folder, "BTCUSDT_funding.csv");
  const lines = every(30, 8 * HOUR_MS).map((t, i) => `${t + (i === 3 ? 7 : 0)},0.0001`);
  await writeFile(file, ["ts,fundingRate", ...lines].join("\n"));
  await importCsv(workspace, { file, market: "futures", kind: "funding" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const found = (report: StoredReport) =>
  Object.fromEntries(report.checks.filter((c) => c.count > 0).map((c) => [c.name, c.places]));

describe("checkStored", () => {
  test("days of a stock against the New York sessions and against its like", async () => {
    const [whole] = await checkStored(context(), { symbol: "AAA" });
    expect(found(whole!)).toEqual({});
    expect(whole).toMatchObject({
      missingShare: 0,
      ok: true,
      market: "stock",
      source: "panel.csv",
      repaired: null,
    });
    const [cut] = await checkStored(context(), { symbol: "ddd", timeframe: "1d" });
    expect(found(cut!)).toEqual({
      gaps: [isoTime(sessions[17]!)],
      lateStart: [isoTime(sessions[12]!)],
      stopped: [isoTime(sessions[29]!)],
    });
    // 1 of 18 days
    expect(cut!.missingShare).toBeCloseTo(1 / 18, 12);
    expect(cut!.ok).toBe(false);
  });

  test("a shorter series joined, another market, and a series that was named", async () => {
    const [report] = await checkStored(context(), { symbol: "BTCUSDT", timeframe: "1h" });
    const [joined] = report!.comparisons;
    expect(joined).toMatchObject({ name: "futures 5m joined", common: 48, differing: 1, medianRatio: 1 });
    expect(found(report!)).toMatchObject({ disagreement: ["2024-01-01T20:00:00Z"] });
    const [five] = await checkStored(context(), { symbol: "BTCUSDT", timeframe: "5m", market: "futures" });
    expect(five!.comparisons).toMatchObject([{ name: "spot 5m", common: 600, differing: 1 }]);
    const request = { symbol: "BTCUSDT", timeframe: "1h", against: "spot:BTCUSDT@5m" };
    const [named] = await checkStored(context(), request);
    expect(named!.comparisons.map((c) => c.name)).toEqual(["futures 5m joined", "spot 5m joined"]);
  });

  test("funding, with what the import moved onto the hour", async () => {
    const reports = await checkStored(context(), { symbol: "BTCUSDT" });
    const funding = reports.find((r) => r.kind === "funding")!;
    expect(found(funding)).toEqual({ offHour: ["2024-01-02T00:00:00Z"] });
    expect(funding.checks.find((c) => c.name === "offHour")!.findings[0]!.note).toBe(
      "up to 7 ms beside the hour (BTCUSDT_funding.csv)",
    );
    expect(funding.ok).toBe(true);
  });

  test("bars from before a universe's listing date", async () => {
    const universe = join(folder, "mine.csv");
    await writeFile(universe, "symbol,market,listed,known\nAAA,stock,2024-01-04,2024-01-04\n");
    const [report] = await checkStored(context(), { symbol: "AAA", universe });
    expect(found(report!)).toEqual({ beforeListing: ["2024-01-02T00:00:00Z"] });
    expect(report!.checks.find((c) => c.name === "beforeListing")).toMatchObject({
      count: 2,
      severity: "error",
    });
    expect(report!.ok).toBe(false);
    const [other] = await checkStored(context(), { symbol: "BBB", universe });
    expect(found(other!)).toEqual({});
  });

  test("what cannot be meant", async () => {
    await expect(checkStored(context(), { symbol: "ETHUSDT" })).rejects.toThrow(
      new DataError("no bars of ETHUSDT are stored: see ./orion data list"),
    );
    const against = (text: string, symbol?: string) =>
      checkStored(context(), { against: text, ...(symbol === undefined ? {} : { symbol }) });
    await expect(against("BTCUSDT@5m", "BTCUSDT")).rejects.toThrow(
      /may be futures:BTCUSDT@5m or spot:BTCUSDT@5m: say which/,
    );
    await expect(against("spot:BTCUSDT@5m")).rejects.toThrow(UsageError);
    await expect(against("a:b:c", "BTCUSDT")).rejects.toThrow(/not understood/);
    await expect(against("ETHUSDT", "BTCUSDT")).rejects.toThrow(DataError);
    await expect(against("AAA@1d", "BTCUSDT")).rejects.toThrow(/has to share times with what is checked/);
    await expect(checkStored(context(), { market: "bazaar" })).rejects.toThrow(UsageError);
  });
});

describe("--repair", () => {
  const request = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" };
  const key = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" as const };
  const raw = () => readFile(join(folder, "bars/futures/BTCUSDT/5m.parquet")).then((b) => sha256(b));

  test("the spike is dropped beside the raw bars, which stay; a journal says what and why", async () => {
    const before = await raw();
    const [report] = await checkStored(context(), { ...request, repair: true });
    expect(await raw()).toBe(before);
    expect(report).toMatchObject({
      rows: 600,
      repaired: { rows: 599, droppedBars: 1, movedBars: 0, proposals: 0, outdated: false, isNew: true },
    });
    expect(found(report!)).toMatchObject({ spikes: ["2024-01-01T08:20:00Z"] });
    expect(report!.repaired!.checks.filter((c) => c.count > 0).map((c) => c.name)).toEqual(["gaps"]);
    const lines = (await readFile(report!.repaired!.journal, "utf8"))
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l));
    expect(lines[0]).toMatchObject({ rawRows: 600, rows: 599, symbol: "BTCUSDT" });
    expect(lines.slice(1).map((l) => [l.time, l.column, l.before, l.after])).toEqual(
      [
        ["open", 100],
        ["high", 130],
        ["low", 99],
        ["close", 130],
        ["volume", 10],
      ].map(([column, value]) => ["2024-01-01T08:20:00Z", column, value, null]),
    );
  });

  test("what needs none gets none; bars that changed since make it outdated; damage is told", async () => {
    const [clean] = await checkStored(context(), { symbol: "AAA", repair: true });
    expect(clean!.repaired).toBeNull();
    const [again] = await checkStored(context(), request);
    expect(again!.repaired).toMatchObject({ rows: 599, isNew: false, outdated: false });
    const stored = (await readRepair(workspace, key))!;
    expect(stored.journal).toHaveLength(5);
    await put(calm("BTCUSDT", every(610, 5 * MINUTE_MS), 5 * MINUTE_MS), "5m", "futures", "binanceusdm");
    expect((await checkStored(context(), request))[0]!.repaired).toMatchObject({ outdated: true });
    await writeFile(stored.journalPath, "no journal\n");
    await expect(checkStored(context(), request)).rejects.toThrow(
      /journal\.jsonl, line 1 is no entry of a repair/,
    );
    await rm(stored.journalPath);
    await expect(readRepair(workspace, key)).rejects.toThrow(
      /is missing: run \.\/orion data check --repair again/,
    );
    await rm(stored.path);
    expect(await readRepair(workspace, key)).toBeNull();
  });
});

test("qualityOf: places to draw, in the shape of the wire", async () => {
  const quality = await qualityOf(context(), { symbol: "DDD" });
  expect(QualityResponse.parse(quality)).toEqual(quality);
  expect(quality).toMatchObject({
    symbol: "DDD",
    timeframe: "1d",
    market: "stock",
    ok: false,
    placesLeftOut: 0,
  });
  expect(quality.places.map((p) => [p.kind, p.severity, p.count])).toEqual([
    ["lateStart", "note", 1],
    ["gaps", "warning", 1],
    ["stopped", "warning", 1],
  ]);
  expect(quality.places[1]).toMatchObject({
    from: isoTime(sessions[17]!),
    to: isoTime(sessions[17]! + DAY_MS),
  });
  await expect(qualityOf(context(), { symbol: "NONE" })).rejects.toThrow(DataError);
});
