import { Alpaca } from "@alpacahq/alpaca-trade-api";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVenueSim, type VenueSim } from "../index.ts";
import { usSession } from "../session.ts";
import { Listener } from "../testing/listener.ts";
import { madeSeries } from "../testing/madeSeries.ts";
import { decodeMessagePack, encodeMessagePack } from "./messagePack.ts";

const MINUTE = 60_000;
const opening = usSession(Date.UTC(2024, 2, 4))!.open;
const minutes = madeSeries("stock", "SPY", "1m", opening, 390, MINUTE, 5);

describe("Alpaca's stream", () => {
  let sim: VenueSim;
  beforeEach(async () => {
    sim = await startVenueSim({
      venues: ["alpaca"],
      series: [minutes],
      keys: { alpaca: { keyId: "PKTEST", secret: "secret" } },
      now: opening + 10 * MINUTE,
    });
  });
  afterEach(() => sim.close());

  const streamOf = (secret = "secret", more: object = {}) =>
    new Alpaca({ keyId: "PKTEST", secret }).marketData.stockStream({
      url: `${sim.streamUrl("alpaca")}/v2/iex`,
      ...more,
    });

  test("the library signs in, subscribes, and gets the minute's bar, its trades and quotes", async () => {
    const stream = streamOf();
    const bars: { close: number; volume: number; timestamp: Date }[] = [];
    const trades: { price: number; size: number; timestamp: Date }[] = [];
    const quotes: { bidPrice: number; askPrice: number }[] = [];
    stream.onBar((b) => bars.push(b));
    stream.onTrade((t) => trades.push(t));
    stream.onQuote((q) => quotes.push(q));
    stream.connect();
    expect(await stream.waitForAuthentication(5000)).toBe(true);
    const subscribed = new Promise((resolve) => stream.on("subscription", resolve));
    stream.subscribeForBars(["SPY"]);
    await subscribed;
    const more = new Promise((resolve) => stream.on("subscription", resolve));
    stream.subscribeForTrades(["*"]);
    await more;
    const all = new Promise((resolve) => stream.on("subscription", resolve));
    stream.subscribeForQuotes(["SPY"]);
    await all;
    sim.advance(2 * MINUTE);
    await expect.poll(() => bars.length).toBe(2);
    await expect.poll(() => trades.length).toBe(32);
    expect(bars.map((b) => [b.close, b.volume, b.timestamp.getTime()])).toEqual(
      [10, 11].map((i) => [minutes.close[i], minutes.volume[i], minutes.openTime[i]]),
    );
    const first = trades.filter((t) => t.timestamp.getTime() < opening + 11 * MINUTE);
    // the first trade of the minute had happened when the stream began
    expect(first).toHaveLength(15);
    expect(Math.max(...trades.map((t) => t.price))).toBeLessThanOrEqual(
      Math.max(...minutes.high.subarray(10, 13)),
    );
    expect(quotes.every((q) => q.askPrice - q.bidPrice > 0.01)).toBe(true);
    stream.disconnect();
  });

  test("wrong keys are refused with code 402", async () => {
    const stream = streamOf("wrong");
    stream.connect();
    const result = await stream.waitForAuthenticationResult(5000);
    expect(result).toMatchObject({ authenticated: false, code: 402 });
  });

  test("a dropped stream comes back by itself, with its subscriptions", async () => {
    const stream = streamOf("secret", { initialReconnectMs: 20, reconnectJitter: 0 });
    const bars: number[] = [];
    stream.onBar((b) => bars.push(b.timestamp.getTime()));
    stream.connect();
    await stream.waitForAuthentication(5000);
    const subscribed = new Promise((resolve) => stream.on("subscription", resolve));
    stream.subscribeForBars(["SPY"]);
    await subscribed;
    sim.setFaults([{ kind: "drop", at: [1] }]);
    const again = new Promise((resolve) => stream.on("subscription", resolve));
    sim.advance(3 * MINUTE);
    await again;
    sim.advance(MINUTE);
    await expect.poll(() => bars.length).toBe(2);
    // the bars of the time without a connection are lost: REST has them
    expect(bars).toEqual([minutes.openTime[10], minutes.openTime[13]]);
    stream.disconnect();
  });

  test("JSON clients are spoken to in JSON, and must sign in first", async () => {
    const listener = await Listener.open(`${sim.streamUrl("alpaca")}/v2/iex`);
    listener.send({ action: "subscribe", bars: ["SPY"] });
    listener.send({ action: "auth", key: "PKTEST", secret: "secret" });
    listener.send({ action: "subscribe", bars: ["SPY"] });
    listener.send("nonsense");
    await listener.settle();
    sim.advance(MINUTE);
    await listener.settle();
    const flat = listener.messages.flat() as Record<string, unknown>[];
    expect(flat.slice(0, 5)).toMatchObject([
      { T: "success", msg: "connected" },
      { T: "error", code: 401 },
      { T: "success", msg: "authenticated" },
      { T: "subscription", bars: ["SPY"], trades: [] },
      { T: "error", code: 400 },
    ]);
    expect(flat[5]).toMatchObject({ T: "b", S: "SPY", t: new Date(minutes.openTime[10]!).toISOString() });
    listener.end();
  });
});

describe("MessagePack", () => {
  test("bytes of the specification's formats", () => {
    // github.com/msgpack/msgpack/blob/master/spec.md: {"compact":true,"schema":0} takes 18 bytes
    const compact = Buffer.from("82a7636f6d70616374c3a6736368656d6100", "hex");
    expect(Buffer.from(encodeMessagePack({ compact: true, schema: 0 }))).toEqual(compact);
    expect(decodeMessagePack(compact)).toEqual({ compact: true, schema: 0 });
    // timestamp 96 of 1.5 s: c7 0c ff, nanoseconds, seconds
    expect(Buffer.from(encodeMessagePack(new Date(1500))).toString("hex")).toBe(
      "c70cff1dcd65000000000000000001",
    );
  });

  test("what is written is read back; broken bytes are an error, never a hang", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true }),
        fc.integer(),
        fc.string({ maxLength: 300 }),
        fc.array(tie("any"), { maxLength: 20 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie("any"), { maxKeys: 20, noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (v) => {
        expect(decodeMessagePack(encodeMessagePack(v))).toEqual(v);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeMessagePack(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
