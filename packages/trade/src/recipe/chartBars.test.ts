import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { DAY_MS, HOUR_MS } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { barsWhere } from "../market/pickBars.ts";
import { openWorkspace, writeBars } from "../store/index.ts";
import { BarsQuery, BarsResponse } from "../wire/bars.ts";
import { readChartBars } from "./chartBars.ts";
import { madeBars } from "./testing/madeBars.ts";

const START = Date.UTC(2024, 0, 1);
const ROWS = 1000;
let folder: string;
const ask = async (query: object): Promise<BarsResponse> =>
  BarsResponse.parse(await readChartBars({ workspace: folder, now: () => 0 }, BarsQuery.parse(query)));

/** Weeks of five days of seven hours: what a stock's bars look like. */
function sessions(bars: BarSeries): BarSeries {
  return barsWhere(bars, (row) => {
    const start = new Date(bars.closeTime[row]! - HOUR_MS);
    const isDay = start.getUTCDay() !== 0 && start.getUTCDay() !== 6;
    return isDay && start.getUTCHours() >= 14 && start.getUTCHours() < 21;
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-chart-"));
  const workspace = await openWorkspace(folder);
  const hours = { timeframe: "1h", source: "test" } as const;
  await writeBars(
    workspace,
    { symbol: "BTCUSDT", market: "futures", ...hours },
    madeBars("BTCUSDT", START, HOUR_MS, ROWS),
  );
  await writeBars(
    workspace,
    { symbol: "BTCUSDT", market: "spot", ...hours },
    madeBars("BTCUSDT", START, HOUR_MS, 10),
  );
  const mark = madeBars("BTCUSDT", START, HOUR_MS, 20);
  await writeBars(
    workspace,
    { symbol: "BTCUSDT", market: "futures", kind: "mark", ...hours },
    { ...mark, volume: mark.volume.fill(Number.NaN) },
  );
  await writeBars(
    workspace,
    { symbol: "SPY", market: "stock", ...hours },
    sessions(madeBars("SPY", START, HOUR_MS, ROWS)),
  );
  // two days with a year between them
  const late = madeBars("GAP", START + 365 * DAY_MS, HOUR_MS, 24);
  const early = madeBars("GAP", START, HOUR_MS, 24);
  const both = (name: "closeTime" | "open" | "high" | "low" | "close" | "volume") =>
    Float64Array.from([...early[name], ...late[name]]);
  await writeBars(
    workspace,
    { symbol: "GAP", market: "spot", ...hours },
    {
      ...{ instrument: "GAP", length: 48, closeTime: both("closeTime"), open: both("open") },
      ...{ high: both("high"), low: both("low"), close: both("close"), volume: both("volume") },
    },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("pages back and on without losing or repeating a bar, whatever the page", async () => {
  const whole = await ask({ symbol: "SPY", timeframe: "1h", limit: 5000 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 7, max: 120 }), async (limit) => {
      let page = await ask({ symbol: "SPY", timeframe: "1h", limit });
      const back = [...page.time];
      while (page.hasOlder) {
        page = await ask({ symbol: "SPY", timeframe: "1h", to: String(back[0]), limit });
        expect(page.time.length).toBeGreaterThan(0);
        back.unshift(...page.time);
      }
      expect(back).toEqual(whole.time);
      page = await ask({ symbol: "SPY", timeframe: "1h", side: "oldest", limit });
      const on = [...page.time];
      while (page.hasNewer) {
        const from = String(on.at(-1)! + HOUR_MS);
        page = await ask({ symbol: "SPY", timeframe: "1h", side: "oldest", from, limit });
        on.push(...page.time);
      }
      expect(on).toEqual(whole.time);
    }),
    { numRuns: 6 },
  );
});

it("nights, weekends and gaps of a year do not make a page empty or short", async () => {
  const page = await ask({ symbol: "SPY", timeframe: "1h", limit: 100 });
  expect(page.time).toHaveLength(100);
  const late = await ask({ symbol: "GAP", timeframe: "1h", limit: 24 });
  expect(late).toMatchObject({ hasOlder: true, hasNewer: false });
  const early = await ask({ symbol: "GAP", timeframe: "1h", to: String(late.time[0]), limit: 24 });
  expect(early.time[0]).toBe(START);
  expect(early.time).toHaveLength(24);
  expect(early).toMatchObject({ hasOlder: false, hasNewer: true });
});

it("joins to longer bars and says when no whole one is left", async () => {
  const page = await ask({ symbol: "BTCUSDT", market: "futures", timeframe: "4h", limit: 5000 });
  // 1000 hours are 250 whole bars of four
  expect(page.time).toHaveLength(250);
  expect(page).toMatchObject({ storedTimeframe: "1h", hasOlder: false, hasNewer: false });
  // rows 0 to 3: open of the first, close of the last, volumes 10 + 11 + 12 + 13
  expect([page.open[0], page.high[0], page.low[0], page.close[0], page.volume[0]]).toEqual([
    100, 105, 99, 104, 46,
  ]);
});

it("takes the market and the kind that are asked for", async () => {
  expect((await ask({ symbol: "BTCUSDT", market: "spot", timeframe: "1h" })).time).toHaveLength(10);
  const mark = await ask({ symbol: "BTCUSDT", kind: "mark", timeframe: "1h" });
  expect(mark.time).toHaveLength(20);
  expect(mark.volume).toEqual([]);
  await expect(ask({ symbol: "BTCUSDT", market: "stock" })).rejects.toThrow(DataError);
  await expect(ask({ symbol: "SPY", kind: "mark" })).rejects.toThrow("no mark prices of SPY");
  await expect(ask({ symbol: "SPY", timeframe: "5m" })).rejects.toThrow("stored at 1h");
});

it("a range before the first bar is empty", async () => {
  const page = await ask({ symbol: "SPY", timeframe: "1h", to: String(START - DAY_MS) });
  expect(page).toMatchObject({ time: [], hasOlder: false });
});
