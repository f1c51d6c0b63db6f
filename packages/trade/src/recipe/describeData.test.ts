import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkspace, type Workspace, writeBars } from "../store/index.ts";
import { DataResponse, SourcesResponse } from "../wire/data.ts";
import { behindAt, describeData } from "./describeData.ts";
import { describeSources } from "./describeSources.ts";
import { madeBars } from "./testing/madeBars.ts";

const at = (text: string): number => Date.parse(text);

describe("how far a series is behind", () => {
  it("crypto: every bar that has closed since is due", () => {
    const behind = behindAt(at("2024-05-14T15:47:10Z"));
    // 15:40 is stored; 15:45 has closed, 15:50 has not
    expect(behind({ market: "futures", timeframe: "5m", to: at("2024-05-14T15:40:00Z") })).toEqual({
      due: "2024-05-14T15:45:00Z",
      behindSeconds: 300,
      behindBars: 1,
    });
    expect(behind({ market: "spot", timeframe: "1h", to: at("2024-05-14T15:00:00Z") }).behindBars).toBe(0);
    expect(behind({ market: "spot", timeframe: "1h", to: null }).due).toBeNull();
  });

  it("funding: every eight hours", () => {
    const behind = behindAt(at("2024-05-14T15:47:10Z"));
    const funding = behind({ market: "futures", timeframe: null, to: at("2024-05-14T00:00:00Z") });
    expect(funding).toEqual({ due: "2024-05-14T08:00:00Z", behindSeconds: 8 * 3600, behindBars: 1 });
  });

  it("stocks: a weekend and a holiday owe nothing", () => {
    // Friday 2024-05-24 to Tuesday 2024-05-28: Monday is Memorial Day, nyse.com/markets/hours-calendars
    const friday = at("2024-05-25T00:00:00Z");
    const monday = behindAt(at("2024-05-27T20:00:00Z"));
    expect(monday({ market: "stock", timeframe: "1d", to: friday })).toEqual({
      due: "2024-05-25T00:00:00Z",
      behindSeconds: 0,
      behindBars: 0,
    });
    // the same day stamped with the session's close is as fresh
    expect(monday({ market: "stock", timeframe: "1d", to: at("2024-05-24T20:00:00Z") })).toEqual({
      due: "2024-05-24T20:00:00Z",
      behindSeconds: 0,
      behindBars: 0,
    });
    const wednesday = behindAt(at("2024-05-29T01:00:00Z"));
    expect(wednesday({ market: "stock", timeframe: "1d", to: friday })).toMatchObject({
      due: "2024-05-29T00:00:00Z",
      behindBars: 1,
    });
  });

  it("stocks within the day: a session of 09:30 to 16:00 New York time has 78 bars of five minutes", () => {
    const evening = behindAt(at("2024-05-28T23:00:00Z"));
    const friday = at("2024-05-24T20:00:00Z");
    expect(evening({ market: "stock", timeframe: "5m", to: friday })).toMatchObject({
      due: "2024-05-28T20:00:00Z",
      behindBars: 78,
    });
  });

  it("more than a year is told as time alone", () => {
    const behind = behindAt(at("2024-05-28T23:00:00Z"));
    const old = behind({ market: "stock", timeframe: "1d", to: at("2020-01-03T00:00:00Z") });
    expect(old.behindBars).toBeNull();
    // Friday's bar is the newest: Monday is a holiday, Tuesday's ends at midnight
    expect(old.due).toBe("2024-05-25T00:00:00Z");
    expect(old.behindSeconds).toBe(1604 * 86_400);
    expect(
      behind({ market: "stock", timeframe: "1d", to: at("1990-01-03T00:00:00Z") }).behindBars,
    ).toBeNull();
  });
});

describe("what is stored", () => {
  let folder: string;
  let workspace: Workspace;
  const now = at("2024-03-01T00:00:00Z");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "orion-data-"));
    workspace = await openWorkspace(folder, { now: () => now });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is told with its bytes, in one file or in parts, and its source", async () => {
    const client = { name: "ccxt", version: "4.5.84" };
    const start = at("2024-01-01T00:00:00Z");
    const bars = madeBars("BTCUSDT", start, 3600_000, 1200);
    const one = await writeBars(
      workspace,
      { symbol: "BTCUSDT", timeframe: "1h", market: "futures", source: "binanceusdm", client },
      bars,
    );
    await writeBars(
      workspace,
      { symbol: "ETHUSDT", timeframe: "1h", market: "spot", source: "a.csv" },
      madeBars("ETHUSDT", start, 3600_000, 1200),
      { fileRows: 500 },
    );
    const told = DataResponse.parse(await describeData({ workspace: folder, now: () => now }));
    const [futures, spot] = told.series;
    expect(futures).toMatchObject({
      ...{ symbol: "BTCUSDT", market: "futures", kind: "bars", timeframe: "1h", rows: 1200 },
      ...{ from: "2024-01-01T00:00:00Z", to: "2024-02-20T00:00:00Z", due: "2024-03-01T00:00:00Z" },
      ...{ source: "binanceusdm", client: "ccxt 4.5.84", storedAt: "2024-03-01T00:00:00Z" },
      ...{ bytes: (await stat(one.path)).size, behindBars: 240 },
    });
    expect(spot).toMatchObject({ symbol: "ETHUSDT", client: null });
    const parts = (await readdir(join(folder, "bars/spot/ETHUSDT/1h"))).map((name) =>
      join("bars/spot/ETHUSDT/1h", name),
    );
    expect(parts.length).toBeGreaterThan(1);
    const sizes = await Promise.all(parts.map(async (name) => (await stat(join(folder, name))).size));
    expect(spot!.bytes).toBe(sizes.reduce((sum, size) => sum + size));
    expect(told.bytes).toBe(futures!.bytes + spot!.bytes);
  });

  it("nothing is an empty list", async () => {
    expect(await describeData({ workspace: folder, now: () => now })).toEqual({
      time: "2024-03-01T00:00:00Z",
      series: [],
      bytes: 0,
    });
  });

  it("sources and universes", async () => {
    const told = SourcesResponse.parse(await describeSources({ workspace: folder, now: () => now }, {}));
    expect(told.sources.find((s) => s.name === "binance")).toMatchObject({ market: "spot", missing: null });
    expect(told.sources.find((s) => s.name === "alpaca")).toMatchObject({
      market: "stock",
      missing: expect.stringContaining("set APCA_API_KEY_ID and APCA_API_SECRET_KEY"),
    });
    const env = { APCA_API_KEY_ID: "a", APCA_API_SECRET_KEY: "b" };
    const withKeys = await describeSources({ workspace: folder, now: () => now }, env);
    expect(withKeys.sources.find((s) => s.name === "alpaca")!.missing).toBeNull();
    expect(withKeys.sources.find((s) => s.name === "schwab")!.missing).toContain("SCHWAB_CLIENT_ID");
    expect(told.universes.map((u) => [u.name, u.stock.length, u.spot.length])).toEqual([
      ["small", 7, 3],
      ["medium", 50, 10],
      // a pair that could only be known later is not in it yet
      ["large", expect.any(Number), 49],
    ]);
  });
});
