import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messageOf } from "../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { calendarOf } from "../market/calendars/calendarOf.ts";
import { alpacaSource } from "../market/sources/alpaca/alpaca.ts";
import type { Source } from "../market/sources/source.ts";
import { yahooSource } from "../market/sources/yahoo/yahoo.ts";
import { downloadBars } from "./downloadBars.ts";
import { findBars } from "./listSeries.ts";
import { readBars } from "./readBars.ts";
import {
  DAILY,
  daily,
  FIVE,
  minutes,
  NOW,
  quick,
  recent,
  SECRETS,
  STOCK_VENUES,
  sessions,
  splitDay,
  startStockVenues,
  stockSource,
} from "./testing/stockVenues.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { writeBars } from "./writeBars.ts";

let sim: VenueSim;
let workspace: Workspace;
beforeAll(async () => {
  sim = await startStockVenues();
});
afterAll(() => sim.close());
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-stocks-")));
});
afterEach(async () => {
  sim.setFaults([]);
  await rm(workspace.dir, { recursive: true, force: true });
});

const sourceOf = (name: (typeof STOCK_VENUES)[number]): Promise<Source> => stockSource(sim, name);

async function stored(request: typeof DAILY) {
  return await readBars(workspace, { symbol: request.symbol, timeframe: request.timeframe });
}

const hashes = new Map<string, readonly string[]>();

/** SHA-256 of both series as a run without faults stores them. */
async function faultless(name: string, source: Source): Promise<readonly string[]> {
  const held = hashes.get(name);
  if (held) return held;
  const found: string[] = [];
  for (const request of [DAILY, FIVE]) {
    found.push((await downloadBars(workspace, source, request)).stored!.sha256);
  }
  hashes.set(name, found);
  await rm(workspace.dir, { recursive: true });
  workspace = await openWorkspace(workspace.dir);
  return found;
}

describe.each(STOCK_VENUES)("%s", (name) => {
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
    const wanted = await faultless(name, source);
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

test("prices that a split has put on another scale are not mixed with the stored ones", async () => {
  const source = await sourceOf("schwab");
  await downloadBars(workspace, source, DAILY);
  const held = (await findBars(workspace, DAILY))!;
  const bars = await stored(DAILY);
  const doubled = { ...bars };
  for (const name of ["open", "high", "low", "close"] as const) doubled[name] = bars[name].map((p) => 4 * p);
  await writeBars(workspace, { ...DAILY, market: "stock", source: held.source }, doubled);
  await expect(downloadBars(workspace, source, DAILY)).rejects.toThrow(
    /have another scale since a split; nothing was/,
  );
});

test("Yahoo's minutes: what lies further back than it keeps them is refused as a whole, in one line", async () => {
  const source = await sourceOf("yahoo");
  const old = { ...FIVE, since: NOW - 61 * DAY_MS };
  await expect(downloadBars(workspace, source, old)).rejects.toThrow(
    "yahoo keeps 5m bars for 60 days only: say --since 2024-10-20 or later for QQQ, or --timeframe 1d",
  );
  await expect(downloadBars(workspace, source, { ...old, timeframe: "1m" })).rejects.toThrow(
    /1m bars for 30 days/,
  );
  // 1m comes a week at a time
  await downloadBars(workspace, source, { ...FIVE, timeframe: "1m", since: NOW - 29 * DAY_MS });
  const expected = calendarOf("nyse").barStarts(MINUTE_MS, NOW - 29 * DAY_MS, NOW);
  expect((await findBars(workspace, { ...FIVE, timeframe: "1m" }))!.rows).toBe(expected.length);
});

test("a delisted symbol: what there is, is kept; Yahoo has none of it any more", async () => {
  const gone = { ...daily, symbol: "GONE", openTime: daily.openTime.map((t) => t) };
  const listings = [{ symbol: "GONE", market: "stock" as const, delistedMs: NOW - 30 * DAY_MS }];
  const cut = gone.openTime.findIndex((t) => t > NOW - 30 * DAY_MS);
  const sliced = Object.fromEntries(
    (["openTime", "open", "high", "low", "close", "volume"] as const).map((n) => [n, gone[n].slice(0, cut)]),
  ) as Pick<typeof gone, "openTime" | "open" | "high" | "low" | "close" | "volume">;
  const other = await startVenueSim({
    venues: ["alpaca", "yahoo"],
    series: [{ ...gone, ...sliced, venues: ["alpaca"] }],
    listings,
    now: NOW,
  });
  try {
    const alpaca = alpacaSource({
      ...quick(sim),
      keyId: "PK",
      secretKey: "secret",
      baseUrl: other.url("alpaca"),
    });
    const { added } = await downloadBars(workspace, alpaca, { ...DAILY, symbol: "GONE" });
    expect(added).toBe(cut);
    const notes: string[] = [];
    const again = {
      ...DAILY,
      symbol: "GONE",
      onProgress: ({ note }: { note?: string }) => notes.push(note ?? ""),
    };
    expect((await downloadBars(workspace, alpaca, again)).added).toBe(0);
    const yahoo = yahooSource({ ...quick(sim), baseUrl: other.url("yahoo") });
    await expect(downloadBars(workspace, yahoo, again)).rejects.toThrow(
      /no symbol 'GONE', or has it no more/,
    );
    expect((await findBars(workspace, { ...DAILY, symbol: "GONE" }))!.rows).toBe(cut);
  } finally {
    await other.close();
  }
});
