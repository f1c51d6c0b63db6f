import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVenueSim } from "@orion/venue-sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkspace, writeBars } from "../store/index.ts";
import { simulateVenue } from "./simulateVenue.ts";

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 2);

describe("simulateVenue", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "orion-sim-"));
    const workspace = await openWorkspace(dir, { now: () => START });
    const bars = (instrument: string, closeTime: Float64Array) => {
      const price = closeTime.map((_, i) => 100 + i);
      const high = price.map((p) => p + 1);
      const low = price.map((p) => p - 1);
      const volume = price.map(() => 1000);
      return { instrument, length: price.length, closeTime, open: price, high, low, close: price, volume };
    };
    const days = Float64Array.from({ length: 3 }, (_, i) => START + (i + 1) * DAY);
    for (const symbol of ["AAPL", "VIX"]) {
      await writeBars(
        workspace,
        { symbol, timeframe: "1d", market: "stock", source: "made" },
        bars(symbol, days),
      );
    }
    const hours = Float64Array.from({ length: 72 }, (_, i) => START + (i + 1) * 3_600_000);
    await writeBars(
      workspace,
      { symbol: "BTCUSDT", timeframe: "1h", market: "spot", source: "made" },
      bars("BTCUSDT", hours),
    );
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const ask = (sources: string[], more: object = {}) =>
    simulateVenue({ workspace: dir, now: () => START }, { sources, fromStore: true, ...more });

  test("what is stored is what the venues serve, under each venue's names", async () => {
    const record = await ask(["binanceusdm", "yahoo", "alpaca"]);
    expect(record.venues).toEqual(["binance", "yahoo", "alpaca"]);
    expect([record.now, record.end]).toEqual([START + 2 * DAY, START + 3 * DAY]);
    const sim = await startVenueSim({ ...record, now: record.end });
    try {
      const klines = await fetch(
        `${sim.url("binance")}/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${START}`,
      );
      const rows = (await klines.json()) as [number, string, string, string, string][];
      expect(rows.map((r) => [r[0], Number(r[4])])).toEqual(
        Array.from({ length: 72 }, (_, i) => [START + i * 3_600_000, 100 + i]),
      );
      for (const [symbol, status] of [
        ["AAPL", 200],
        ["%5EVIX", 200],
        ["VIX", 404],
      ]) {
        const chart = await fetch(`${sim.url("yahoo")}/v8/finance/chart/${symbol}?range=max&interval=1d`);
        expect([symbol, chart.status]).toEqual([symbol, status]);
      }
    } finally {
      await sim.close();
    }
  });

  test("the sample needs no store", async () => {
    const record = await ask(["binance"], { fromStore: false });
    expect(record.series.map((s) => [s.symbol, s.market, s.timeframe])).toEqual([
      ["BTCUSDT", "futures", "5m"],
    ]);
    await expect(ask(["yahoo"], { fromStore: false })).rejects.toThrow(/add --from-store/);
  });

  test("says in a line what cannot be served", async () => {
    await expect(ask(["kraken"])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/kraken/),
    });
    await expect(ask(["binance"], { symbols: ["NOPE"] })).rejects.toMatchObject({ exitCode: 3 });
    await expect(ask(["binance"], { symbols: ["AAPL"] })).rejects.toThrow(/no bars that binance could serve/);
    await expect(ask(["binance"], { at: "2001-01-01" })).rejects.toMatchObject({ exitCode: 2 });
  });
});
