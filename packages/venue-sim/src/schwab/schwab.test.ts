import { createApiClient, createSchwabAuth, type EnhancedTokenManager } from "@sudowealth/schwab-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVenueSim, type VenueSim } from "../index.ts";
import { usSession } from "../session.ts";
import { madeSeries } from "../testing/madeSeries.ts";
import { madeDaily } from "../testing/stockTestData.ts";

const START = Date.UTC(2024, 0, 2);
const DAY = 86_400_000;
const aapl = madeDaily("AAPL", START, 100, 3);
const minutes = madeSeries(
  "stock",
  "SPY",
  "1m",
  usSession(aapl.openTime[90]!)!.open - 3_600_000,
  400,
  60_000,
  5,
);
const keys = { schwab: { clientId: "client", clientSecret: "secret" } };

describe("Schwab", () => {
  let sim: VenueSim;
  beforeAll(async () => {
    const session = usSession(aapl.openTime[90]!)!;
    sim = await startVenueSim({
      venues: ["schwab"],
      series: [aapl, minutes],
      keys,
      now: (session.open + session.close) / 2,
    });
  });
  afterAll(() => sim.close());

  const signIn = async (): Promise<{ auth: EnhancedTokenManager; refreshToken: string }> => {
    const auth = createSchwabAuth({
      strategy: "enhanced" as never,
      oauthConfig: {
        clientId: "client",
        clientSecret: "secret",
        redirectUri: "https://127.0.0.1:8182/callback",
        fetch: (input: string | URL | Request, init?: RequestInit) => {
          const request = new Request(input, init);
          const url = new URL(request.url);
          return fetch(new Request(sim.url("schwab") + url.pathname + url.search, request));
        },
        load: async () => null,
        save: async () => {},
      },
    });
    const { authUrl } = await auth.getAuthorizationUrl();
    const asked = new URL(authUrl);
    const consent = await fetch(sim.url("schwab") + asked.pathname + asked.search, { redirect: "manual" });
    const back = new URL(consent.headers.get("location")!);
    const tokens = await auth.exchangeCode(
      back.searchParams.get("code")!,
      back.searchParams.get("state") ?? undefined,
    );
    return { auth, refreshToken: tokens.refreshToken! };
  };

  const clientOf = (auth: EnhancedTokenManager) =>
    createApiClient({
      config: { baseUrl: sim.url("schwab") },
      auth,
      middleware: { retry: false, rateLimit: false },
    });

  test("the library signs in and reads daily history, today's bar half done", async () => {
    const { auth } = await signIn();
    const history = await clientOf(auth).marketData.priceHistory.getPriceHistory({
      queryParams: {
        symbol: "AAPL",
        periodType: "year",
        period: 1,
        frequencyType: "daily",
        frequency: 1,
        startDate: START,
        endDate: sim.now,
      },
    });
    expect(history.candles).toHaveLength(91);
    expect(history.candles.slice(0, 90).map((c) => [c.open, c.high, c.low, c.close, c.volume])).toEqual(
      Array.from({ length: 90 }, (_, i) => [
        aapl.open[i],
        aapl.high[i],
        aapl.low[i],
        aapl.close[i],
        aapl.volume[i],
      ]),
    );
    // midnight in Chicago: 06:00 UTC in winter, 05:00 in summer
    expect(history.candles[0]!.datetime).toEqual(new Date("2024-01-02T06:00:00Z"));
    expect(new Date(history.candles[80]!.datetime ?? 0).toISOString()).toMatch(/T05:00:00/);
    expect(history.candles[90]!.volume).toBeLessThan(aapl.volume[90]!);
  });

  test("minute history, with and without extended hours; weeks", async () => {
    const { auth } = await signIn();
    const ask = (needExtendedHoursData: boolean) =>
      clientOf(auth).marketData.priceHistory.getPriceHistory({
        queryParams: {
          symbol: "SPY",
          periodType: "day",
          period: 1,
          frequencyType: "minute",
          frequency: 5,
          startDate: minutes.openTime[0]!,
          endDate: sim.now,
          needExtendedHoursData,
        },
      });
    const [whole, regular] = [await ask(true), await ask(false)];
    expect(whole.candles.length - regular.candles.length).toBe(12);
    expect(whole.candles[0]!.high).toBe(Math.max(...minutes.high.subarray(0, 5)));
  });

  test("quotes name the unknown apart; hours of a holiday and of a half day", async () => {
    const { auth } = await signIn();
    const quotes = await clientOf(auth).marketData.quotes.getQuotes({
      queryParams: { symbols: ["AAPL", "NOSUCH"] },
    });
    expect(quotes.AAPL?.quote?.closePrice).toBe(aapl.close[89]);
    const token = await auth.getAccessToken();
    const raw = await fetch(`${sim.url("schwab")}/marketdata/v1/quotes?symbols=AAPL,NOSUCH`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await raw.json()).toMatchObject({ errors: { invalidSymbols: ["NOSUCH"] } });
    const hours = async (
      date: string,
    ): Promise<Record<string, { isOpen: boolean; sessionHours?: unknown }>> => {
      const answer = await fetch(`${sim.url("schwab")}/marketdata/v1/markets?markets=equity&date=${date}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return ((await answer.json()) as { equity: Record<string, { isOpen: boolean }> }).equity;
    };
    expect((await hours("2024-07-04")).equity).toMatchObject({ isOpen: false });
    expect((await hours("2024-11-29")).EQ).toMatchObject({
      isOpen: true,
      sessionHours: {
        regularMarket: [{ start: "2024-11-29T09:30:00-05:00", end: "2024-11-29T13:00:00-05:00" }],
      },
    });
    const parsed = await clientOf(auth).marketData.marketHours.getMarketHours({
      queryParams: { markets: ["equity"] },
    });
    expect(parsed.equity?.EQ?.isOpen).toBe(true);
  });

  test("an access token lives 30 minutes, a refresh token 7 days", async () => {
    const own = await startVenueSim({ venues: ["schwab"], series: [aapl], keys, now: START + 200 * DAY });
    try {
      const form = (fields: Record<string, string>) =>
        fetch(`${own.url("schwab")}/v1/oauth/token`, {
          method: "POST",
          headers: { authorization: `Basic ${Buffer.from("client:secret").toString("base64")}` },
          body: new URLSearchParams(fields),
        });
      const consent = await fetch(
        `${own.url("schwab")}/v1/oauth/authorize?response_type=code&client_id=client&redirect_uri=https://127.0.0.1`,
        { redirect: "manual" },
      );
      const code = new URL(consent.headers.get("location")!).searchParams.get("code")!;
      const first = await (await form({ grant_type: "authorization_code", code })).json();
      expect(first).toMatchObject({ expires_in: 1800, token_type: "Bearer" });
      expect((await form({ grant_type: "authorization_code", code })).status).toBe(400);
      const ask = async (token: string): Promise<number> =>
        (
          await fetch(`${own.url("schwab")}/marketdata/v1/pricehistory?symbol=AAPL`, {
            headers: { authorization: `Bearer ${token}` },
          })
        ).status;
      const { access_token: access, refresh_token: refresh } = first as Record<string, string>;
      own.advance(29 * 60_000);
      expect(await ask(access!)).toBe(200);
      own.advance(2 * 60_000);
      expect(await ask(access!)).toBe(401);
      const second = (await (
        await form({ grant_type: "refresh_token", refresh_token: refresh! })
      ).json()) as {
        access_token: string;
        refresh_token: string;
      };
      expect(await ask(second.access_token)).toBe(200);
      expect(second.refresh_token).toBe(refresh);
      own.advance(7 * DAY);
      const late = await form({ grant_type: "refresh_token", refresh_token: refresh! });
      expect([late.status, await late.json()]).toMatchObject([
        400,
        { error: "refresh_token_authentication_error" },
      ]);
      expect((await fetch(`${own.url("schwab")}/v1/oauth/token`, { method: "POST" })).status).toBe(401);
    } finally {
      await own.close();
    }
  });

  test("an unknown symbol is an empty history, a wrong combination 400", async () => {
    const { auth } = await signIn();
    const empty = await clientOf(auth).marketData.priceHistory.getPriceHistory({
      queryParams: { symbol: "NOSUCH", periodType: "year", frequencyType: "daily", frequency: 1 },
    });
    expect(empty).toMatchObject({ empty: true, candles: [] });
    await expect(
      clientOf(auth).marketData.priceHistory.getPriceHistory({
        queryParams: { symbol: "AAPL", periodType: "day", frequencyType: "daily", frequency: 1 },
      }),
    ).rejects.toMatchObject({ status: 400 });
  });
});
