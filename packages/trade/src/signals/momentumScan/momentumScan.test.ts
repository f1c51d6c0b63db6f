import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { findIndicator } from "../../features/indicators/index.ts";
import { randomBars } from "../../features/randomBars.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../../market/bars.ts";
import { barsNeeded, lastMeasures, tailBars } from "./momentumMeasures.ts";
import { momentumScan } from "./momentumScan.ts";
import { parseScanOptions } from "./scanOptions.ts";

const { windows } = parseScanOptions();
/** no filter that the price level of test bars would meet */
const open = { minPrice: 0, minDollarVolume: 0, haltBars: 250 };

/** Daily bars of a name; the same seed gives the same bars. */
function daily(instrument: string, seed: number, length: number): BarSeries {
  return { ...randomBars(seed, length, { price: 100, move: 0.03, stepMs: DAY_MS }), instrument };
}

function universeOf(count: number, length: number): BarSeries[] {
  return Array.from({ length: count }, (_, s) => daily(`S${s}`, s + 1, length));
}

/** A copy of bars in which one number is another. */
function withNumber(bars: BarSeries, name: (typeof BAR_COLUMNS)[number], row: number, value: number) {
  return { ...bars, [name]: bars[name].with(row, value) };
}

/** Bars in which every price is `price` and every volume `volume`. */
function level(instrument: string, length: number, price: number, volume: number): BarSeries {
  const bars = allocateBars(instrument, length);
  for (let t = 0; t < length; t++) {
    bars.closeTime[t] = (t + 1) * DAY_MS;
    for (const name of BAR_COLUMNS) bars[name][t] = name === "volume" ? volume : price;
  }
  return bars;
}

describe("a scan worked by hand", () => {
  // 299 days at 100 with 50,000 shares, then a day that opens at 102, trades up to 106 and closes at 105 on 250,000 shares
  const flat = level("UP", 300, 100, 50_000);
  for (const [name, value] of [
    ["open", 102],
    ["high", 106],
    ["low", 101],
    ["close", 105],
    ["volume", 250_000],
  ] as const)
    flat[name][299] = value;
  const scan = momentumScan([flat]);
  const [found] = scan.candidates;

  it("has the measures of the last day", () => {
    expect(scan).toMatchObject({ asOf: 300 * DAY_MS, scanned: 1, ranked: 1, dropped: [] });
    expect(found).toMatchObject({
      symbol: "UP",
      price: 105,
      rsi: 100,
      trend: "strong",
      asOf: 300 * DAY_MS,
    });
    expect(found!.rvol).toBeCloseTo(5, 12);
    expect(found!.percentChange).toBeCloseTo(5, 12);
    expect(found!.gap).toBeCloseTo(0.02, 12);
    // nineteen days of 5,000,000 and one of 26,250,000
    expect(found!.dollarVolume).toBe(5_000_000);
    expect(found!.distanceTo52WeekHigh).toBeCloseTo(105 / 106 - 1, 12);
  });

  it("has the score that the table of the formula gives", () => {
    // 20 x 1, 25 x log10 5, 20 x 0.5, 15 x 1, 5 x 0.02/0.05, 5 x log10(5)/3, 10 x (0.3 - 1/106)/0.3
    const expected = 20 + 25 * 0.69897 + 10 + 15 + 2 + (5 * 0.69897) / 3 + 10 * (1 - 1 / 106 / 0.3);
    expect(found!.momentum_score).toBeCloseTo(expected, 4);
  });

  it("follows the weights and bounds that are given", () => {
    const none = { rsi: 0, rvol: 0, percentChange: 0, trend: 0, gap: 0, dollarVolume: 0 };
    const only = momentumScan([flat], {
      weights: { ...none, distanceTo52WeekHigh: 0, percentChange: 100 },
      bounds: { percentChange: [0, 20] },
    });
    expect(only.candidates[0]!.momentum_score).toBeCloseTo(25, 9);
  });
});

it("measures what the registry's indicators say at the last bar, to 1e-9", () => {
  for (const seed of [1, 2, 3]) {
    const bars = daily("A", seed, 3000);
    const last = (name: string, params: Record<string, unknown>, output = name): number => {
      const given = {
        open: bars.open,
        high: bars.high,
        low: bars.low,
        close: bars.close,
        volume: bars.volume,
      };
      return findIndicator(name).create(params).compute(given)[output]!.at(-1)!;
    };
    const row = lastMeasures(sliceBars(bars, 3000 - tailBars(windows), 3000), windows);
    const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9);
    close(row.rsi, last("rsi", {}));
    close(row.rvol, last("rvol", {}));
    close(row.percentChange, last("roc", { period: 1 }));
    close(row.gap, last("gap", {}));
    close(row.distanceTo52WeekHigh, last("extremeDistance", {}, "high"));
    const [fast, slow] = [last("ema", { period: 20 }), last("ema", { period: 50 })];
    expect(row.trend > 0).toBe(fast > slow);
  }
});

