import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { DAY_MS, MINUTE_MS } from "../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../market/bars.ts";
import { barsSha256 } from "./barColumns.ts";
import { findBars, listBars, storedBytes } from "./listSeries.ts";
import { readManifest } from "./partManifest.ts";
import { readBarColumns, readBars } from "./readBars.ts";
import { readManyBars } from "./readManyBars.ts";
import { CHILD_KEY, versionBars } from "./testing/versionBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { compactBars, mergeBars, stageMerge, writeBars } from "./writeBars.ts";

const DAILY = { symbol: "SPY", timeframe: "1d", market: "stock", source: "t" } as const;
const MINUTES = { symbol: "BTCUSDT", timeframe: "1m", market: "spot", source: "t" } as const;

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion [parts]*'-")), { now: () => 7 });
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

/** Bars that close at these steps after a start; the numbers say which step and which version. */
function barsAt(steps: readonly number[], barMs: number, start: number, version = 0): BarSeries {
  const bars = allocateBars("SPY", steps.length);
  steps.forEach((step, i) => {
    bars.closeTime[i] = start + (step + 1) * barMs;
    BAR_COLUMNS.forEach((name, c) => {
      bars[name][i] = 1000 + step + c / 10 + version / 100;
    });
  });
  return bars;
}

