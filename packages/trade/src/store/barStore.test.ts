import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { BAR_COLUMNS, type BarSeries, sliceBars } from "../market/bars.ts";
import { barsSha256 } from "./barColumns.ts";
import { importSample, samplePath } from "./importSample.ts";
import { findBars, listBars } from "./listSeries.ts";
import { writeParquet } from "./parquet.ts";
import { readBarColumns, readBars } from "./readBars.ts";
import { readParquet } from "./readParquet.ts";
import { CHILD_KEY as KEY, versionBars } from "./testing/versionBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { mergeBars, writeBars } from "./writeBars.ts";

const BAR_MS = 5 * MINUTE_MS;
const START = 1672531200000;

let workspace: Workspace;
beforeEach(async () => {
  // a folder whose name would be a pattern to DuckDB
  const folder = await mkdtemp(join(tmpdir(), "orion [store]*'?-"));
  workspace = await openWorkspace(folder, { now: () => 1_700_000_000_000 });
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

function rowsOf(bars: BarSeries): number[][] {
  return Array.from(bars.closeTime, (time, i) => [time, ...BAR_COLUMNS.map((name) => bars[name][i]!)]);
}

describe("bars in the store", () => {
  test("come back bit for bit, with where they came from", async () => {
    const bars = versionBars(1, 5000);
    const stored = await writeBars(workspace, { ...KEY, timeframe: "5m", source: "a test" }, bars);
    expect(await readBars(workspace, KEY)).toEqual(bars);
    expect(stored).toEqual({
      format: 1,
      kind: "bars",
      market: "futures",
      symbol: "BTCUSDT",
      timeframe: "5m",
      rows: 5000,
      from: START,
      to: START + 5000 * BAR_MS,
      sha256: barsSha256(bars),
      source: "a test",
      importedAt: 1_700_000_000_000,
      path: join(workspace.dir, "bars/futures/BTCUSDT/5m.parquet"),
    });
    expect(await listBars(workspace)).toEqual([stored]);
    expect(await findBars(workspace, KEY)).toEqual(stored);
  });

  test("a range holds the bars that lie wholly in it", async () => {
    const bars = versionBars(1, 3000);
    await writeBars(workspace, { ...KEY, source: "t" }, bars);
    const read = await readBars(workspace, KEY, { from: START + 100 * BAR_MS, to: START + 2500 * BAR_MS });
    expect(rowsOf(read)).toEqual(rowsOf(sliceBars(bars, 100, 2500)));
    const inside = await readBars(workspace, KEY, { from: START + 1, to: START + 3 * BAR_MS - 1 });
    expect(rowsOf(inside)).toEqual(rowsOf(sliceBars(bars, 1, 2)));
    const { close, length } = await readBarColumns(workspace, KEY, ["close"], {
      from: START + 2999 * BAR_MS,
    });
    expect([length, ...close]).toEqual([1, bars.close[2999]]);
    expect((await readBars(workspace, KEY, { from: START + 1e12 })).length).toBe(0);
  });

  test("days before 1970 keep their times", async () => {
    const bars = versionBars(1, 3, -7 * 86_400_000);
    await writeBars(workspace, { ...KEY, source: "t" }, bars);
    expect((await readBars(workspace, KEY)).closeTime).toEqual(bars.closeTime);
  });

  test("mark prices have no volume", async () => {
    const bars = versionBars(1, 10);
    await writeBars(workspace, { ...KEY, kind: "mark", source: "t" }, bars);
    const read = await readBars(workspace, { ...KEY, kind: "mark" });
    expect(read.close).toEqual(bars.close);
    expect(read.volume.every(Number.isNaN)).toBe(true);
    await expect(readBars(workspace, KEY)).rejects.toThrow(DataError);
  });

  test("without a market the one that has the symbol is meant; two are a usage error", async () => {
    const { market: _, ...key } = KEY;
    await expect(readBars(workspace, key)).rejects.toThrow(/no 5m bars of BTCUSDT in .* import or download/);
    await writeBars(workspace, { ...key, market: "spot", source: "t" }, versionBars(1, 3));
    expect((await readBars(workspace, { ...key, symbol: "btcusdt" })).length).toBe(3);
    await writeBars(workspace, { ...key, market: "futures", source: "t" }, versionBars(1, 4));
    await expect(readBars(workspace, key)).rejects.toThrow(/spot and futures: say --market/);
  });

  test.each(["../x", "a/b", ".hidden", "", "A\0", "x".repeat(41)])(
    "a symbol like %j stays outside",
    async (symbol) => {
      await expect(writeBars(workspace, { ...KEY, symbol, source: "t" }, versionBars(1, 1))).rejects.toThrow(
        UsageError,
      );
      expect(readdirSync(workspace.dir)).toEqual([]);
    },
  );

  test("bars that are none are refused and the old ones stay", async () => {
    const bars = versionBars(1, 20);
    await writeBars(workspace, { ...KEY, source: "t" }, bars);
    const harmed = versionBars(2, 20);
    harmed.close[7] = Number.NaN;
    const failed = writeBars(workspace, { ...KEY, source: "t" }, harmed);
    await expect(failed).rejects.toThrow(
      /close of bar 8 \(closed 2023-01-01T00:40:00Z\) is NaN; nothing was written/,
    );
    const disordered = versionBars(2, 20);
    disordered.closeTime[7] = disordered.closeTime[6]!;
    await expect(writeBars(workspace, { ...KEY, source: "t" }, disordered)).rejects.toThrow(
      /is not after the one before/,
    );
    expect(await readBars(workspace, KEY)).toEqual(bars);
  });
});

describe("merging", () => {
  test("adds new bars before, between and after; equal ones are accepted", async () => {
    const bars = versionBars(1, 100);
    await writeBars(workspace, { ...KEY, source: "first" }, sliceBars(bars, 20, 60));
    const tail = await mergeBars(workspace, { ...KEY, source: "second" }, sliceBars(bars, 50, 100));
    expect([tail.added, tail.replaced, tail.stored.source]).toEqual([40, 0, "first; second"]);
    await mergeBars(workspace, { ...KEY, source: "second" }, sliceBars(bars, 0, 20));
    expect(await readBars(workspace, KEY)).toEqual(bars);
    const again = await mergeBars(workspace, { ...KEY, source: "third" }, bars);
    expect([again.added, again.stored.source]).toEqual([0, "first; second"]);
  });

  test("a differing bar is refused, or wins when told to", async () => {
    const bars = versionBars(1, 30);
    await writeBars(workspace, { ...KEY, source: "t" }, bars);
    const fresh = versionBars(1, 40);
    fresh.close[11] = 16000.25;
    const failed = mergeBars(workspace, { ...KEY, source: "t" }, fresh);
    await expect(failed).rejects.toThrow(
      /bar closed 2023-01-01T01:00:00Z differs .*close 16000.25, .*--replace/,
    );
    expect(await readBars(workspace, KEY)).toEqual(bars);
    const merged = await mergeBars(workspace, { ...KEY, source: "t" }, fresh, { replace: true });
    expect([merged.added, merged.replaced]).toEqual([10, 1]);
    expect(await readBars(workspace, KEY)).toEqual(fresh);
  });
});

describe("broken files", () => {
  test.each([0, 3, 1000, 20_000])("a Parquet file cut at %i bytes is one clear error", async (bytes) => {
    const { path } = await writeBars(workspace, { ...KEY, source: "t" }, versionBars(1, 5000));
    truncateSync(path, bytes);
    const failed = readBars(workspace, KEY);
    await expect(failed).rejects.toThrow(DataError);
    await expect(failed).rejects.toThrow("5m.parquet is no readable Parquet file");
    await expect(failed).rejects.not.toThrow("\n");
  });

  test("bytes overwritten in the middle are an error or the same bars, never other ones", async () => {
    const bars = versionBars(1, 5000);
    const { path } = await writeBars(workspace, { ...KEY, source: "t" }, bars);
    const whole = readFileSync(path);
    for (const at of [4, 500, 30_000, whole.length - 400, whole.length - 5]) {
      const harmed = Buffer.from(whole);
      harmed.fill(0xaa, at, at + 4);
      writeFileSync(path, harmed);
      const read = await readBars(workspace, KEY).catch((thrown: unknown) => thrown);
      if (read instanceof Error) expect(read).toBeInstanceOf(DataError);
      else expect(read).toEqual(bars);
    }
  });

  test("a Parquet file of another program is refused", async () => {
    const { path } = await writeBars(workspace, { ...KEY, source: "t" }, versionBars(1, 5));
    await writeParquet(path, [{ name: "closeTime", type: "time", values: Float64Array.of(1, 2) }]);
    await expect(readBars(workspace, KEY)).rejects.toThrow("5m.parquet was not written by Orion");
  });

  test("a missing column is named", async () => {
    const path = join(workspace.dir, "x.parquet");
    await writeParquet(path, [{ name: "close", type: "float32", values: Float32Array.of(1.5, Number.NaN) }]);
    expect((await readParquet(path, ["close"])).columns.close).toEqual(Float64Array.of(1.5, Number.NaN));
    await expect(readParquet(path, ["open"])).rejects.toThrow(/x\.parquet .*open/);
    await writeParquet(path, [{ name: "close", type: "text", values: ["a", "b"] }]);
    await expect(readParquet(path, ["close"])).rejects.toThrow(/x\.parquet .*'a' to DOUBLE/);
  });
});

/** A process of its own runs the built file: `tsc -b` comes before the tests. */
function startChild(rows: number, writes: number, shellLimit = ""): ChildProcess {
  const script = fileURLToPath(new URL("../../dist/store/testing/writeBarsChild.js", import.meta.url));
  if (!existsSync(script)) throw new Error(`${script} is not built: run npx tsc -b packages/trade first`);
  const command = `${shellLimit} exec "$0" "$@"`;
  return spawn(
    "/bin/sh",
    ["-c", command, process.execPath, script, workspace.dir, String(rows), String(writes)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
}

describe("a writer that dies", () => {
  test("killed at any moment it leaves whole bars, and the next write clears up", async () => {
    const rows = 20_000;
    const hashes = [1, 2].map((v) => barsSha256(versionBars(v, rows)));
    await writeBars(workspace, { ...KEY, source: "t" }, versionBars(1, rows));
    const place = join(workspace.dir, "bars/futures/BTCUSDT");
    const isWriting = (): boolean => readdirSync(place).some((name) => name.includes(".tmp-"));
    for (const writes of [1, 2, 3]) {
      const child = startChild(rows, 1000);
      for (let seen = 0; seen < writes; seen++) await once(child.stdout!, "data");
      while (child.exitCode === null && !isWriting()) await setTimeout(1);
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(isWriting()).toBe(true);
      expect(hashes).toContain(barsSha256(await readBars(workspace, KEY)));
    }
    const folder = dirname((await writeBars(workspace, { ...KEY, source: "t" }, versionBars(2, rows))).path);
    expect(readdirSync(folder)).toEqual(["5m.parquet"]);
  });

  test("a full disk is one clear error, and the old bars stay", async () => {
    const bars = versionBars(1, 100);
    const { path } = await writeBars(workspace, { ...KEY, source: "t" }, bars);
    // no file may grow past 64 blocks of 512 bytes; 20,000 rows need over 100 kB
    const child = startChild(20_000, 1, "ulimit -f 64;");
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, "close");
    expect(said).toMatch(
      /no space left on the disk while writing .*5m\.parquet.* what was there is untouched/,
    );
    expect(code).toBe(3);
    expect(await readBars(workspace, KEY)).toEqual(bars);
    expect(readdirSync(dirname(path))).toEqual(["5m.parquet"]);
  });
});

test("a reader beside a writer sees one version or the other, whole or in part", async () => {
  const versions = [versionBars(1, 30_000), versionBars(2, 25_000)];
  await writeBars(workspace, { ...KEY, source: "t" }, versions[0]!);
  let isDone = false;
  const writing = (async () => {
    for (let i = 1; i <= 10; i++) await writeBars(workspace, { ...KEY, source: "t" }, versions[i % 2]!);
    isDone = true;
  })();
  const range = { from: START + 10_000 * BAR_MS, to: START + 20_000 * BAR_MS };
  const parts = versions.map((v) => sliceBars(v, 10_000, 20_000));
  while (!isDone) {
    expect(versions.map((v) => barsSha256(v))).toContain(barsSha256(await readBars(workspace, KEY)));
    expect(parts.map((v) => barsSha256(v))).toContain(barsSha256(await readBars(workspace, KEY, range)));
  }
  await writing;
});

describe("the sample", () => {
  test("comes into the workspace once, its hash checked", async () => {
    const first = await importSample(workspace);
    // counted and dated by the file it was made from (see samples/README.md)
    expect(first).toMatchObject({
      added: 143_900,
      stored: { rows: 143_900, from: Date.UTC(2023, 0, 1), to: Date.UTC(2024, 4, 14, 15, 40) },
    });
    expect(first.stored.sha256).toBe("5a39db9bb1bf913a024bbadcdae00954a366f6ab56f1608d567e53e1ed793837");
    expect((await importSample(workspace)).added).toBe(0);
    const bars = await readBars(workspace, KEY);
    // the first and the last bar of the exchange's own file
    expect(rowsOf(bars)[0]).toEqual([1672531500000, 16537.5, 16538, 16523, 16529.2, 844.251]);
    expect(bars.closeTime[143_899]).toBe(1715701200000);
  });

  test("damaged it is refused and the workspace stays as it was", async () => {
    const copy = join(workspace.dir, "copy.parquet");
    copyFileSync(samplePath(), copy);
    truncateSync(copy, 1_000_000);
    await expect(importSample(workspace, copy)).rejects.toThrow(DataError);
    expect(existsSync(join(workspace.dir, "bars"))).toBe(false);
  });
});
