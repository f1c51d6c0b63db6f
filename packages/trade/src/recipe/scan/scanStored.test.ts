import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { upperBound } from "../../core/columns.ts";
import { DAY_MS } from "../../core/time.ts";
import {
  type BarSeries,
  barsWhere,
  madeUniverse,
  resample,
  singlePanel,
  sliceBars,
} from "../../market/index.ts";
import { type MomentumScan, momentumScan } from "../../signals/momentumScan/index.ts";
import { openWorkspace, readBarFile, samplePath, writeBars } from "../../store/index.ts";
import { openScan, type StoredScan, scanStored } from "./scanStored.ts";

const filters = { minPrice: 1, minDollarVolume: 1000 };
const request = { market: "stock", timeframe: "1d", filters } as const;
const days = 1300;
let folder: string;
let universe: BarSeries[];
const context = () => ({ workspace: folder, now: () => 0 });

function withoutTimings({ timings: _, ...scan }: StoredScan): MomentumScan {
  return scan;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-scan-"));
  const workspace = await openWorkspace(folder);
  const { bars: sample } = await readBarFile(samplePath(), "bars");
  const { bars } = resample(sample, 300_000, DAY_MS / 6);
  universe = madeUniverse(singlePanel(bars), { symbols: 14, days, seed: 5, blockDays: 20 }).map((made, s) => {
    if (s === 3) return sliceBars(made, days - 200, days);
    // ended two weeks and five years before the others
    if (s === 4) return sliceBars(made, 0, days - 10);
    if (s === 5) return sliceBars(made, 0, 40);
    // trades on one day in three: its tail reaches far back
    if (s === 6) return barsWhere(made, (t) => t % 3 === 1);
    return made;
  });
  for (const [s, series] of universe.entries()) {
    const key = { symbol: series.instrument, timeframe: "1d", market: "stock", source: "test" } as const;
    // some in parts, as long series are
    await writeBars(workspace, key, series, s % 4 === 1 ? { fileRows: 500 } : {});
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a scan of stored bars", () => {
  it("is that of the whole series in memory, at its end and at any moment before", async () => {
    for (const asOf of [undefined, universe[0]!.closeTime[1234]! + 1, universe[0]!.closeTime[700]!]) {
      const found = await scanStored(context(), { ...request, asOf });
      expect(withoutTimings(found)).toEqual(momentumScan(universe, { filters, asOf }));
      expect(found.ranked).toBeGreaterThan(5);
      expect(found.timings.readMs).toBeGreaterThan(0);
    }
    const { dropped } = await scanStored(context(), request);
    expect(Object.fromEntries(dropped.map((d) => [d.symbol, d.reason]))).toMatchObject({
      [universe[3]!.instrument]: "short",
      [universe[4]!.instrument]: "stale",
      [universe[5]!.instrument]: "stale",
    });
  });

  it("names what is not stored, and ranks the rest", async () => {
    const symbols = ["nope", ...universe.slice(7).map((bars) => bars.instrument)];
    const found = await scanStored(context(), { ...request, symbols, top: 3 });
    expect(found).toMatchObject({ scanned: 8, dropped: [{ symbol: "NOPE", reason: "missing" }] });
    expect(found.candidates).toEqual(momentumScan(universe.slice(7), { filters }).candidates.slice(0, 3));
  });

  it("scans a universe's members at the moment, and no others", async () => {
    const file = join(folder, "mine.csv");
    const lines = universe.map(({ instrument }, s) => {
      // the eighth left the universe in 2018, the ninth entered it in 2019
      const [known, delisted] =
        s === 8 ? ["2015-01-01", "2018-01-01"] : [s === 9 ? "2019-06-01" : "2015-01-01", ""];
      return `${instrument},stock,${known},${delisted}`;
    });
    const more = ["GHOST,stock,2015-01-01,", "BTCUSDT,spot,2015-01-01,"];
    await writeFile(file, `symbol,market,known,delisted\n${[...lines, ...more].join("\n")}\n`);
    for (const [asOf, left] of [
      [undefined, 8],
      [Date.UTC(2017, 11, 1), 9],
    ] as const) {
      const found = await scanStored(context(), { ...request, universe: file, asOf });
      const wanted = momentumScan(universe.toSpliced(left, 1), { filters, asOf });
      expect(found.candidates).toEqual(wanted.candidates);
      expect(found.dropped.map((d) => [d.symbol, d.reason])).toEqual(
        [...wanted.dropped.map((d) => [d.symbol, d.reason]), ["GHOST", "missing"]].sort((a, b) =>
          a[0]! < b[0]! ? -1 : 1,
        ),
      );
    }
  });

  it("refuses what cannot be scanned", async () => {
    const scan = (more: object) => scanStored(context(), { ...request, ...more });
    await expect(scan({ symbols: [] })).rejects.toThrow(/no symbol of market stock/);
    await expect(scan({ symbols: ["A"], universe: "small" })).rejects.toThrow(/not both/);
    await expect(scan({ symbols: ["NOPE"] })).rejects.toThrow(/none of 1 symbols.*NOPE: no 1d bars/);
    await expect(scan({ timeframe: "1h" })).rejects.toThrow(/no 1h bars of market stock/);
    await expect(scan({ asOf: Number.NaN })).rejects.toThrow(/scan.asOf/);
    await expect(scan({ asOf: 0 })).rejects.toThrow(/by 1970/);
    await expect(scan({ filters: { minPrize: 3 } })).rejects.toThrow(/scan.filters/);
    await expect(scan({ universe: "nowhere" })).rejects.toThrow(/universe 'nowhere'/);
  });

  it("stops when told to", async () => {
    const signal = AbortSignal.abort();
    await expect(scanStored({ ...context(), signal }, request)).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("an open scan", () => {
  it("takes new bars, and says what a scan of all of them says", async () => {
    const cut = universe[0]!.closeTime[1280]!;
    const held = await openScan(context(), { ...request, asOf: cut });
    const rest = universe
      .map((bars) => sliceBars(bars, upperBound(bars.closeTime, cut), bars.length))
      .filter((bars) => bars.length > 0);
    held.append(rest);
    const now = universe[0]!.closeTime[days - 1]!;
    expect(withoutTimings(held.scan({ asOf: now }))).toEqual(momentumScan(universe, { filters }));
    expect(withoutTimings(held.scan({ asOf: now, top: 2 })).candidates).toHaveLength(2);
  });

  it("lets a bar that forms be replaced, takes symbols that it did not have, and no disorder", async () => {
    const held = await openScan(context(), request);
    const last = sliceBars(universe[0]!, days - 1, days);
    const changed = { ...last, volume: last.volume.map((v) => v * 3), instrument: last.instrument };
    const fresh = { ...universe[1]!, instrument: "NEW.M" };
    held.append([changed, fresh]);
    const wanted = [
      { ...universe[0]!, volume: universe[0]!.volume.with(days - 1, changed.volume[0]!) },
      ...universe.slice(1),
      fresh,
    ];
    expect(withoutTimings(held.scan())).toEqual(momentumScan(wanted, { filters }));
    expect(held.symbols).toContain("NEW.M");
    // of one that ended five years ago the few old bars count
    held.append([{ ...last, instrument: universe[5]!.instrument }]);
    expect(held.scan().dropped.find((d) => d.symbol === universe[5]!.instrument)).toMatchObject({
      reason: "short",
      detail: /41 bars of the 252/,
    });
    expect(() => held.append([{ ...fresh, closeTime: fresh.closeTime.toReversed() }])).toThrow(/in order/);
  });

  it("refuses a moment that needs bars from before those held", async () => {
    const held = await openScan(context(), request);
    expect(() => held.scan({ asOf: universe[0]!.closeTime[900]! })).toThrow(/lies before what is held/);
  });
});

it("drops a damaged file by name and ranks the others", async () => {
  const broken = universe[7]!.instrument;
  await truncate(join(folder, "bars", "stock", broken, "1d.parquet"), 3000);
  const symbols = universe.map((bars) => bars.instrument);
  const found = await scanStored(context(), { ...request, symbols });
  expect(found.dropped.find((d) => d.symbol === broken)).toMatchObject({ reason: "damaged" });
  expect(found.candidates).toEqual(momentumScan(universe.toSpliced(7, 1), { filters }).candidates);
});
