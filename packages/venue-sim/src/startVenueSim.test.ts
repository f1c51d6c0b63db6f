import { createServer } from "node:net";
import { binance } from "ccxt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, startVenueSim, type VenueName, type VenueSim } from "./index.ts";
import { ccxtAt } from "./testing/ccxtAt.ts";
import { madeSeries } from "./testing/madeSeries.ts";
import { madeDaily } from "./testing/stockTestData.ts";

const MINUTE = 60_000;
const START = Date.UTC(2024, 2, 4);
const minutes = madeSeries("spot", "BTCUSDT", "1m", START, 300, MINUTE);
const daily = madeDaily("AAPL", Date.UTC(2024, 0, 2), 40, 3);
const klines = "/api/v3/klines?symbol=BTCUSDT&interval=1m";

describe("a venue that misbehaves on request", () => {
  let sim: VenueSim;
  beforeEach(async () => {
    sim = await startVenueSim({
      venues: ["binance", "alpaca", "schwab", "yahoo"],
      series: [minutes, daily],
      now: START + 100 * MINUTE + 30_000,
    });
  });
  afterEach(() => sim.close());

  const get = (path = klines, venue: VenueName = "binance"): Promise<Response> =>
    fetch(sim.url(venue) + path);
  const under = async (fault: Fault, path = klines, venue: VenueName = "binance"): Promise<Response> => {
    sim.setFaults([fault]);
    return await get(path, venue);
  };

  test("429 and 418 carry Retry-After; ccxt knows them", async () => {
    const limited = await under({ kind: "429", retryAfterSeconds: 7 });
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    const banned = await under({ kind: "418", retryAfterSeconds: 120 });
    expect([banned.status, banned.headers.get("retry-after")]).toEqual([418, "120"]);
    expect(await banned.json()).toMatchObject({ code: -1003 });
    const client = ccxtAt(new binance({ enableRateLimit: false }), sim);
    sim.setFaults([]);
    await client.loadMarkets();
    sim.setFaults([{ kind: "429", route: "klines" }]);
    await expect(client.fetchOHLCV("BTC/USDT")).rejects.toMatchObject({ name: "DDoSProtection" });
    sim.setFaults([{ kind: "418" }]);
    await expect(client.fetchOHLCV("BTC/USDT")).rejects.toMatchObject({ name: "DDoSProtection" });
    sim.setFaults([{ kind: "5xx" }]);
    await expect(client.fetchOHLCV("BTC/USDT")).rejects.toMatchObject({ name: "OperationFailed" });
  });

  test.each([
    ["binance", klines, { code: -1001 }],
    ["alpaca", "/v2/clock", { message: expect.any(String) }],
    ["schwab", "/marketdata/v1/quotes", { errors: [{ status: "502" }] }],
  ] as const)("5xx in the words of %s", async (venue, path, body) => {
    const answer = await under({ kind: "5xx", status: 502 }, path, venue);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject(body);
  });

  test.each([
    ["binance", klines, 400],
    ["alpaca", "/v2/stocks/bars?symbols=AAPL&timeframe=1Day", 400],
    ["schwab", "/marketdata/v1/pricehistory?symbol=AAPL", 404],
    ["yahoo", "/v8/finance/chart/AAPL", 404],
  ] as const)("an unknown symbol in the words of %s", async (venue, path, status) => {
    expect((await under({ kind: "unknown-symbol" }, path, venue)).status).toBe(status);
  });

  test("garbage, a proxy's page, a body cut in the middle, a reset, nothing at all", async () => {
    const garbage = await under({ kind: "garbage" });
    expect(garbage.status).toBe(200);
    await expect(garbage.json()).rejects.toThrow(SyntaxError);
    expect((await under({ kind: "html" })).headers.get("content-type")).toBe("text/html");
    const cut = await under({ kind: "cut" });
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow(/terminated/);
    await expect(under({ kind: "reset" })).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    sim.setFaults([{ kind: "hang" }]);
    await expect(
      fetch(sim.url("binance") + klines, { signal: AbortSignal.timeout(200) }),
    ).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("a slow answer is late and whole", async () => {
    sim.setFaults([{ kind: "slow", delayMs: 300 }]);
    await expect(
      fetch(sim.url("binance") + klines, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await (await get()).json()).toHaveLength(101);
  });

  test("the newest closed bar half done, for a moment", async () => {
    const row = async (): Promise<string[]> =>
      ((await (await get(`${klines}&startTime=${START + 99 * MINUTE}&limit=1`)).json()) as string[][])[0]!;
    const sound = await row();
    sim.setFaults([{ kind: "unclosed", times: 1 }]);
    const half = await row();
    expect(half[0]).toBe(sound[0]);
    expect(Number(half[5])).toBeLessThan(Number(sound[5]));
    expect(await row()).toEqual(sound);
  });

  test("a clock that is wrong wherever it is told, while bars go by the right one", async () => {
    const answer = await under({ kind: "skew", skewMs: -90_000 }, "/api/v3/time");
    expect(await answer.json()).toEqual({ serverTime: sim.now - 90_000 });
    expect(Date.parse(answer.headers.get("date")!)).toBe(Math.floor((sim.now - 90_000) / 1000) * 1000);
    expect(await (await get()).json()).toHaveLength(101);
  });

  test("an access token that ends in the middle of a download", async () => {
    const form = (fields: Record<string, string>) => ({
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from("id:secret").toString("base64")}` },
      body: new URLSearchParams(fields),
    });
    const consent = await fetch(
      `${sim.url("schwab")}/v1/oauth/authorize?response_type=code&client_id=id&redirect_uri=https://127.0.0.1`,
      { redirect: "manual" },
    );
    const code = new URL(consent.headers.get("location")!).searchParams.get("code")!;
    const token = `${sim.url("schwab")}/v1/oauth/token`;
    const tokens = (await (
      await fetch(token, form({ grant_type: "authorization_code", code }))
    ).json()) as Record<string, string>;
    const ask = async (access: string): Promise<number> =>
      (
        await fetch(`${sim.url("schwab")}/marketdata/v1/pricehistory?symbol=AAPL`, {
          headers: { authorization: `Bearer ${access}` },
        })
      ).status;
    sim.setFaults([{ kind: "token", venue: "schwab", at: [1] }]);
    expect(await ask(tokens.access_token!)).toBe(200);
    expect(await ask(tokens.access_token!)).toBe(401);
    // it stays dead until it is renewed
    expect(await ask(tokens.access_token!)).toBe(401);
    const renewed = (await (
      await fetch(token, form({ grant_type: "refresh_token", refresh_token: tokens.refresh_token! }))
    ).json()) as Record<string, string>;
    expect(await ask(renewed.access_token!)).toBe(200);
  });

  test("can be steered from outside, and refuses nonsense", async () => {
    const post = async (path: string, body: string): Promise<[number, Record<string, unknown>]> => {
      const answer = await fetch(`${sim.url("yahoo")}${path}`, { method: "POST", body });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    const before = sim.now;
    expect(await post("/_sim/advance", '{"ms": 60000}')).toMatchObject([200, { now: before + 60_000 }]);
    expect(sim.now).toBe(before + 60_000);
    await post("/_sim/faults", '[{"kind": "5xx", "venue": "binance"}]');
    expect((await get()).status).toBe(503);
    expect((await post("/_sim/faults", '[{"kind": "teapot"}]'))[0]).toBe(400);
    expect((await post("/_sim/faults", "[")).at(0)).toBe(400);
    expect((await post("/_sim/advance", '{"ms": -1}'))[0]).toBe(400);
    expect((await post("/_sim/dance", "{}"))[0]).toBe(404);
    expect((await get("/_sim/state")).status).toBe(200);
    // what steers is not counted among the requests
    expect(sim.requests.map((r) => [r.path, r.faults])).toEqual([["/api/v3/klines", ["5xx"]]]);
  });

  test("odd requests are refused and never break it", async () => {
    for (const path of [
      "/%",
      "/api/v3/%zz",
      "//",
      "/v8/finance/chart/%E0%A4%A",
      "/api/v3/klines?symbol=%00",
    ]) {
      for (const venue of ["binance", "alpaca", "schwab", "yahoo"] as const) {
        expect((await get(path, venue)).status).toBeGreaterThanOrEqual(400);
      }
    }
    await expect(
      fetch(`${sim.url("binance")}/api/v3/time`, {
        method: "POST",
        body: "x".repeat(2_000_000),
        signal: AbortSignal.timeout(5000),
      }),
    ).rejects.toThrow(/fetch failed/);
    expect((await get()).status).toBe(200);
  });

  test("listens on the loopback interface alone, and leaves the port when it closes", async () => {
    const own = await startVenueSim({ venues: ["yahoo"], series: [], now: START });
    const port = Number(new URL(own.url("yahoo")).port);
    await expect(
      startVenueSim({ venues: ["yahoo"], series: [], now: START, ports: { yahoo: port } }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(() => own.url("alpaca")).toThrow(/serves no alpaca/);
    // another address of this machine is still free at the same port
    const other = createServer();
    await new Promise<void>((resolve, reject) => {
      other.once("error", reject);
      other.listen(port, "127.0.0.2", resolve);
    });
    await new Promise((resolve) => other.close(resolve));
    await own.close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test("a clock that runs", async () => {
    const own = await startVenueSim({ venues: ["yahoo"], series: [], now: START, speed: 3600 });
    await expect.poll(() => own.now, { timeout: 5000 }).toBeGreaterThan(START + 5 * MINUTE);
    await own.close();
    expect(() => sim.advance(-1)).toThrow(RangeError);
  });

  test.each([
    ["an unordered row", { openTime: Float64Array.of(2, 1) }, /row 1 is not later/],
    ["a price of zero", { low: Float64Array.of(1, 0) }, /row 1 is no bar/],
    ["a number that is none", { close: Float64Array.of(Number.NaN, 1) }, /row 0 is no bar/],
    ["columns of unequal length", { volume: Float64Array.of(1) }, /2 times and 1 values of volume/],
    ["an odd length", { timeframe: "5x" }, /'5x' is no bar length/],
  ])("%s is refused at the start", async (_, change, message) => {
    const two = Float64Array.of(1, 1);
    const sound = {
      market: "spot" as const,
      symbol: "X",
      timeframe: "1m",
      openTime: Float64Array.of(1, 2),
      open: two,
      high: two,
      low: two,
      close: two,
      volume: two,
    };
    await expect(
      startVenueSim({ venues: ["binance"], series: [{ ...sound, ...change }], now: 0 }),
    ).rejects.toThrow(message);
  });
});
