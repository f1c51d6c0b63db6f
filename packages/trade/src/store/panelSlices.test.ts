import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { DAY_MS } from "../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import { type PanelSlicesRequest, panelSlices } from "./panelSlices.ts";
import { readManyBars } from "./readManyBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { mergeBars, writeBars } from "./writeBars.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion [panel]*-")));
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

/** Bars of these days since 2020; the numbers say which symbol, day and column. */
function barsOf(symbol: string, days: readonly number[]): BarSeries {
  const bars = allocateBars(symbol, days.length);
  days.forEach((day, i) => {
    bars.closeTime[i] = Date.UTC(2020, 0, 1) + (day + 1) * DAY_MS;
    BAR_COLUMNS.forEach((name, c) => {
      bars[name][i] = 1000 * (symbol.charCodeAt(0) - 64) + day + c / 10;
    });
  });
  return bars;
}

const keyOf = (symbol: string) => ({ symbol, timeframe: "1d", market: "stock", source: "t" }) as const;

test("the slices are the whole panel cut up, whatever the series' holes, lengths, layouts, slice and overlap", async () => {
  const days = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 });
  const universe = fc.array(days, { minLength: 1, maxLength: 5 });
  const cut = fc.record({
    sliceBars: fc.integer({ min: 1, max: 80 }),
    overlapBars: fc.nat(30),
    from: fc.option(fc.integer({ min: -5, max: 500 })),
    to: fc.option(fc.integer({ min: 1, max: 505 })),
  });
  await fc.assert(
    fc.asyncProperty(universe, cut, async (all, { sliceBars, overlapBars, from, to }) => {
      await rm(join(workspace.dir, "bars"), { recursive: true, force: true });
      const symbols = all.map((_, i) => "ABCDE"[i]!);
      const sorted = all.map((d) => [...d].sort((a, b) => a - b));
      for (const [i, symbol] of symbols.entries()) {
        // every other one in parts
        await writeBars(workspace, keyOf(symbol), barsOf(symbol, sorted[i]!), {
          fileRows: i % 2 === 0 ? 1000 : 5,
        });
      }
      const inRange = (day: number): boolean => day >= (from ?? -1e9) && day + 1 <= (to ?? 1e9);
      const clock = [...new Set(sorted.flat().filter(inRange))].sort((a, b) => a - b);
      const start = Date.UTC(2020, 0, 1);
      const request: PanelSlicesRequest = {
        symbols,
        timeframe: "1d",
        sliceBars,
        overlapBars,
        ...(from === null ? {} : { from: start + from * DAY_MS }),
        ...(to === null ? {} : { to: start + to * DAY_MS }),
      };
      let fresh = 0;
      for await (const { panel, from: first, overlap, rows } of panelSlices(workspace, request)) {
        expect([rows, first + overlap]).toEqual([clock.length, fresh]);
        expect(overlap).toBe(Math.min(fresh, overlapBars));
        expect(panel.length - overlap).toBe(Math.min(sliceBars, clock.length - fresh));
        const expected = clock.slice(first, first + panel.length);
        expect([...panel.closeTime]).toEqual(expected.map((d) => start + (d + 1) * DAY_MS));
        for (const [i, series] of panel.series.entries()) {
          expect([series.instrument, series.length]).toEqual([symbols[i], panel.length]);
          expect(series.closeTime).toBe(panel.closeTime);
          const has = new Set(sorted[i]!);
          BAR_COLUMNS.forEach((name, c) => {
            const value = (d: number): number => (has.has(d) ? 1000 * (i + 1) + d + c / 10 : Number.NaN);
            expect([...series[name]]).toEqual(expected.map(value));
          });
        }
        fresh += panel.length - overlap;
      }
      expect(fresh).toBe(clock.length);
    }),
    { numRuns: 15, seed: 5 },
  );
});

test("many series are read as they are stored, in the order asked for", async () => {
  const universe = ["C", "A", "B"].map((symbol, i) => barsOf(symbol, [i, i + 3, i + 400]));
  for (const bars of universe)
    await writeBars(workspace, keyOf(bars.instrument), bars, { fileRows: bars.instrument === "A" ? 1 : 9 });
  const many = { symbols: ["C", "A", "B"], timeframe: "1d" };
  expect(await readManyBars(workspace, many)).toEqual(universe);
  const to = Date.UTC(2020, 0, 1) + 10 * DAY_MS;
  expect((await readManyBars(workspace, many, { to })).map((b) => b.length)).toEqual([2, 2, 2]);
  await expect(readManyBars(workspace, { ...many, symbols: ["C", "NONE"] })).rejects.toThrow(
    /no 1d bars of NONE/,
  );
});

test("a damaged series among many is named; slices that cannot be are refused", async () => {
  for (const symbol of ["A", "B"]) await writeBars(workspace, keyOf(symbol), barsOf(symbol, [1, 2, 3]));
  writeFileSync(join(workspace.dir, "bars/stock/B/1d.parquet"), "PAR1 no");
  const slices = panelSlices(workspace, { symbols: ["A", "B"], timeframe: "1d", sliceBars: 2 });
  const failed = slices.next();
  await expect(failed).rejects.toThrow(DataError);
  await expect(failed).rejects.toThrow(/B\/1d\.parquet is no readable Parquet file/);
  for (const wrong of [{ sliceBars: 0 }, { sliceBars: 1.5 }, { sliceBars: 5, overlapBars: -1 }]) {
    const refused = panelSlices(workspace, { symbols: ["A"], timeframe: "1d", ...wrong }).next();
    await expect(refused).rejects.toThrow(UsageError);
  }
  const twice = panelSlices(workspace, { symbols: ["A", "A"], timeframe: "1d", sliceBars: 2 }).next();
  await expect(twice).rejects.toThrow(/A is named twice/);
});

test("bars that come while a panel is read are not mixed into it", async () => {
  await writeBars(workspace, keyOf("A"), barsOf("A", [1, 2, 5, 6]));
  const closes: number[] = [];
  for await (const { panel } of panelSlices(workspace, { symbols: ["A"], timeframe: "1d", sliceBars: 2 })) {
    closes.push(...panel.series[0]!.open);
    await mergeBars(workspace, keyOf("A"), barsOf("A", [3, 7]));
  }
  expect(closes).toEqual([1001, 1002, 1005, 1006]);
});
