import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { DAY_MS, MINUTE_MS, timeframeMs } from "../../core/time.ts";
import { BAR_COLUMNS, type BarSeries, singlePanel, sliceBars } from "../../market/bars.ts";
import { resample } from "../../market/resample.ts";
import { cloneBars, featureContract } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { randomBars } from "../randomBars.ts";
import { expectScaleFree } from "../scaleContract.ts";

const make = (options: object = {}) =>
  createPart(featureParts, { kind: "scanner90", ...options }, "features.0");
const SIX = ["1m", "5m", "30m", "1h", "6h", "1d"];

/** One-minute bars from a midnight on. */
function minutes(seed: number, length: number): BarSeries {
  const bars = randomBars(seed, length);
  for (let t = 0; t < length; t++) bars.closeTime[t] = 19_700 * DAY_MS + (t + 1) * MINUTE_MS;
  return bars;
}

function hole(bars: BarSeries, row: number): void {
  for (const name of BAR_COLUMNS) bars[name][row] = Number.NaN;
}

function without(bars: BarSeries, gone: (row: number) => boolean): BarSeries {
  const kept = [...Array(bars.length).keys()].filter((row) => !gone(row));
  const out = cloneBars(sliceBars(bars, 0, kept.length));
  for (const name of ["closeTime", ...BAR_COLUMNS] as const)
    kept.forEach((row, t) => {
      out[name][t] = bars[name][row]!;
    });
  return out;
}

type Compute = (bars: BarSeries) => readonly Float32Array[];

/**
 * The first row in which a bar that has not closed is seen: one changed minute in it shows in a column of a longer
 * timeframe before its end. -1 where none is.
 */
function leakRow(compute: Compute, bars: BarSeries, changed: number, lengthMs: number): number {
  const other = cloneBars(bars);
  for (const name of ["open", "high", "low", "close"] as const) other[name][changed]! *= 1.5;
  other.volume[changed]! += 1000;
  const end = Math.floor((bars.closeTime[changed]! - MINUTE_MS) / lengthMs) * lengthMs + lengthMs;
  const before = compute(bars);
  const after = compute(other);
  for (let t = 0; t < bars.length && bars.closeTime[t]! < end; t++) {
    if (before.some((column, f) => !Object.is(column[t], after[f]![t]))) return t;
  }
  return -1;
}

/** The columns of one timeframe out of all that the set gives for six. */
function columnsAt(timeframe: string, timeframes: readonly string[]): Compute {
  const feature = make({ timeframes });
  return (bars) =>
    feature.compute(singlePanel(bars)).filter((_, f) => feature.columns[f]!.endsWith(`At${timeframe}`));
}

