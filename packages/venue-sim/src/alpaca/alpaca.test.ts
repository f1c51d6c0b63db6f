import { Alpaca } from "@alpacahq/alpaca-trade-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVenueSim, type VenueSim } from "../index.ts";
import { usSession } from "../session.ts";
import { madeSeries } from "../testing/madeSeries.ts";
import { madeDaily } from "../testing/stockTestData.ts";

const START = Date.UTC(2024, 0, 2);
const aapl = madeDaily("AAPL", START, 300, 3);
const msft = madeDaily("MSFT", START, 300, 4);
const opening = usSession(START)!.open;
const minutes = madeSeries("stock", "SPY", "1m", opening, 390, 60_000, 5);
const actions = [{ symbol: "AAPL", splits: [{ time: aapl.openTime[100]!, numerator: 4, denominator: 1 }] }];
const keys = { alpaca: { keyId: "PKTEST", secret: "secret" } };

describe("Alpaca", () => {
  let sim: VenueSim;
  beforeAll(async () => {
    const session = usSession(aapl.openTime[250]!)!;
    sim = await startVenueSim({
      venues: ["alpaca"],
      series: [aapl, msft, minutes],
      actions,
      keys,
      now: (session.open + session.close) / 2,
    });
  });
  afterAll(() => sim.close());

  const client = (keyId = "PKTEST", secret = "secret"): Alpaca =>
    new Alpaca({
      keyId,
      secret,
      retry: false,
      rateLimit: false,
      fetchApi: (input: string | URL | Request, init?: RequestInit) => {
        const url = new URL(input instanceof Request ? input.url : input);
        return fetch(sim.url("alpaca") + url.pathname + url.search, init);
      },
    });

  test("the library pages through several symbols and gets every bar once, as recorded", async () => {
    const { stocks } = client().marketData;
    const got: { symbol: string; t: number; row: number[] }[] = [];
    let pageToken: string | undefined;
    let pages = 0;
    do {
      const page = await stocks.stockBars({
        symbols: "AAPL,MSFT,NOSUCH",
        timeframe: "1Day",
        start: new Date(START - 86_400_000),
        limit: 70,
        ...(pageToken ? { pageToken } : {}),
      });
      pages++;
      for (const [symbol, bars] of Object.entries(page.bars)) {
        for (const b of bars)
          got.push({ symbol, t: new Date(b.t).getTime(), row: [b.o, b.h, b.l, b.c, b.v] });
      }
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken);
    expect(pages).toBe(Math.ceil(502 / 70));
    for (const [symbol, series] of [
      ["AAPL", aapl],
      ["MSFT", msft],
    ] as const) {
      const rows = got.filter((g) => g.symbol === symbol);
      expect(rows).toHaveLength(251);
      expect(rows.slice(0, 250).map((r) => r.row)).toEqual(
        Array.from({ length: 250 }, (_, i) => [
          series.open[i],
          series.high[i],
          series.low[i],
          series.close[i],
          series.volume[i],
        ]),
      );
      // docs.alpaca.markets: daily bars are stamped 00:00 in New York, 05:00 UTC in winter and 04:00 in summer
      expect(new Date(rows[0]!.t).toISOString()).toBe("2024-01-02T05:00:00.000Z");
      expect(new Date(rows[120]!.t).toISOString()).toMatch(/T04:00:00/);
      expect(rows[250]!.row[4]).toBeLessThan(series.volume[250]!);
    }
  });

  test("adjusts for splits when asked", async () => {
    const page = await client().marketData.stocks.stockBarSingle({
      symbol: "AAPL",
      timeframe: "1Day",
      start: new Date(START),
      limit: 200,
      adjustment: "split",
    });
    expect(page.bars[99]!.c).toBeCloseTo(aapl.close[99]! / 4, 6);
    expect(page.bars[99]!.v).toBe(aapl.volume[99]! * 4);
    expect(page.bars[100]!.c).toBe(aapl.close[100]);
  });

  test("minute bars in both orders, and as hours", async () => {
    const ask = (timeframe: string, sort: "asc" | "desc") =>
      client().marketData.stocks.stockBarSingle({
        symbol: "SPY",
        timeframe,
        start: new Date(opening),
        end: new Date(opening + 119 * 60_000),
        sort,
      });
    const up = await ask("1Min", "asc");
    const down = await ask("1Min", "desc");
    expect(up.bars).toHaveLength(120);
    expect([...down.bars].reverse()).toEqual(up.bars);
    expect(up.bars[7]!.c).toBe(minutes.close[7]);
    // hours lie on the clock's hours: 15:00 UTC holds the minutes 30 to 89 of a session that opens at 14:30
    const hours = await ask("1Hour", "asc");
    const hour = hours.bars.find((b) => b.t.toISOString() === "2024-01-02T15:00:00.000Z")!;
    expect(hour.h).toBe(Math.max(...minutes.high.subarray(30, 90)));
  });

  test("latest quote, trade, bar, snapshot, assets, calendar and clock parse", async () => {
    const alpaca = client();
    const quotes = await alpaca.marketData.stocks.stockLatestQuotes({ symbols: "AAPL" });
    const quote = Object.values(quotes.quotes)[0]!;
    const trades = await alpaca.marketData.stocks.stockLatestTrades({ symbols: "AAPL" });
    const trade = Object.values(trades.trades)[0]!;
    expect(quote.bp).toBeLessThan(trade.p);
    expect(quote.ap).toBeGreaterThan(trade.p);
    const snapshot = await alpaca.marketData.stocks.stockSnapshotSingle({ symbol: "AAPL" });
    expect(snapshot.prevDailyBar?.c).toBe(aapl.close[249]);
    const assets = await alpaca.trading.assets.getV2Assets();
    expect(assets.map((a) => a.symbol)).toEqual(["AAPL", "MSFT", "SPY"]);
    await expect(
      alpaca.trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: "NOSUCH" }),
    ).rejects.toMatchObject({ status: 404 });
    // nyse.com/markets/hours-calendars, 2024: closed on 4 July, closes at 13:00 on 3 July and 29 November
    const calendar = await alpaca.trading.calendar.legacyCalendar({
      start: new Date("2024-07-02"),
      end: new Date("2024-07-05"),
    });
    expect(calendar.map((d) => [d.date.toISOString().slice(0, 10), d.open, d.close])).toEqual([
      ["2024-07-02", "09:30", "16:00"],
      ["2024-07-03", "09:30", "13:00"],
      ["2024-07-05", "09:30", "16:00"],
    ]);
    const clock = await alpaca.trading.clock.legacyClock();
    expect(clock.isOpen).toBe(true);
    expect(clock.timestamp?.getTime()).toBe(Math.floor(sim.now / 1000) * 1000);
  });

  test("wrong keys are 403, missing ones 401, bad words 400", async () => {
    await expect(
      client("PKTEST", "wrong").marketData.stocks.stockLatestTrades({ symbols: "AAPL" }),
    ).rejects.toMatchObject({ status: 403 });
    const bare = await fetch(`${sim.url("alpaca")}/v2/stocks/bars?symbols=AAPL&timeframe=1Day`);
    expect(bare.status).toBe(401);
    const headers = { "apca-api-key-id": "PKTEST", "apca-api-secret-key": "secret" };
    for (const query of [
      "timeframe=1Day",
      "symbols=AAPL",
      "symbols=AAPL&timeframe=7Days",
      "symbols=a%20b&timeframe=1Day",
      "symbols=AAPL&timeframe=1Day&page_token=zzz",
      "symbols=AAPL&timeframe=1Day&start=lately",
      "symbols=AAPL&timeframe=1Day&limit=0",
    ]) {
      const answer = await fetch(`${sim.url("alpaca")}/v2/stocks/bars?${query}`, { headers });
      expect([query, answer.status]).toEqual([query, 400]);
      expect(await answer.json()).toHaveProperty("message");
    }
  });
});
