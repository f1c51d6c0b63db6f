import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { HOUR_MS } from "../core/time.ts";
import type { DownloadStatus } from "../wire/bars.ts";
import { describeData } from "./describeData.ts";
import { downloadData, parseDownloadRequest } from "./downloadData.ts";
import { madeBars } from "./testing/madeBars.ts";

const START = Date.UTC(2024, 2, 4);
let folder: string;
let sim: VenueSim;
const before = process.env.ORION_BINANCE_URL;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-download-"));
  sim = await startVenueSim({
    venues: ["binance"],
    now: START + 50 * HOUR_MS,
    series: ["AAAUSDT", "BBBUSDT"].map((symbol) => {
      const { closeTime, ...columns } = madeBars(symbol, START, HOUR_MS, 100);
      return {
        market: "spot",
        symbol,
        timeframe: "1h",
        ...columns,
        openTime: closeTime.map((t) => t - HOUR_MS),
      };
    }),
  });
  process.env.ORION_BINANCE_URL = sim.url("binance");
});
afterAll(async () => {
  if (before === undefined) delete process.env.ORION_BINANCE_URL;
  else process.env.ORION_BINANCE_URL = before;
  await sim.close();
  await rm(folder, { recursive: true, force: true });
});

const request = (symbols: string[]) =>
  parseDownloadRequest({ source: "binance", symbols, timeframe: "1h", since: "2024-03-04" });

it("a symbol that the source does not have keeps no other from being stored", async () => {
  const told: Partial<DownloadStatus>[] = [];
  let now = 0;
  const context = { workspace: folder, now: () => (now += 1000) };
  const work = downloadData(context, request(["AAAUSDT", "NOSUCH", "BBBUSDT", "AAAUSDT"]), (s) =>
    told.push(s),
  );
  const fault = await work.catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(DataError);
  expect(String(fault)).toMatch(/1 of 3 symbols failed, the others are stored: NOSUCH: .*no symbol 'NOSUCH'/);
  const last = told.at(-1)!;
  expect(last.progress).toMatchObject([
    { symbol: "AAAUSDT", state: "done", done: 50, total: 50, added: 50, error: null },
    { symbol: "NOSUCH", state: "failed", added: null, error: expect.stringContaining("NOSUCH") },
    { symbol: "BBBUSDT", state: "done", added: 50 },
  ]);
  expect(last.secondsLeft).toBe(0);
  // one of three is there after n seconds: two thirds remain, 2 n
  const one = told.find((s) => s.progress?.[0]?.state === "done")!;
  expect(one.progress![1]!.state).toBe("waiting");
  expect(one.secondsLeft! % 2).toBeCloseTo(0, 6);
  const { series } = await describeData({ workspace: folder, now: () => sim.now });
  expect(series.map((s) => [s.symbol, s.rows])).toEqual([
    ["AAAUSDT", 50],
    ["BBBUSDT", 50],
  ]);
});

it("the same request again adds nothing", async () => {
  const told: Partial<DownloadStatus>[] = [];
  const context = { workspace: folder, now: () => sim.now };
  const lines = await downloadData(context, request(["AAAUSDT"]), (s) => told.push(s));
  expect(lines).toMatchObject([{ symbol: "AAAUSDT", rows: 50, market: "spot" }]);
  expect(told.at(-1)!.progress![0]).toMatchObject({ state: "done", added: 0 });
});

it("a stop is told as one, and throws", async () => {
  const told: Partial<DownloadStatus>[] = [];
  const stop = new AbortController();
  const context = { workspace: folder, now: () => sim.now, signal: stop.signal };
  sim.advance(10 * HOUR_MS);
  const work = downloadData(context, request(["AAAUSDT", "BBBUSDT"]), (s) => {
    told.push(s);
    if (s.progress?.[1]?.state === "running") stop.abort();
  });
  await expect(work).rejects.toThrow();
  expect(told.at(-1)!.progress!.map((p) => p.state)).toEqual(["done", "stopped"]);
});
