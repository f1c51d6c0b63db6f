import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { binanceSource } from "../market/sources/binance.ts";
import type { Source } from "../market/sources/source.ts";
import {
  type BinanceServer,
  type ServerFault,
  startBinanceServer,
} from "../market/sources/testing/binanceServer.ts";
import { barsSha256 } from "./barColumns.ts";
import { findBars, readBars, writeBars } from "./barStore.ts";
import { downloadBars } from "./downloadBars.ts";
import { CHILD_KEY as KEY, versionBars } from "./testing/versionBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const BAR_MS = 5 * MINUTE_MS;
const START = 1672531200000;
const CLOSED = 5500;
const all = versionBars(1, CLOSED + 1000);

let server: BinanceServer;
let source: Source;
let workspace: Workspace;

beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-download-")));
  server = await startBinanceServer({
    now: START + CLOSED * BAR_MS + MINUTE_MS,
    series: [{ market: "futures", timeframe: "5m", bars: all }],
  });
  source = binanceSource("binanceusdm", {
    baseUrl: server.url,
    rateLimit: false,
    retry: { random: () => 0.5, sleep: async () => undefined },
  });
});
afterEach(async () => {
  await server.close();
  await rm(workspace.dir, { recursive: true, force: true });
});

const request = { symbol: "BTCUSDT", timeframe: "5m", since: START, flushBars: 1000 };
const starts = (): number[] => server.klineRequests.map((q) => (Number(q.get("startTime")) - START) / BAR_MS);

describe("downloadBars", () => {
  test("after faults of every kind the store equals that of a run without", async () => {
    const kinds: ServerFault["kind"][] = ["limit", "drop", "ban", "refuse", "unavailable", "garbage"];
    server.faults = kinds.map((kind, i) => ({ request: 2 * i, kind }));
    const { added, stored } = await downloadBars(workspace, source, request);
    // six pages, each asked for twice, and the newest bar once more
    expect([added, server.klineRequests.length]).toEqual([CLOSED, 13]);
    expect(stored).toMatchObject({
      rows: CLOSED,
      source: "binanceusdm",
      market: "futures",
      sha256: barsSha256(sliceBars(all, 0, CLOSED)),
    });
  });

  test("notes the library that fetched the bars, and its version", async () => {
    const client = { name: "ccxt", version: "4.5.1" };
    const { stored } = await downloadBars(
      workspace,
      { ...source, client },
      { ...request, until: START + 50 * BAR_MS },
    );
    expect(stored).toMatchObject({ rows: 50, source: "binanceusdm", client });
    const { stored: later } = await downloadBars(workspace, source, {
      ...request,
      until: START + 60 * BAR_MS,
    });
    expect(later).toMatchObject({ rows: 60, client: { name: "ccxt" } });
  });

  test("one that broke off goes on where it stopped", async () => {
    // the third page fails for good
    server.faults = Array.from({ length: 7 }, (_, i) => ({ request: 2 + i, kind: "refuse" }));
    await expect(downloadBars(workspace, source, request)).rejects.toThrow(/goes on where it stopped/);
    expect((await findBars(workspace, KEY))?.rows).toBe(2000);
    server.klineRequests.length = 0;
    server.faults = [];
    expect((await downloadBars(workspace, source, request)).added).toBe(CLOSED - 2000);
    expect(starts()).toEqual([2000, 3000, 4000, 5000, CLOSED - 1]);
    expect(await readBars(workspace, KEY)).toEqual(sliceBars(all, 0, CLOSED));
  });

  test("stopped by the user it keeps what it has", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done >= 1000) stop.abort(new Error("stopped"));
    };
    const run = downloadBars(workspace, source, {
      ...request,
      flushBars: 1e6,
      signal: stop.signal,
      onProgress,
    });
    await expect(run).rejects.toThrow("stopped");
    expect((await findBars(workspace, KEY))?.rows).toBe(1000);
  });

  test("updates to the last closed bar, which was forming before", async () => {
    await downloadBars(workspace, source, request);
    server.now += 100 * BAR_MS;
    server.klineRequests.length = 0;
    const { since: _, ...update } = request;
    expect((await downloadBars(workspace, source, update)).added).toBe(100);
    expect(starts()).toEqual([CLOSED, CLOSED + 99]);
    expect((await downloadBars(workspace, source, update)).added).toBe(0);
    expect(await readBars(workspace, KEY)).toEqual(sliceBars(all, 0, CLOSED + 100));
  });

  test("fills the head and a gap, and asks for nothing else", async () => {
    await writeBars(workspace, { ...KEY, source: "t" }, sliceBars(all, 50, 100));
    await downloadBars(workspace, source, {
      ...request,
      since: START + 300 * BAR_MS,
      until: START + 400 * BAR_MS,
    });
    server.klineRequests.length = 0;
    const { added } = await downloadBars(workspace, source, { ...request, until: START + 400 * BAR_MS });
    expect([added, ...starts()]).toEqual([250, 0, 100]);
    expect(await readBars(workspace, KEY)).toEqual(sliceBars(all, 0, 400));
  });

  test("without a start for a new symbol, or with an empty range, it is a usage error", async () => {
    const { since: _, ...update } = request;
    await expect(downloadBars(workspace, source, update)).rejects.toThrow(UsageError);
    await expect(downloadBars(workspace, source, { ...request, until: START })).rejects.toThrow(
      /range .* is empty/,
    );
    const before = { ...request, since: START + 1e12 };
    expect(await downloadBars(workspace, source, before)).toEqual({ added: 0, stored: null });
  });
});