describe("symbols that drop out, each with its reason", () => {
  const sound = universeOf(6, 400);
  const reasonOf = (bars: BarSeries, filters: object = open): unknown =>
    momentumScan([...sound, { ...bars, instrument: "X" }], { filters }).dropped.find((d) => d.symbol === "X");
  const one = daily("X", 99, 400);

  it("keeps a sound one", () => {
    expect(reasonOf(one)).toBeUndefined();
  });

  it("short, with the bars that it would need", () => {
    expect(barsNeeded(windows)).toBe(252);
    expect(reasonOf(sliceBars(one, 149, 400))).toMatchObject({
      reason: "short",
      detail: /251 bars of the 252/,
    });
    expect(reasonOf(sliceBars(one, 148, 400))).toBeUndefined();
  });

  it("stale from the second missing bar on", () => {
    expect(reasonOf(sliceBars(one, 0, 399))).toBeUndefined();
    expect(reasonOf(sliceBars(one, 0, 398))).toMatchObject({ reason: "stale" });
    expect(reasonOf(sliceBars(one, 0, 398), { ...open, staleBars: 2 })).toBeUndefined();
  });

  it("halted without volume, or without a move, for three bars", () => {
    const sleepy = { ...one, volume: one.volume.map((v, t) => (t > 396 ? 0 : v)) };
    expect(reasonOf(sleepy, { ...open, haltBars: 3 })).toMatchObject({ reason: "halted" });
    expect(reasonOf(withNumber(sleepy, "volume", 398, 5), { ...open, haltBars: 3 })).toBeUndefined();
    const held = one.close[396]!;
    const frozen = (column: Float64Array): Float64Array => column.map((v, t) => (t > 396 ? held : v));
    const still = {
      ...one,
      volume: one.volume.map(() => 100),
      open: frozen(one.open),
      high: frozen(one.high),
      low: frozen(one.low),
      close: frozen(one.close),
    };
    expect(reasonOf(still, { ...open, haltBars: 3 })).toMatchObject({ reason: "halted" });
    expect(reasonOf(still, { ...open, haltBars: 4 })).toBeUndefined();
  });

  it("cheap, thin, or outside the filters of strength and volume", () => {
    const price = one.close[399]!;
    expect(reasonOf(one, { ...open, minPrice: price + 1 })).toMatchObject({ reason: "price" });
    expect(reasonOf(one, { ...open, minDollarVolume: 1e9 })).toMatchObject({ reason: "liquidity" });
    expect(reasonOf(one, { ...open, rsi: [99.9, 100] })).toMatchObject({ reason: "rsi" });
    expect(reasonOf(one, { ...open, minRvol: 1e6 })).toMatchObject({ reason: "rvol" });
    const untraded = { ...one, volume: one.volume.map((_, t) => (t < 399 ? 0 : 10)) };
    expect(reasonOf(untraded)).toMatchObject({ reason: "liquidity", detail: /20 bars before/ });
  });

  it("broken by a number that no bar can have, until 252 sound ones follow", () => {
    for (const [name, value, said] of [
      ["close", Number.NaN, /not a finite number/],
      ["high", Number.POSITIVE_INFINITY, /not a finite number/],
      ["open", 0, /zero or negative/],
      ["low", -3, /zero or negative/],
      ["volume", -1, /no amount/],
      ["volume", Number.NaN, /no amount/],
      ["volume", 1e300, /above/],
    ] as const) {
      expect(reasonOf(withNumber(one, name, 148, value))).toMatchObject({ reason: "broken", detail: said });
      expect(reasonOf(withNumber(one, name, 147, value))).toBeUndefined();
    }
    expect(reasonOf(withNumber(one, "high", 399, 1e-6))).toMatchObject({ detail: /is below low/ });
  });

  it("unsorted", () => {
    const swapped = one.closeTime.with(200, one.closeTime[201]!);
    expect(reasonOf({ ...one, closeTime: swapped })).toMatchObject({ reason: "unsorted", detail: /bar 202/ });
    expect(reasonOf({ ...one, closeTime: one.closeTime.with(3, Number.NaN) })).toMatchObject({
      reason: "unsorted",
      detail: /bar 4 has no time/,
    });
  });

  it("missing where nothing had closed by the moment", () => {
    const late = sliceBars(one, 300, 400);
    const scan = momentumScan([...sound, { ...late, instrument: "X" }], {
      asOf: one.closeTime[290]!,
      filters: open,
    });
    expect(scan.dropped).toMatchObject([{ symbol: "X", reason: "missing" }]);
  });

  it("all of them: no candidates, every reason", () => {
    const scan = momentumScan(universeOf(4, 100));
    expect(scan).toMatchObject({ scanned: 4, ranked: 0, candidates: [] });
    expect(scan.dropped.map((d) => [d.symbol, d.reason])).toEqual(
      [0, 1, 2, 3].map((s) => [`S${s}`, "short"]),
    );
  });
});

