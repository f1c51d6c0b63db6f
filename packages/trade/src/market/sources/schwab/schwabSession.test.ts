import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { messageOf } from "../../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../core/time.ts";
import { schwabSource } from "./schwab.ts";
import { SchwabSession } from "./schwabSession.ts";
import { type SchwabTokens, tokensInMemory } from "./schwabTokens.ts";

const START = Date.parse("2024-12-02T15:00:00Z");
const keys = { clientId: "client", clientSecret: "schwab-client-secret" };
const day = Date.parse("2024-11-29");
const one = new Float64Array([100]);
const series = [
  {
    market: "stock" as const,
    symbol: "SPY",
    timeframe: "1d",
    openTime: new Float64Array([day]),
    open: one,
    high: one,
    low: one,
    close: one,
    volume: one,
  },
];

let sim: VenueSim;
beforeEach(async () => {
  sim = await startVenueSim({ venues: ["schwab"], series, keys: { schwab: keys }, now: START });
});
afterEach(() => sim.close());

const options = (tokens = tokensInMemory(null), notice: (line: string) => void = () => {}) => ({
  ...keys,
  tokens,
  notice,
  baseUrl: sim.url("schwab"),
  rateLimit: false,
  timeoutMs: 500,
  clock: () => sim.now,
  retry: { random: () => 0.5, sleep: async () => undefined },
});

/** The browser: it ends on the redirect address. */
async function consent(url: string): Promise<string> {
  return (await fetch(url, { redirect: "manual" })).headers.get("location")!;
}

async function signedIn(): Promise<ReturnType<typeof tokensInMemory>> {
  const tokens = tokensInMemory(null);
  const session = await SchwabSession.open(options(tokens));
  await session.signIn(await consent(session.authorizeUrl()));
  return tokens;
}

const refreshes = (): number => sim.requests.filter((r) => r.path === "/v1/oauth/token").length;

describe("signing in at Schwab", () => {
  test("the pasted address or its code gives tokens for seven days", async () => {
    const tokens = tokensInMemory(null);
    const session = await SchwabSession.open(options(tokens));
    const url = new URL(session.authorizeUrl());
    expect(url.searchParams.get("redirect_uri")).toBe("https://127.0.0.1:8182/callback");
    const { refreshEndsAt } = await session.signIn(` ${await consent(url.href)}\n`);
    expect(refreshEndsAt).toBe(START + 7 * DAY_MS);
    const held = (await tokens.load())!;
    expect(held.accessEndsAt).toBe(START + 30 * MINUTE_MS);
    const code = new URL(await consent(session.authorizeUrl())).searchParams.get("code")!;
    await session.signIn(encodeURIComponent(code));
    expect((await tokens.load())!.refreshToken).not.toBe(held.refreshToken);
  });

  test("a used code, a foreign address, and what is no code: one line that holds no code", async () => {
    const session = await SchwabSession.open(options());
    const back = await consent(session.authorizeUrl());
    await session.signIn(back);
    const used = await session.signIn(back).catch(messageOf);
    expect(used).toMatch(/did not take the code: it is good once, for 30 seconds/);
    expect(used).not.toContain(new URL(back).searchParams.get("code")!);
    session.authorizeUrl();
    await expect(session.signIn(back)).rejects.toThrow(/belongs to another sign-in/);
    for (const text of ["", "https://127.0.0.1:8182/callback?error=denied", "two words here"]) {
      await expect(session.signIn(text)).rejects.toThrow(/no code in this text/);
    }
    await expect(SchwabSession.open({ tokens: tokensInMemory(null) })).rejects.toThrow(/SCHWAB_CLIENT_ID/);
  });

  test("half an answer of the token door is asked for again, or told without its content", async () => {
    const tokens = await signedIn();
    const before = (await tokens.load())!;
    sim.advance(HOUR_MS);
    sim.setFaults([{ kind: "garbage", route: "oauth" }]);
    const session = await SchwabSession.open(options(tokens));
    const thrown = await session.calls.call({ what: "tokens" }, () => session.accessToken()).catch(messageOf);
    expect(thrown).toMatch(/the answer is no JSON/);
    expect(thrown).not.toMatch(/[RIC]0\.\w/);
    sim.setFaults([{ kind: "garbage", route: "oauth", at: [0] }]);
    await session.calls.call({ what: "tokens" }, () => session.accessToken());
    expect((await tokens.load())!.accessToken).not.toBe(before.accessToken);
  });
});

describe("tokens that end", () => {
  test("the access token is renewed before its 30 minutes are over, once for all who wait", async () => {
    const tokens = await signedIn();
    const session = await SchwabSession.open(options(tokens));
    const first = await session.accessToken();
    sim.advance(28 * MINUTE_MS);
    expect(await session.accessToken()).toBe(first);
    sim.advance(90_000);
    const before = refreshes();
    const all = await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);
    expect(new Set(all).size).toBe(1);
    expect(all[0]).not.toBe(first);
    expect(refreshes()).toBe(before + 1);
    // the seven days run from the sign-in, not from the renewal
    expect((await tokens.load())!.refreshEndsAt).toBe(START + 7 * DAY_MS);
  });

  test("a day before the sign-in ends it is said once; afterwards nothing is asked of Schwab", async () => {
    const tokens = await signedIn();
    const notice = vi.fn();
    const session = await SchwabSession.open(options(tokens, notice));
    sim.advance(6 * DAY_MS - HOUR_MS);
    await session.accessToken();
    expect(notice).not.toHaveBeenCalled();
    sim.advance(2 * HOUR_MS);
    await session.accessToken();
    await session.accessToken();
    expect(notice.mock.calls).toEqual([
      [expect.stringMatching(/ends in 23 h, at 2024-12-09T15:00:00Z: sign in with: orion data login schwab/)],
    ]);
    sim.advance(DAY_MS);
    const asked = sim.requests.length;
    await expect(session.accessToken()).rejects.toThrow(
      "schwab: the sign-in ended at 2024-12-09T15:00:00Z: sign in with: orion data login schwab",
    );
    expect(sim.requests.length).toBe(asked);
  });

  test("a sign-in that Schwab ended early is told in one line, without the token", async () => {
    const tokens = tokensInMemory({
      accessToken: null,
      accessEndsAt: 0,
      refreshToken: "R0.foreign-refresh-token",
      refreshEndsAt: null,
    } satisfies SchwabTokens);
    const source = schwabSource(options(tokens));
    const pages = source.fetchBars({ symbol: "SPY", timeframe: "1d", since: day });
    const thrown: unknown = await pages[Symbol.asyncIterator]()
      .next()
      .catch((t: unknown) => t);
    expect(messageOf(thrown)).toMatch(/takes the sign-in no more .*orion data login schwab/);
    expect(String((thrown as Error).stack)).not.toContain("foreign-refresh-token");
  });

  test("quotes, with unknown symbols named", async () => {
    const source = schwabSource(options(await signedIn()));
    const [quote] = await source.quotes(["SPY"]);
    expect(quote).toMatchObject({ symbol: "SPY", last: expect.any(Number), bid: expect.any(Number) });
    expect(quote!.bid).toBeLessThan(quote!.ask);
    expect(Math.abs(quote!.time - START)).toBeLessThan(7 * DAY_MS);
    await expect(source.quotes(["SPY", "NOSUCH"])).rejects.toThrow(/no symbol 'NOSUCH'/);
  });
});
