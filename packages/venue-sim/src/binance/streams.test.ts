import { pro } from "ccxt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, startVenueSim, type VenueSim } from "../index.ts";
import { ccxtAt } from "../testing/ccxtAt.ts";
import { Listener } from "../testing/listener.ts";
import { madeSeries } from "../testing/madeSeries.ts";

const MINUTE = 60_000;
const START = Date.UTC(2024, 2, 4);
const spot = madeSeries("spot", "BTCUSDT", "1m", START, 300, MINUTE);
const futures = madeSeries("futures", "BTCUSDT", "1m", START, 300, MINUTE, 8);

interface Kline {
  e: string;
  E: number;
  k: { t: number; x: boolean; o: string; h: string; l: string; c: string; v: string };
}

describe("Binance streams", () => {
  let sim: VenueSim;
  const open: Listener[] = [];
  beforeEach(async () => {
    sim = await startVenueSim({ venues: ["binance"], series: [spot, futures], now: START + 100 * MINUTE });
  });
  afterEach(async () => {
    for (const listener of open.splice(0)) listener.end();
    await sim.close();
  });

  const listen = async (path: string, stream: "binance" | "binanceusdm" = "binance"): Promise<Listener> => {
    const listener = await Listener.open(sim.streamUrl(stream) + path);
    open.push(listener);
    return listener;
  };
  const klines = async (faults: readonly Fault[], minutes: number): Promise<Kline[]> => {
    const listener = await listen("/ws/btcusdt@kline_1m");
    sim.setFaults(faults);
    sim.advance(minutes * MINUTE);
    await listener.settle();
    return listener.messages as Kline[];
  };

  test.each([
    ["binance", "BTC/USDT", spot],
    ["binanceusdm", "BTC/USDT:USDT", futures],
  ] as const)("ccxt.pro watches bars, trades and the book of %s", async (name, symbol, series) => {
    const client = ccxtAt(name === "binance" ? new pro.binance() : new pro.binanceusdm(), sim);
    client.enableRateLimit = false;
    try {
      // ccxt asks for this before a stream without TLS
      await client.loadHttpProxyAgent();
      await client.loadMarkets();
      const ticking = setInterval(() => sim.advance(1000), 5);
      try {
        const bars = (await client.watchOHLCV(symbol, "1m")) as number[][];
        expect(bars.at(-1)![1]).toBe(series.open[(bars.at(-1)![0]! - START) / MINUTE]);
        const trades = await client.watchTrades(symbol);
        const trade = trades.at(-1)!;
        const i = Math.floor((trade.timestamp! - START) / MINUTE);
        expect(trade.price).toBeGreaterThanOrEqual(series.low[i]!);
        expect(trade.price).toBeLessThanOrEqual(series.high[i]!);
        // updates on top of the snapshot: a hole in their numbers would make ccxt throw
        for (let k = 0; k < 5; k++) await client.watchOrderBook(symbol, 100);
      } finally {
        clearInterval(ticking);
      }
      // one more update while nothing else moves: what the client kept is what the venue shows
      const next = client.watchOrderBook(symbol, 100);
      sim.advance(MINUTE);
      await next;
      await new Promise((resolve) => setTimeout(resolve, 50));
      const kept = client.orderbooks[symbol] as { bids: number[][]; asks: number[][]; nonce: number };
      const shown = await client.fetchOrderBook(symbol, 100);
      expect(kept.nonce).toBe(shown.nonce);
      expect([...kept.bids].map((level) => [...level])).toEqual(shown.bids);
      expect([...kept.asks].map((level) => [...level])).toEqual(shown.asks);
    } finally {
      await client.close();
    }
  });

  test("a minute's klines grow and end as recorded, in the documented shape", async () => {
    const got = await klines([], 1);
    expect(got.every((m) => m.e === "kline")).toBe(true);
    const own = got.filter((m) => m.k.t === START + 100 * MINUTE);
    const volumes = own.map((m) => Number(m.k.v));
    expect(volumes).toEqual([...volumes].sort((a, b) => a - b));
    const last = own.at(-1)!;
    expect(own.map((m) => m.k.x)).toEqual([...own.slice(1).map(() => false), true]);
    expect([last.k.o, last.k.h, last.k.l, last.k.c, last.k.v].map(Number)).toEqual([
      spot.open[100],
      spot.high[100],
      spot.low[100],
      spot.close[100],
      spot.volume[100],
    ]);
    // …/web-socket-streams#klinecandlestick-streams-for-utc: the payload's fields
    expect(Object.keys(last.k).sort()).toEqual([..."BLQTVcfhilnoqstvx"]);
    expect(last).toMatchObject({
      E: START + 101 * MINUTE,
      s: "BTCUSDT",
      k: { i: "1m", T: START + 101 * MINUTE - 1 },
    });
  });

  test("book updates follow one another and turn one snapshot into the next", async () => {
    const depth = async (): Promise<{ lastUpdateId: number; bids: string[][]; asks: string[][] }> => {
      const answer = await fetch(`${sim.url("binance")}/fapi/v1/depth?symbol=BTCUSDT&limit=500`);
      return (await answer.json()) as { lastUpdateId: number; bids: string[][]; asks: string[][] };
    };
    const listener = await listen("/public/ws/btcusdt@depth@100ms", "binanceusdm");
    const before = await depth();
    sim.advance(3 * MINUTE);
    await listener.settle();
    const after = await depth();
    const updates = listener.messages as { U: number; u: number; pu: number; b: string[][]; a: string[][] }[];
    expect(updates[0]!.pu).toBe(before.lastUpdateId);
    expect(updates.slice(1).map((m) => m.pu)).toEqual(updates.slice(0, -1).map((m) => m.u));
    const apply = (side: string[][], changes: string[][][]): Map<string, string> => {
      const levels = new Map(side as [string, string][]);
      for (const [price, quantity] of changes.flat() as [string, string][]) {
        if (quantity === "0") levels.delete(price);
        else levels.set(price, quantity);
      }
      return levels;
    };
    expect(updates.at(-1)!.u).toBe(after.lastUpdateId);
    const sorted = (levels: Iterable<readonly unknown[]>): unknown[] => [...levels].map(String).sort();
    expect(
      sorted(
        apply(
          before.bids,
          updates.map((m) => m.b),
        ),
      ),
    ).toEqual(sorted(after.bids));
    expect(
      sorted(
        apply(
          before.asks,
          updates.map((m) => m.a),
        ),
      ),
    ).toEqual(sorted(after.asks));
  });

  test("SUBSCRIBE, UNSUBSCRIBE, LIST and errors; combined streams are wrapped", async () => {
    const listener = await listen("/stream?streams=btcusdt@aggTrade/btcusdt@depth5");
    listener.send({ method: "SUBSCRIBE", params: ["btcusdt@bookTicker"], id: 1 });
    listener.send({ method: "UNSUBSCRIBE", params: ["btcusdt@depth5"], id: 2 });
    listener.send({ method: "LIST_SUBSCRIPTIONS", id: 3 });
    listener.send({ method: "DANCE", id: 4 });
    await listener.settle();
    expect(listener.messages.splice(0)).toMatchObject([
      { result: null, id: 1 },
      { result: null, id: 2 },
      { result: ["btcusdt@aggTrade", "btcusdt@bookTicker"], id: 3 },
      { error: { code: 2 } },
    ]);
    sim.advance(MINUTE);
    await listener.settle();
    const streams = (listener.messages as { stream: string; data: { s: string } }[]).map((m) => m.stream);
    expect([...new Set(streams)].sort()).toEqual(["btcusdt@aggTrade", "btcusdt@bookTicker"]);
  });

  test("mark price stream of futures, none of spot", async () => {
    const listener = await listen("/market/ws/btcusdt@markPrice@1s", "binanceusdm");
    const none = await listen("/ws/btcusdt@markPrice@1s");
    sim.advance(MINUTE);
    await listener.settle();
    expect(Object.keys(listener.messages[0] as object).sort()).toEqual([
      "E",
      "P",
      "T",
      "e",
      "i",
      "p",
      "r",
      "s",
    ]);
    expect(none.messages).toEqual([]);
  });

  test("a listen key's stream ends with listenKeyExpired, by time and by fault", async () => {
    const headers = { "X-MBX-APIKEY": "any" };
    for (const way of ["time", "fault"]) {
      const made = await fetch(`${sim.url("binance")}/fapi/v1/listenKey`, { method: "POST", headers });
      const { listenKey } = (await made.json()) as { listenKey: string };
      const listener = await listen(`/private/ws?listenKey=${listenKey}`, "binanceusdm");
      sim.setFaults(way === "fault" ? [{ kind: "listen-key" }] : []);
      sim.advance(way === "fault" ? 1000 : 61 * MINUTE);
      await listener.settle();
      expect(listener.messages).toEqual([{ e: "listenKeyExpired", E: sim.now, listenKey }]);
    }
  });

  describe("misbehaviour", () => {
    const sound = async (): Promise<Kline[]> => (await klines([], 2)) as Kline[];

    test("duplicate, miss, reorder and late change the order of what would have come, and nothing else", async () => {
      const clean = await sound();
      const again = async (fault: Fault): Promise<Kline[]> => {
        await sim.close();
        sim = await startVenueSim({ venues: ["binance"], series: [spot], now: START + 100 * MINUTE });
        return klines([fault], 2);
      };
      const at = [3];
      const same = (i: number): Kline => clean[i]!;
      const duplicate = await again({ kind: "duplicate", at });
      expect(duplicate).toEqual([...clean.slice(0, 4), same(3), ...clean.slice(4)]);
      expect(await again({ kind: "miss", at })).toEqual(clean.filter((_, i) => i !== 3));
      expect(await again({ kind: "reorder", at })).toEqual([
        ...clean.slice(0, 3),
        same(4),
        same(3),
        ...clean.slice(5),
      ]);
      expect(await again({ kind: "late", at, by: 5 })).toEqual([
        ...clean.slice(0, 3),
        ...clean.slice(4, 9),
        same(3),
        ...clean.slice(9),
      ]);
      const unknown = await again({ kind: "unknown", at });
      expect(unknown).toHaveLength(clean.length + 1);
      expect(unknown[3]!.e).not.toBe("kline");
      const unclosed = await again({ kind: "unclosed", on: "message" });
      expect(unclosed.some((m) => m.k.x)).toBe(false);
      const skewed = await again({ kind: "skew", on: "message", skewMs: 5000 });
      expect(skewed.map((m) => m.E - 5000)).toEqual(clean.map((m) => m.E));
    });

    test("garbage is no JSON", async () => {
      const listener = await listen("/ws/btcusdt@kline_1m");
      sim.setFaults([{ kind: "garbage", on: "message", at: [0] }]);
      sim.advance(MINUTE);
      await listener.settle();
      expect(listener.broken).toBe(1);
    });

    test("drop: the client sees 1006, and may come back", async () => {
      const listener = await listen("/ws/btcusdt@kline_1m");
      sim.setFaults([{ kind: "drop", at: [5] }]);
      sim.advance(MINUTE);
      expect(await listener.closed).toBe(1006);
      expect(listener.messages).toHaveLength(5);
      const back = await listen("/ws/btcusdt@kline_1m");
      sim.advance(MINUTE);
      await back.settle();
      expect(back.messages.length).toBeGreaterThan(10);
      sim.dropStreams();
      expect(await back.closed).toBe(1006);
    });

    test("half-open: no message and no pong, but no close", async () => {
      const listener = await listen("/ws/btcusdt@kline_1m");
      expect(await listener.ping(500)).toBe(true);
      sim.setFaults([{ kind: "half-open", at: [2] }]);
      sim.advance(5 * MINUTE);
      listener.send({ method: "LIST_SUBSCRIPTIONS", id: 1 });
      expect(await listener.ping(100)).toBe(false);
      expect(listener.messages).toHaveLength(2);
      expect(listener.isOpen).toBe(true);
    });

    test("refuse: no new socket", async () => {
      sim.setFaults([{ kind: "refuse", times: 1 }]);
      await expect(listen("/ws/btcusdt@kline_1m")).rejects.toThrow(/503/);
      await listen("/ws/btcusdt@kline_1m");
      await expect(listen("/elsewhere")).rejects.toThrow(/404/);
    });
  });
});