describe("the universe", () => {
  it("refuses none, one twice, and none with a bar", () => {
    const [a] = universeOf(1, 300);
    expect(() => momentumScan([])).toThrow(/universe is empty/);
    expect(() => momentumScan([a!, a!])).toThrow(/S0 is given twice/);
    expect(() => momentumScan([a!], { asOf: 0 })).toThrow(/none of 1 symbols has a usable bar by 1970/);
    expect(() => momentumScan([a!], { asOf: Number.NaN })).toThrow(/scan.asOf/);
    expect(() => momentumScan([allocateBars("E", 0)])).toThrow(/usable bar/);
  });

  it("names the option that does not fit", () => {
    expect(() => parseScanOptions({ weights: { rsi: 30 } })).toThrow("scan.weights: sum to 110");
    expect(() => parseScanOptions({ top: 0 })).toThrow(/scan.top/);
    expect(() => parseScanOptions({ bounds: { rvol: [0, 3] } })).toThrow(/scan.bounds.rvol.0/);
    expect(() => parseScanOptions({ windows: { fast: 60 } })).toThrow(/scan.windows.fast: has to be shorter/);
  });

  it("is not made stale by one stray bar of the future", () => {
    const series = universeOf(40, 300);
    const stray = { ...series[7]!, closeTime: series[7]!.closeTime.with(299, 9e12) };
    const scan = momentumScan(series.with(7, stray), { filters: open });
    expect(scan.asOf).toBe(series[0]!.closeTime[299]);
    expect(scan.ranked).toBe(40);
    expect(scan.candidates.find((c) => c.symbol === "S7")!.asOf).toBe(series[0]!.closeTime[298]);
  });

  it("gives the same answer in whatever order the symbols come", () => {
    const series = [
      ...universeOf(30, 320),
      // equal numbers under several names: the name decides
      ...["TB", "TA", "TC"].map((instrument) => daily(instrument, 5, 320)),
      ...universeOf(3, 100).map((bars, i) => ({ ...bars, instrument: `SHORT${i}` })),
    ];
    const first = momentumScan(series, { top: 12, filters: open });
    expect(first.candidates).toHaveLength(12);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const order = seededRandom(seed).shuffle([...series.keys()]);
        const turned = order.map((i) => series[i]!);
        expect(momentumScan(turned, { top: 12, filters: open })).toEqual(first);
      }),
      { numRuns: 25 },
    );
    const all = momentumScan(series, { top: 100, filters: open }).candidates;
    const twins = all.map((c) => c.symbol).filter((s) => s === "S4" || s.startsWith("T"));
    expect(twins).toEqual(["S4", "TA", "TB", "TC"]);
    expect(all.slice(0, 12)).toEqual(first.candidates);
  });

  it("looks at no bar after the moment, and at no more than the tail", () => {
    const series = universeOf(8, 900);
    const asOf = series[0]!.closeTime[849]!;
    const cut = series.map((bars) => sliceBars(bars, 850 - tailBars(windows), 850));
    expect(momentumScan(series, { asOf, filters: open })).toEqual(momentumScan(cut, { filters: open }));
  });
});

it("grows with every measure, and stays within 0 and 100", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (seed, more) => {
        const bars = daily("A", seed, 260);
        const score = (series: BarSeries): number =>
          momentumScan([series], { filters: open }).candidates[0]?.momentum_score ?? Number.NaN;
        const now = score(bars);
        if (Number.isNaN(now)) return;
        const [high, close] = [bars.high[259]! * (1 + more), bars.close[259]! * (1 + more)];
        const stronger = score(
          withNumber(withNumber(bars, "high", 259, Math.max(high, close)), "close", 259, close),
        );
        expect(now).toBeGreaterThanOrEqual(0);
        expect(stronger).toBeLessThanOrEqual(100);
        const traded = score(withNumber(bars, "volume", 259, bars.volume[259]! * 2 + 1));
        expect(traded).toBeGreaterThanOrEqual(now - 1e-6);
      },
    ),
    { numRuns: 60 },
  );
});
