import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MINUTE_MS } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { readSharedBars } from "./readSharedBars.ts";
import { openShared, type SharedBars, shareColumns } from "./sharedBars.ts";
import { CHILD_KEY as KEY, versionBars } from "./testing/versionBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { writeBars } from "./writeBars.ts";

const BAR_MS = 5 * MINUTE_MS;
const START = 1672531200000;

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-shared-")));
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

test.each([
  ["a single file", undefined],
  ["parts", 1000],
])("bars of %s are read into one shared buffer, whole or a range", async (_, fileRows) => {
  const bars = versionBars(1, 5000);
  await writeBars(workspace, { ...KEY, source: "t" }, bars, fileRows === undefined ? {} : { fileRows });
  const whole = openShared(await readSharedBars(workspace, KEY));
  expect(whole).toEqual(bars);
  expect(whole.open.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(whole.volume.buffer).toBe(whole.closeTime.buffer);
  const range = { from: START + 700 * BAR_MS, to: START + 4100 * BAR_MS };
  expect(openShared(await readSharedBars(workspace, KEY, range))).toEqual(sliceBars(bars, 700, 4100));
  expect(openShared(await readSharedBars(workspace, KEY, { from: START + 1e12 })).length).toBe(0);
});

test("mark prices have no volume in shared memory either", async () => {
  const key = { ...KEY, kind: "mark" } as const;
  await writeBars(workspace, { ...key, source: "t" }, versionBars(1, 50));
  const read = openShared(await readSharedBars(workspace, key));
  expect(read.close).toEqual(versionBars(1, 50).close);
  expect(read.volume.every(Number.isNaN)).toBe(true);
});

test("sharing copies once, and not again what is shared already", () => {
  const bars = versionBars(1, 100);
  const handle = shareColumns(bars);
  expect(openShared(handle)).toEqual(bars);
  const again = shareColumns(sliceBars(openShared(handle), 10, 20));
  expect(again.buffer).toBe(handle.buffer);
  expect(openShared(again)).toEqual(sliceBars(bars, 10, 20));
});

/** A thread of its own runs the built file: `tsc -b` comes before the tests. */
async function withWorker(handle: SharedBars, work: (worker: Worker) => Promise<void>): Promise<void> {
  const script = fileURLToPath(new URL("../../dist/store/testing/sharedBarsWorker.js", import.meta.url));
  if (!existsSync(script)) throw new Error(`${script} is not built: run npx tsc -b packages/trade first`);
  const worker = new Worker(script, { workerData: handle });
  try {
    await work(worker);
  } finally {
    await worker.terminate();
  }
}

test("a worker sees the same memory: each side reads what the other wrote after the handle was sent", async () => {
  const handle = shareColumns(versionBars(1, 1000));
  const bars = openShared(handle);
  await withWorker(handle, async (worker) => {
    await once(worker, "online");
    bars.open[0] = 123.5;
    bars.close.fill(2);
    worker.postMessage("read");
    const [answer] = await once(worker, "message");
    expect(answer).toEqual({ instrument: "BTCUSDT", length: 1000, first: 123.5, sum: 2000 });
    expect(bars.volume[999]).toBe(-42);
  });
});
