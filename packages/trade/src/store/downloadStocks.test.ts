import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messageOf } from "../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { calendarOf } from "../market/calendars/calendarOf.ts";
import { alpacaSource } from "../market/sources/alpaca/alpaca.ts";
import { schwabSource } from "../market/sources/schwab/schwab.ts";
import { SchwabSession } from "../market/sources/schwab/schwabSession.ts";
import { tokensInMemory } from "../market/sources/schwab/schwabTokens.ts";
import type { Source } from "../market/sources/source.ts";
import { yahooSource } from "../market/sources/yahoo/yahoo.ts";
import { findBars, readBars } from "./barStore.ts";
import { downloadBars } from "./downloadBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const SECRETS = { alpaca: "alpaca-secret-key", schwab: "schwab-client-secret" };
const keys = {
  alpaca: { keyId: "PKTEST0001", secret: SECRETS.alpaca },
  schwab: { clientId: "client", clientSecret: SECRETS.schwab },
};
const NAMES = ["alpaca", "schwab", "yahoo"] as const;

/** Days of trade up to the middle of 18 December 2024, a half day (29 November) among them. */
const NOW = Date.parse("2024-12-18T17:00:30Z");
const sessions = calendarOf("nyse").sessions(Date.parse("2023-11-01"), NOW);
const cents = (value: number): number => Math.round(value * 100) / 100;

function series(symbol: string, timeframe: string, openTime: number[]) {
  const column = (of: (i: number) => number): Float64Array => Float64Array.from(openTime, (_, i) => of(i));
  const close = (i: number): number => cents(400 + 50 * Math.sin(i / 19) + (i % 7));
  const open = (i: number): number => (i === 0 ? 400 : close(i - 1));
  return {
    market: "stock" as const,
    symbol,
    timeframe,
    openTime: Float64Array.from(openTime),
    open: column(open),
    high: column((i) => cents(Math.max(open(i), close(i)) + 0.37)),
    low: column((i) => cents(Math.min(open(i), close(i)) - 0.41)),
    close: column(close),
    volume: column((i) => 1000 + ((i * 7919) % 5000)),
  };
}
const daily = series(
  "SPY",
  "1d",
  sessions.map(({ day }) => Date.parse(day)),
);
const recent = sessions.slice(-22);
/** with an hour before the open and one after the close of each day */
const minutes = series(
  "QQQ",
  "1m",
  recent.flatMap(({ open, close }) =>
    Array.from({ length: (close - open) / MINUTE_MS + 120 }, (_, i) => open - HOUR_MS + i * MINUTE_MS),
  ),
);
const splitDay = Date.parse("2024-06-10");
const actions = [
  {
    symbol: "SPY",
    splits: [{ time: splitDay, numerator: 4, denominator: 1 }],
    dividends: [{ time: Date.parse("2024-09-20"), amount: 1.5 }],
  },
];

let sim: VenueSim;
let workspace: Workspace;
beforeAll(async () => {
  sim = await startVenueSim({ venues: [...NAMES], series: [daily, minutes], actions, keys, now: NOW });
});
afterAll(() => sim.close());
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-stocks-")));
});
afterEach(async () => {
  sim.setFaults([]);
  await rm(workspace.dir, { recursive: true, force: true });
});

const quick = {
  rateLimit: false,
  timeoutMs: 250,
  clock: () => sim.now,
  retry: { random: () => 0.5, sleep: async () => undefined },
};

/** signed in as a user does it: the printed address, then what the browser ended on */
async function schwabTokens(clock = quick.clock) {
  const tokens = tokensInMemory(null);
  const session = await SchwabSession.open({
    ...quick,
    clock,
    ...keys.schwab,
    baseUrl: sim.url("schwab"),
    tokens,
  });
  const consent = await fetch(session.authorizeUrl(), { redirect: "manual" });
  await session.signIn(consent.headers.get("location")!);
  return tokens;
}

async function sourceOf(name: (typeof NAMES)[number]): Promise<Source> {
  const options = { ...quick, baseUrl: sim.url(name) };
  if (name === "alpaca") {
    return alpacaSource({ ...options, keyId: keys.alpaca.keyId, secretKey: keys.alpaca.secret });
  }
  if (name === "yahoo") return yahooSource(options);
  return schwabSource({ ...options, ...keys.schwab, tokens: await schwabTokens() });
}