describe("scanner90", () => {
  featureContract(make, { tailTolerance: 1e-6 });

  it("has 80 to 100 columns a timeframe and says in their names which", () => {
    expect(make().columns).toHaveLength(99);
    expect(make().lookback).toBeLessThanOrEqual(252);
    const six = make({ timeframes: SIX });
    expect(six.columns).toEqual(SIX.flatMap((at) => make().columns.map((name) => `${name}At${at}`)));
    expect(six.docs.map((doc) => doc.name)).toEqual(six.columns);
    expect(six.docs.at(-1)!.formula).toMatch(/1d bar that has closed/);
    expect(six.lookback).toBe((make().lookback + 2) * 1440);
  });

  it("does not see the unit of prices or of volume", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const units = { price: 1000, volume: 10 };
        expectScaleFree(make(), singlePanel(randomBars(seed, 500)), units);
        expectScaleFree(make({ timeframes: ["1m", "5m"] }), singlePanel(minutes(seed, 900)), units);
      }),
      { numRuns: 4 },
    );
  });

  it("has in every row what the bars say that have closed by then, in all six timeframes", () => {
    // Five days and a half; the seventeenth minute of every hour was without a bar.
    const bars = without(minutes(1, 5.5 * 1440), (row) => row % 60 === 17);
    for (const at of SIX) {
      const columns = columnsAt(at, SIX)(bars);
      for (const row of [300, 1415, 1416, 2831, 2832, 4000, 7000, bars.length - 1]) {
        const time = bars.closeTime[row]!;
        const known = resample(sliceBars(bars, 0, row + 1), MINUTE_MS, timeframeMs(at)).bars;
        const closed = known.closeTime.filter((end) => end <= time).length;
        const wanted = make().compute(singlePanel(sliceBars(known, 0, closed)));
        const got = columns.map((column) => column[row]!);
        expect(got, `${at} row ${row}`).toEqual(
          wanted.map((column) => (closed === 0 ? Number.NaN : column.at(-1)!)),
        );
      }
    }
    const days = make({ timeframes: SIX });
    const change = days.compute(singlePanel(bars))[days.columns.indexOf("logReturn1At1d")]!;
    // 1,416 bars a day: two days have closed with bar 2,832.
    expect(change[2830]).toBeNaN();
    expect(change[2831]).toBeCloseTo(Math.log(bars.close[2831]! / bars.close[1415]!), 6);
    expect(change[2832]).toBe(change[2831]);
  });

  it("shows nothing of a longer bar before it closed; a set that did would be found out", () => {
    const bars = minutes(2, 3000);
    // As if each minute knew the whole of the half hour that it lies in.
    const sameBar: Compute = (of) => {
      const half = resample(of, MINUTE_MS, 30 * MINUTE_MS).bars;
      return make()
        .compute(singlePanel(half))
        .map((column) =>
          Float32Array.from({ length: of.length }, (_, t) => column[Math.floor(t / 30)] ?? Number.NaN),
        );
    };
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 2500 }), fc.constantFrom("5m", "30m", "1h"), (row, at) => {
        const columns = columnsAt(at, SIX.slice(0, 4));
        expect(leakRow(columns, bars, row, timeframeMs(at))).toBe(-1);
        // It does show once the bar has closed.
        const seen = columns(bars)[0]!;
        const end = Math.ceil((row + 1) / (timeframeMs(at) / MINUTE_MS)) * (timeframeMs(at) / MINUTE_MS) - 1;
        expect(seen[end]).not.toBe(seen[end - 1]);
        expect(leakRow(sameBar, bars, row, 30 * MINUTE_MS)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 6 },
    );
  });

  it("is causal where bars are missing, at the end of a longer bar too: a prefix gives the same rows, bit for bit", () => {
    const feature = make({ timeframes: ["1m", "5m", "30m"] });
    const bars = minutes(3, 1500);
    // The 60th, 899th and 900th minute are the last of a longer bar.
    for (const row of [59, 700, 898, 899, 1203]) hole(bars, row);
    const gapped = without(bars, (row) => row > 1000 && row < 1090 && row % 2 === 0);
    const whole = feature.compute(singlePanel(gapped));
    for (const cut of [0, 1, 58, 59, 60, 61, 899, 900, 901, 1020, 1024, 1200, gapped.length - 1]) {
      feature.compute(singlePanel(sliceBars(gapped, 0, cut))).forEach((column, f) => {
        const apart = column.findIndex((value, t) => !Object.is(value, whole[f]![t]));
        expect(apart, feature.columns[f]).toBe(-1);
        expect(column).toHaveLength(cut);
      });
    }
  });

  it("forgets: the last `lookback` + 1 bars give the last row of the whole", () => {
    const feature = make({ timeframes: ["1m", "5m"] });
    for (const end of [1701, 1702, 1703, 1704, 1705]) {
      const bars = minutes(end, end);
      const whole = feature.compute(singlePanel(bars));
      const tail = feature.compute(singlePanel(sliceBars(bars, end - feature.lookback - 1, end)));
      tail.forEach((column, f) => {
        const wanted = whole[f]![end - 1]!;
        expect(wanted, feature.columns[f]).not.toBeNaN();
        expect(Math.abs(column.at(-1)! - wanted), feature.columns[f]).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(wanted)),
        );
      });
    }
  });

  it("refuses timeframes that do not fit, and bars that are not of the first one, by name", () => {
    expect(() => make({ timeframes: [] })).toThrow(/features\.0\.timeframes/);
    expect(() => make({ timeframes: ["5m", "1m"] })).toThrow(/'1m' does not ascend/);
    expect(() => make({ timeframes: ["5m", "12m"] })).toThrow(/'12m' is no whole multiple of '5m'/);
    expect(() => make({ timeframes: ["1x"] })).toThrow(/features\.0\.timeframes\.0.*no timeframe/);
    const six = make({ timeframes: SIX });
    expect(() => six.compute(singlePanel(randomBars(1, 10)))).toThrow(
      /row 0 of TEST closes at 2023.*whole 1m/,
    );
    const five = without(minutes(1, 100), (row) => row % 5 !== 4);
    expect(() => six.compute(singlePanel(five))).toThrow(/no two bars 1m apart/);
    const odd = minutes(1, 100);
    odd.closeTime[50] = Number.NaN;
    expect(() => six.compute(singlePanel(odd))).toThrow(/row 50 of TEST closes at NaN/);
    odd.closeTime[50] = odd.closeTime[49]!;
    expect(() => six.compute(singlePanel(odd))).toThrow(/row 50/);
    for (const length of [0, 1, 2]) {
      for (const column of six.compute(singlePanel(minutes(1, length)))) expect(column).toHaveLength(length);
    }
  });
});