const rowsOf = (bars: BarSeries): number[][] =>
  Array.from(bars.closeTime, (time, i) => [time, ...BAR_COLUMNS.map((name) => bars[name][i]!)]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const folderOf = (key: { symbol: string; timeframe: string; market: string }): string =>
  join(workspace.dir, "bars", key.market, key.symbol, key.timeframe);

describe("a series in parts", () => {
  test("any sequence of merges, replacements and compactions reads as a plain list of bars does", async () => {
    const START = Date.UTC(2019, 11, 1);
    // up to three years of days: up to four periods of a year
    const write = fc.record({
      kind: fc.constantFrom("append", "merge", "replace"),
      from: fc.nat(900),
      steps: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
    });
    const compact = fc.constant({ kind: "compact" } as const);
    const rewrite = fc.record({ kind: fc.constant("rewrite" as const), from: fc.nat(300) });
    const step = fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 1, arbitrary: compact },
      { weight: 1, arbitrary: rewrite },
    );
    const reads = fc.array(fc.tuple(fc.integer({ min: -5, max: 1100 }), fc.nat(500)), {
      minLength: 1,
      maxLength: 3,
    });
    const layout = { fileRows: 20, partsPerPeriod: 3 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), reads, async (sequence, ranges) => {
        await rm(join(workspace.dir, "bars"), { recursive: true, force: true });
        const model = new Map<number, number>();
        let version = 0;
        const modelBars = (from = 0, to = 1e6): number[][] => {
          const steps = [...model.keys()].sort((a, b) => a - b).filter((s) => s >= from && s < to);
          return steps.flatMap((s) => rowsOf(barsAt([s], DAY_MS, START, model.get(s)!)));
        };
        for (const one of sequence) {
          if (one.kind === "compact") {
            if (model.size > 0) await compactBars(workspace, DAILY);
            continue;
          }
          version++;
          const from = one.kind === "append" ? Math.max(-1, ...model.keys()) + 1 : one.from;
          const places = one.kind === "rewrite" ? [] : one.steps;
          const steps =
            one.kind === "rewrite"
              ? range(from, from + 50)
              : places.map((_, i) => places.slice(1, i + 1).reduce((sum, gap) => sum + gap, from));
          const bars = barsAt(steps, DAY_MS, START, version);
          if (one.kind === "rewrite") {
            await writeBars(workspace, DAILY, bars, layout);
            model.clear();
            for (const s of steps) model.set(s, version);
            continue;
          }
          const known = steps.filter((s) => model.has(s));
          if (known.length > 0 && one.kind !== "replace") {
            await expect(mergeBars(workspace, DAILY, bars, layout)).rejects.toThrow(DataError);
            continue;
          }
          const merged = await mergeBars(workspace, DAILY, bars, {
            ...layout,
            replace: one.kind === "replace",
          });
          expect([merged.added, merged.replaced]).toEqual([steps.length - known.length, known.length]);
          for (const s of steps) model.set(s, version);
        }
        if (model.size === 0) return;
        expect(rowsOf(await readBars(workspace, DAILY))).toEqual(modelBars());
        for (const [from, length] of ranges) {
          const span = { from: START + from * DAY_MS, to: START + (from + length) * DAY_MS };
          const expected = modelBars(from, from + length);
          expect(rowsOf(await readBars(workspace, DAILY, span))).toEqual(expected);
          const { close } = await readBarColumns(workspace, DAILY, ["close"], span);
          expect([...close]).toEqual(expected.map((row) => row[4]));
        }
        expect(await findBars(workspace, DAILY)).toMatchObject({ rows: model.size });
        expect((await listBars(workspace)).map((s) => s.rows)).toEqual([model.size]);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  test("takes the place of the single file at the first append past the limit, and its hash tells only the content", async () => {
    const all = barsAt(range(0, 800), DAY_MS, Date.UTC(2020, 0, 1));
    const layout = { fileRows: 600 };
    const single = await writeBars(workspace, { ...DAILY, source: "a.csv" }, sliceBars(all, 0, 600), layout);
    expect(single.path).toBe(`${folderOf(DAILY)}.parquet`);
    const client = { name: "ccxt", version: "4.5.1" };
    const { stored } = await mergeBars(
      workspace,
      { ...DAILY, source: "b", client },
      sliceBars(all, 500, 800),
      layout,
    );
    expect(stored).toMatchObject({
      path: folderOf(DAILY),
      rows: 800,
      source: "a.csv; b",
      importedAt: 7,
      client,
    });
    expect(existsSync(single.path)).toBe(false);
    expect(await listBars(workspace)).toEqual([stored]);
    expect(await findBars(workspace, DAILY)).toEqual(stored);
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(rowsOf(all));
    // 2020 has 366 days; the bar of its last day closes in 2021: each year's bars are hashed as a single file's are
    const byYear = [0, 365, 730, 800]
      .slice(1)
      .map((to, i) => barsSha256(sliceBars(all, [0, 365, 730][i]!, to)));
    expect(stored.sha256).toBe(
      sha256(["2020", "2021", "2022"].map((y, i) => `${y} ${byYear[i]}\n`).join("")),
    );
    const sizes = readdirSync(stored.path).map((name) => statSync(join(stored.path, name)).size);
    expect(await storedBytes(stored)).toBe(sizes.reduce((a, b) => a + b));

    const apart = await openWorkspace(join(workspace.dir, "apart"));
    for (const to of [300, 400, 450, 799, 800]) {
      const piece = sliceBars(all, to === 300 ? 0 : to - 50, to);
      const from = to === 799 ? sliceBars(all, 400, 799) : piece;
      await mergeBars(apart, DAILY, to === 400 ? sliceBars(all, 300, 400) : from, { fileRows: 10 });
    }
    expect((await findBars(apart, DAILY))?.sha256).toBe(stored.sha256);
  });

  test("a day more of five years of 1-minute bars writes less than 2 % of the bytes, and leaves the past alone", async () => {
    const start = Date.UTC(2019, 0, 1);
    const minutes = (Date.UTC(2024, 0, 1) - start) / MINUTE_MS;
    const bars = allocateBars("BTCUSDT", minutes + 1440);
    let seed = 1;
    let price = 30_000;
    for (let i = 0; i < bars.length; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      price = Math.round((price + (seed / 2 ** 32 - 0.5) * 20) * 10) / 10;
      bars.closeTime[i] = start + (i + 1) * MINUTE_MS;
      bars.open[i] = price;
      bars.high[i] = price + (seed % 7);
      bars.low[i] = price - (seed % 5);
      bars.close[i] = price + (seed % 3);
      bars.volume[i] = (seed % 100_000) / 1000;
    }
    const stored = await writeBars(workspace, MINUTES, sliceBars(bars, 0, minutes));
    const files = (): Map<string, { ino: number; size: number }> =>
      new Map(readdirSync(stored.path).map((name) => [name, statSync(join(stored.path, name))]));
    const before = files();
    expect(before.size).toBe(12 * 5 + 1 + 1); // a part a month, one of the bar that closes at midnight, the manifest
    await mergeBars(workspace, MINUTES, sliceBars(bars, minutes, minutes + 1440));
    const written = [...files()].filter(([name, file]) => before.get(name)?.ino !== file.ino);
    const bytes = written.reduce((sum, [, file]) => sum + file.size, 0);
    const total = [...before.values()].reduce((sum, file) => sum + file.size, 0);
    expect(written.map(([name]) => name.slice(0, 8)).sort()).toEqual(["2024-01_", "manifest"]);
    expect(bytes / total).toBeLessThan(0.02);
    expect(barsSha256(await readBars(workspace, MINUTES))).toBe(barsSha256(bars));
    const lastDay = await readBars(workspace, MINUTES, { from: start + minutes * MINUTE_MS });
    expect(barsSha256(lastDay)).toBe(barsSha256(sliceBars(bars, minutes, minutes + 1440)));
  });

  test("killed between the manifest and the removal of the single file, the parts count and the file goes at the next write", async () => {
    const all = barsAt(range(0, 60), DAY_MS, Date.UTC(2020, 0, 1));
    const single = await writeBars(workspace, DAILY, sliceBars(all, 0, 20), { fileRows: 30 });
    const kept = readFileSync(single.path);
    await mergeBars(workspace, DAILY, sliceBars(all, 20, 40), { fileRows: 30 });
    writeFileSync(single.path, kept);
    const expected = rowsOf(sliceBars(all, 0, 40));
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(expected);
    const [many] = await readManyBars(workspace, { symbols: ["SPY"], timeframe: "1d" });
    expect(rowsOf(many!)).toEqual(expected);
    expect((await listBars(workspace)).map((s) => s.rows)).toEqual([40]);
    await mergeBars(workspace, DAILY, sliceBars(all, 40, 60));
    expect(existsSync(single.path)).toBe(false);
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(rowsOf(all));
  });

  test("a range opens only the parts that hold some of it", async () => {
    const start = Date.UTC(2020, 0, 1);
    const all = barsAt(range(0, 1000), DAY_MS, start);
    await writeBars(workspace, DAILY, all, { fileRows: 10 });
    const [first] = (await readManifest(folderOf(DAILY)))!.periods;
    writeFileSync(join(folderOf(DAILY), first!.parts[0]!.file), "no Parquet");
    const late = await readBars(workspace, DAILY, { from: Date.UTC(2021, 0, 1) });
    expect(rowsOf(late)).toEqual(rowsOf(sliceBars(all, 366, 1000)));
    await expect(readBars(workspace, DAILY)).rejects.toThrow(
      /2020_[0-9a-f]{16}\.parquet is no readable Parquet/,
    );
  });

  test("parts are put together at a period's ninth, or when told to", async () => {
    const all = barsAt(range(0, 200), DAY_MS, Date.UTC(2020, 0, 1));
    const parts = async (): Promise<number> =>
      (await readManifest(folderOf(DAILY)))!.periods[0]!.parts.length;
    await writeBars(workspace, DAILY, sliceBars(all, 0, 20), { fileRows: 10 });
    for (let day = 20; day < 27; day++) await mergeBars(workspace, DAILY, sliceBars(all, day, day + 1));
    expect(await parts()).toBe(8);
    await mergeBars(workspace, { ...DAILY, source: "u" }, sliceBars(all, 27, 28));
    expect(await parts()).toBe(1);
    await mergeBars(workspace, DAILY, sliceBars(all, 28, 200));
    const before = await findBars(workspace, DAILY);
    expect(await compactBars(workspace, DAILY)).toEqual({ partsBefore: 2, partsAfter: 1 });
    expect(await findBars(workspace, DAILY)).toEqual({ ...before, source: "t; u" });
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(rowsOf(all));
    // what a reader may still hold stays for one more commit
    await mergeBars(workspace, DAILY, barsAt([200], DAY_MS, Date.UTC(2020, 0, 1)));
    expect(readdirSync(folderOf(DAILY))).toHaveLength(3);
  });

  test.each([
    ["a part that is gone", (path: string) => rm(path), /does not exist/],
    [
      "another part in its place",
      async (path: string, other: string) => writeFileSync(path, readFileSync(other)),
      /import the bars again/,
    ],
  ])("%s is one clear error", async (_, harm, message) => {
    await writeBars(workspace, DAILY, barsAt(range(0, 730), DAY_MS, Date.UTC(2020, 11, 31)), {
      fileRows: 10,
    });
    const [one, two] = (await readManifest(folderOf(DAILY)))!.periods.map((p) =>
      join(folderOf(DAILY), p.parts[0]!.file),
    );
    await harm(one!, two!);
    await expect(readBars(workspace, DAILY)).rejects.toThrow(DataError);
    await expect(readBars(workspace, DAILY)).rejects.toThrow(message);
  });

  test("a damaged manifest is one clear error, and writing the series anew mends it", async () => {
    const all = barsAt(range(0, 100), DAY_MS, Date.UTC(2020, 0, 1));
    const { path } = await writeBars(workspace, DAILY, all, { fileRows: 10 });
    const manifest = join(path, "manifest.json");
    const text = readFileSync(manifest, "utf8");
    for (const harmed of [
      "",
      text.slice(0, 300),
      text.replace(/"sha256":"(.)/, '"sha256":"x'),
      text.replace("2020_", "../x"),
    ]) {
      writeFileSync(manifest, harmed);
      await expect(readBars(workspace, DAILY)).rejects.toThrow(
        /manifest\.json is damaged: .*import the bars again/,
      );
      await expect(mergeBars(workspace, DAILY, all)).rejects.toThrow(DataError);
    }
    await writeBars(workspace, DAILY, all);
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(rowsOf(all));
  });

  test("of two changes made ready at once the second is refused, and neither harms the other", async () => {
    const all = barsAt(range(0, 60), DAY_MS, Date.UTC(2020, 0, 1));
    await writeBars(workspace, DAILY, sliceBars(all, 0, 20), { fileRows: 10 });
    const one = await stageMerge(workspace, DAILY, sliceBars(all, 20, 40));
    const two = await stageMerge(workspace, DAILY, sliceBars(all, 20, 60));
    const outcomes = await Promise.allSettled([one.staged!.commit(), two.staged!.commit()]);
    expect(outcomes.map((o) => o.status)).toEqual(["fulfilled", "rejected"]);
    expect(rowsOf(await readBars(workspace, DAILY))).toEqual(rowsOf(sliceBars(all, 0, 40)));
    expect(readdirSync(folderOf(DAILY))).toHaveLength(3);
  });

  test("bars that are none are refused and the old ones stay", async () => {
    const all = barsAt(range(0, 60), DAY_MS, Date.UTC(2020, 0, 1));
    await writeBars(workspace, DAILY, sliceBars(all, 0, 40), { fileRows: 10 });
    all.low[50] = Number.NaN;
    await expect(mergeBars(workspace, DAILY, sliceBars(all, 40, 60))).rejects.toThrow(
      /low of bar 11 .* is NaN; nothing was written/,
    );
    expect((await readBars(workspace, DAILY)).length).toBe(40);
    expect(readdirSync(folderOf(DAILY))).toHaveLength(2);
  });

  test("mark prices have no volume here either, and days before 1970 keep their times", async () => {
    const bars = barsAt(range(0, 40), DAY_MS, Date.UTC(1969, 11, 20));
    await writeBars(workspace, { ...DAILY, kind: "mark" }, bars, { fileRows: 10 });
    const read = await readBars(workspace, { ...DAILY, kind: "mark" });
    expect([read.closeTime, read.close]).toEqual([bars.closeTime, bars.close]);
    expect(read.volume.every(Number.isNaN)).toBe(true);
  });
});

test("a reader beside a writer sees whole versions only, while single file turns into parts and parts into others", async () => {
  const all = versionBars(1, 30_000);
  await writeBars(workspace, { ...CHILD_KEY, source: "t" }, sliceBars(all, 0, 2000));
  let isDone = false;
  const writing = (async () => {
    for (let to = 4000; to <= 30_000; to += 2000) {
      await mergeBars(workspace, { ...CHILD_KEY, source: "t" }, sliceBars(all, to - 2000, to), {
        fileRows: 5000,
        partsPerPeriod: 2,
      });
    }
    isDone = true;
  })();
  let before = 0;
  while (!isDone) {
    const read = await readBars(workspace, CHILD_KEY);
    expect([read.length % 2000, read.length >= before]).toEqual([0, true]);
    before = read.length;
    expect(barsSha256(read)).toBe(barsSha256(sliceBars(all, 0, read.length)));
  }
  await writing;
});

/** A process of its own runs the built file: `tsc -b` comes before the tests. */
function startChild(rows: number, piece: number, stop: number): ChildProcess {
  const script = fileURLToPath(new URL("../../dist/store/testing/appendBarsChild.js", import.meta.url));
  if (!existsSync(script)) throw new Error(`${script} is not built: run npx tsc -b packages/trade first`);
  return spawn(process.execPath, [script, workspace.dir, String(rows), String(piece), String(stop)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("a writer killed in the middle of an append leaves the old or the new version, never a mixture", async () => {
  const PIECE = 3000;
  const all = versionBars(1, 400_000);
  const folder = folderOf({ ...CHILD_KEY });
  let rows = 20 * PIECE;
  await writeBars(workspace, { ...CHILD_KEY, source: "t" }, sliceBars(all, 0, rows), { fileRows: 1000 });
  const isWriting = (): boolean => readdirSync(folder).some((name) => name.includes(".tmp-"));
  for (const appends of [1, 2, 3, 4]) {
    const child = startChild(rows, PIECE, all.length);
    for (let seen = 0; seen < appends; seen++) await once(child.stdout!, "data");
    while (child.exitCode === null && !isWriting()) await setTimeout(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    const read = await readBars(workspace, CHILD_KEY);
    expect([read.length % PIECE, read.length >= rows]).toEqual([0, true]);
    expect(barsSha256(read)).toBe(barsSha256(sliceBars(all, 0, read.length)));
    rows = read.length;
  }
  // the next two commits clear up what was left behind
  for (let i = 0; i < 2; i++) {
    await mergeBars(workspace, { ...CHILD_KEY, source: "t" }, sliceBars(all, rows, rows + PIECE));
    rows += PIECE;
  }
  const named = (await readManifest(folder))!.periods.flatMap((p) => p.parts.map((part) => part.file));
  const left = readdirSync(folder).filter((name) => name !== "manifest.json" && !named.includes(name));
  expect(left.filter((name) => name.includes(".tmp-") || !name.endsWith(".parquet"))).toEqual([]);
  expect(barsSha256(await readBars(workspace, CHILD_KEY))).toBe(barsSha256(sliceBars(all, 0, rows)));
});