const DAILY = { symbol: "SPY", timeframe: "1d", since: sessions[0]!.open - DAY_MS };
const FIVE = { symbol: "QQQ", timeframe: "5m", since: recent[0]!.open - HOUR_MS };

async function stored(request: typeof DAILY) {
  return await readBars(workspace, { symbol: request.symbol, timeframe: request.timeframe });
}

describe.each(NAMES)("%s", (name) => {
  test("days: each date of trade, midnight to midnight, today left out", async () => {
    const source = await sourceOf(name);
    const { added, stored: line } = await downloadBars(workspace, source, DAILY);
    expect(added).toBe(sessions.length - 1);
    const bars = await stored(DAILY);
    expect([...bars.closeTime]).toEqual(sessions.slice(0, -1).map(({ day }) => Date.parse(day) + DAY_MS));
    // Schwab gives the prices of today's shares and no splits; the others the prices as they traded
    const shares = (day: number): number => (name === "schwab" && day < splitDay ? 4 : 1);
    for (let i = 0; i < bars.length; i++) {
      expect(bars.close[i]).toBeCloseTo(daily.close[i]! / shares(daily.openTime[i]!), 6);
      if (name === "schwab") continue;
      expect([bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]]).toEqual([
        daily.open[i],
        daily.high[i],
        daily.low[i],
        daily.close[i],
        daily.volume[i],
      ]);
    }
    expect(line?.client?.version).toMatch(/^\d/);
    expect(line?.source).toContain(name);
    expect(line?.source.includes("adjusted")).toBe(name === "schwab");
  });

  test("minutes of regular hours, five at a time; hours begin on the clock; half days end at 13:00", async () => {
    const source = await sourceOf(name);
    await downloadBars(workspace, source, FIVE);
    const expected = calendarOf("nyse").barStarts(5 * MINUTE_MS, FIVE.since, NOW);
    const bars = await stored(FIVE);
    expect(Array.from(bars.closeTime, (t) => t - 5 * MINUTE_MS)).toEqual([...expected]);
    const first = minutes.openTime.indexOf(recent[0]!.open);
    expect(bars.high[0]).toBe(Math.max(...minutes.high.subarray(first, first + 5)));
    const hours = { ...FIVE, timeframe: "1h" };
    await downloadBars(workspace, source, hours);
    const hourly = await stored(hours);
    expect([...hourly.closeTime]).toEqual(
      Array.from(calendarOf("nyse").barStarts(HOUR_MS, FIVE.since, NOW), (t) => t + HOUR_MS),
    );
    // the first holds 9:30 to 10:00 alone
    expect(hourly.high[0]).toBe(Math.max(...minutes.high.subarray(first, first + 30)));
  });

  test("goes on where it stopped, and asks for nothing that is there", async () => {
    const source = await sourceOf(name);
    const full = (await downloadBars(workspace, source, DAILY)).stored!.sha256;
    const asked = sim.requests.length;
    expect((await downloadBars(workspace, source, DAILY)).added).toBe(0);
    // nights and weekends are no gaps: a request or two for the newest bar
    expect(sim.requests.length - asked).toBeLessThan(6);
    await rm(workspace.dir, { recursive: true });
    workspace = await openWorkspace(workspace.dir);
    await downloadBars(workspace, source, { ...DAILY, until: Date.parse("2024-07-01") } as typeof DAILY);
    const { added, stored: line } = await downloadBars(workspace, source, DAILY);
    expect(added).toBeGreaterThan(100);
    expect(line!.sha256).toBe(full);
  });

  const passing: Fault[] = [
    { kind: "429", at: [0], retryAfterSeconds: 2 },
    { kind: "418", at: [1], retryAfterSeconds: 2 },
    { kind: "5xx", at: [0, 1] },
    { kind: "slow", at: [0], delayMs: 400 },
    { kind: "slow", delayMs: 20 },
    { kind: "hang", at: [1] },
    { kind: "cut", at: [0] },
    { kind: "reset", at: [0, 1] },
    { kind: "garbage", at: [0] },
    { kind: "html", at: [1] },
    { kind: "skew", skewMs: 3_600_000 },
    { kind: "unclosed", times: 1 },
    { kind: "unclosed", at: [1] },
    ...(name === "schwab"
      ? ([
          { kind: "token", at: [0] },
          { kind: "token", at: [2] },
        ] as Fault[])
      : []),
  ];
  test.each(passing)("after $kind the store is byte-equal to a run without", async (fault) => {
    const source = await sourceOf(name);
    const wanted: string[] = [];
    for (const request of [DAILY, FIVE])
      wanted.push((await downloadBars(workspace, source, request)).stored!.sha256);
    await rm(workspace.dir, { recursive: true });
    workspace = await openWorkspace(workspace.dir);
    for (const [i, request] of [DAILY, FIVE].entries()) {
      sim.setFaults([{ venue: name, ...fault }]);
      expect((await downloadBars(workspace, source, request)).stored!.sha256).toBe(wanted[i]);
    }
    expect(sim.requests.some((r) => r.faults.includes(fault.kind))).toBe(true);
  });

  test("a venue whose newest bar stays half done is put right by the next download", async () => {
    const source = await sourceOf(name);
    const wanted = (await downloadBars(workspace, source, DAILY)).stored!.sha256;
    await rm(workspace.dir, { recursive: true });
    workspace = await openWorkspace(workspace.dir);
    sim.setFaults([{ kind: "unclosed", venue: name }]);
    await downloadBars(workspace, source, DAILY);
    sim.setFaults([]);
    expect((await downloadBars(workspace, source, DAILY)).stored!.sha256).toBe(wanted);
  });

  const lasting: [Fault, RegExp][] = [
    [{ kind: "5xx" }, /cannot be reached .*status 503.*goes on where it stopped/],
    [{ kind: "hang" }, /no answer within 0.25 s/],
    [{ kind: "reset" }, /cannot be reached .*goes on where it stopped/],
    [{ kind: "html" }, /the answer is no JSON/],
    [{ kind: "429", retryAfterSeconds: 3600 }, /asks to wait 60 min/],
    [{ kind: "unknown-symbol" }, /no symbol 'SPY'/],
    [{ kind: "token" }, { alpaca: /keys were refused/, schwab: /sign in/, yahoo: /Invalid Crumb/ }[name]],
  ];
  test.each(lasting)(
    "$kind for good: one line, no key in it, what was there is kept",
    async (fault, words) => {
      const source = await sourceOf(name);
      const until = Date.parse("2024-07-01");
      const kept = (await downloadBars(workspace, source, { ...DAILY, until } as typeof DAILY)).stored!;
      sim.setFaults([{ venue: name, ...fault }]);
      const thrown = await downloadBars(workspace, source, DAILY).catch((t: unknown) => t);
      expect(messageOf(thrown)).toMatch(words);
      expect((thrown as Error).message).not.toMatch(/\n/);
      expectNoSecrets(thrown);
      expect((await findBars(workspace, DAILY))!.sha256).toBe(kept.sha256);
      sim.setFaults([]);
      expect((await downloadBars(workspace, source, DAILY)).added).toBeGreaterThan(100);
    },
  );

  test("an unknown symbol and a bar length that there is not: one line each", async () => {
    const source = await sourceOf(name);
    await expect(downloadBars(workspace, source, { ...DAILY, symbol: "NOSUCH" })).rejects.toThrow(
      /no symbol 'NOSUCH'/,
    );
    await expect(downloadBars(workspace, source, { ...FIVE, timeframe: "7m" })).rejects.toThrow(
      /has no 7m bars: choose one of 1m, .*1h, .*1d, 1w/,
    );
  });
});

/** Neither the message nor anything that hangs on the error holds a key or token. */
function expectNoSecrets(thrown: unknown): void {
  const seen: string[] = [];
  for (let at: unknown = thrown; at instanceof Error; at = at.cause) {
    seen.push(at.message, at.stack ?? "", JSON.stringify(at, Object.getOwnPropertyNames(at)));
  }
  const text = seen.join("\n");
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/\b[RIC]0\.[\w-]{20,}/);
}
