import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { cusumEvents } from "./cusumEvents.ts";
import { labelParts } from "./index.ts";
import { labelContract, walkingBars } from "./labelContract.ts";
import { dollarBars } from "./testing/dollarBars.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "tripleBarrier", ...config }, "label");

const fixed = { target: { kind: "fixed", value: 0.05 } };

/** Rows of open, high, low, close, five minutes each. */
function barsOf(...rows: [number, number, number, number][]): BarSeries {
  const bars = allocateBars("TEST", rows.length);
  rows.forEach(([open, high, low, close], t) => {
    bars.closeTime[t] = (t + 1) * 300_000;
    bars.open[t] = open;
    bars.high[t] = high;
    bars.low[t] = low;
    bars.close[t] = close;
  });
  return bars;
}

/** The named columns of the labels, each as plain numbers. */
function labelsOf(bars: BarSeries, config: object) {
  const labeler = make(config);
  const { values, knownAt } = labeler.label(singlePanel(bars));
  const columns = Object.fromEntries(labeler.columns.map((name, i) => [name, [...values[i]!]]));
  return { ...columns, knownAt: [...knownAt] } as Record<string, number[]>;
}

const sixBars = () =>
  barsOf(
    [100, 100, 100, 100],
    [100, 104, 96, 101], //  inside 95 .. 105
    [101, 106, 94, 100], //  both 105 and 95 in one bar
    [107, 108, 106, 107], // opens above the 105 of the bar before
    [98, 99, 97, 98], //     opens below the 101.65 of the bar before
    [98, 100, 96, 99],
  );

describe.each([
  { horizonBars: 5 },
  { horizonBars: 12, profit: 2, stop: "off", vertical: "sign" },
  { horizonBars: 150, profit: 3, stop: 3, target: { kind: "volatility", windowBars: 10 }, gaps: "allow" },
  { horizonBars: 9, touch: "close", events: { kind: "cusum", threshold: 0.01 }, target: fixed.target },
  { horizonBars: 40, horizonHours: 1, bothTouched: "drop", target: { kind: "fixed", value: 0.01 } },
  {
    horizonBars: 80,
    gaps: "allow",
    profit: "off",
    events: { kind: "cusumTarget", multiple: 0.5 },
    target: { kind: "volatility", windowBars: 30 },
  },
  { target: { kind: "dailyVolatility", spanBars: 10 } },
])("tripleBarrier %j", (config) => {
  labelContract(() => make(config), { early: true });
});

describe("tripleBarrier", () => {
  it("meets barriers inside bars, the stop first of both, pays the gap: six bars by hand", () => {
    const found = labelsOf(sixBars(), { ...fixed, horizonBars: 3 });
    // 100: bar 2 has 105 and 95, the lower first. 101 (106.05, 95.95): bar 2 falls to 94. 100: bar 3 opens at 107.
    // 107 (112.35, 101.65): bar 4 opens at 98. 98 (102.9, 93.1): inside until the bars end. The last has no future.
    expect(found.label).toEqual([-1, -1, 1, -1, NaN, NaN]);
    expect(found.class).toEqual([2, 2, 0, 2, NaN, NaN]);
    expect(found.barrier).toEqual([-1, -1, 1, -1, NaN, NaN]);
    expect(found.touchBars).toEqual([2, 1, 1, 1, NaN, NaN]);
    expect(found.forwardReturn).toEqual([-0.05, -0.05, 0.07, 98 / 107 - 1, NaN, NaN].map(Math.fround));
    expect(found.target).toEqual([0.05, 0.05, 0.05, 0.05, NaN, NaN].map(Math.fround));
    expect(found.knownAt).toEqual([3, 3, 4, 5, Infinity, Infinity].map((bar) => bar * 300_000));
  });

  it("gives no label where the order inside a bar decides, if asked", () => {
    const found = labelsOf(sixBars(), { ...fixed, horizonBars: 3, bothTouched: "drop" });
    expect(found.label).toEqual([NaN, -1, 1, -1, NaN, NaN]);
    expect(found.knownAt![0]).toBe(Infinity);
  });

  it("looks at closes alone, as the book's snippet, if asked", () => {
    const found = labelsOf(sixBars(), { ...fixed, horizonBars: 3, touch: "close" });
    expect(found.label).toEqual([1, 1, 1, -1, NaN, NaN]);
    expect(found.touchBars).toEqual([3, 2, 1, 1, NaN, NaN]);
    expect(found.forwardReturn).toEqual([0.07, 107 / 101 - 1, 0.07, 98 / 107 - 1, NaN, NaN].map(Math.fround));
  });

  it("ends at the close of the vertical barrier, in bars or at the first close after so many hours", () => {
    const one = { ...fixed, horizonBars: 1 };
    const zero = labelsOf(sixBars(), one);
    expect(zero.label).toEqual([0, -1, 1, -1, 0, NaN]);
    expect(zero.forwardReturn![0]).toBe(Math.fround(0.01));
    expect(labelsOf(sixBars(), { ...one, vertical: "sign" }).label).toEqual([1, -1, 1, -1, 1, NaN]);
    // six minutes after the first close comes the close of bar 2
    const timed = labelsOf(sixBars(), { target: { kind: "fixed", value: 0.5 }, horizonHours: 0.1 });
    expect(timed.touchBars).toEqual([2, 2, 2, 2, NaN, NaN]);
    expect(timed.barrier).toEqual([0, 0, 0, 0, NaN, NaN]);
  });

  it("turns either barrier off, and both: the return of a fixed horizon", () => {
    const c = { ...fixed, horizonBars: 3 };
    expect(labelsOf(sixBars(), { ...c, stop: "off" }).label).toEqual([1, 1, 1, NaN, NaN, NaN]);
    expect(labelsOf(sixBars(), { ...c, profit: "off" }).label).toEqual([-1, -1, 0, -1, NaN, NaN]);
    const both = labelsOf(sixBars(), { ...c, profit: "off", stop: "off" });
    expect(both.forwardReturn).toEqual([0.07, 98 / 101 - 1, -0.01, NaN, NaN, NaN].map(Math.fround));
  });

  it("passes quiet stretches of any length as bar by bar", () => {
    const bars = walkingBars(8, { move: 0.001, range: true });
    for (const horizonBars of [63, 64, 65, 127, 150]) {
      for (const value of [0.004, 0.01, 0.5]) {
        const found = labelsOf(bars, { horizonBars, target: { kind: "fixed", value } });
        for (let t = 0; t < bars.length; t++) {
          const entry = bars.close[t]!;
          let k = t + 1;
          while (
            k < bars.length &&
            k < t + horizonBars &&
            bars.high[k]! < entry * (1 + value) &&
            bars.low[k]! > entry * (1 - value)
          )
            k++;
          expect(found.touchBars![t]).toBe(k < bars.length ? k - t : NaN);
        }
      }
    }
  });

  it("gives no label across a bar that is missing or has no price, unless the market has sessions", () => {
    const far = { target: { kind: "fixed", value: 0.5 }, horizonBars: 2 };
    const holed = sixBars();
    for (let t = 3; t < 6; t++) holed.closeTime[t]! += 600_000;
    expect(labelsOf(holed, far).label).toEqual([0, NaN, NaN, 0, NaN, NaN]);
    expect(labelsOf(holed, { ...far, gaps: "allow" }).label).toEqual([0, 0, 0, 0, NaN, NaN]);
    const priceless = sixBars();
    priceless.open[3] = NaN;
    expect(labelsOf(priceless, far).label).toEqual([0, NaN, NaN, 0, NaN, NaN]);
    expect(labelsOf(priceless, { ...far, touch: "close" }).label).toEqual([0, 0, 0, 0, NaN, NaN]);
  });

  it("scales barriers by volatility known at the row and the root of the horizon", () => {
    const bars = walkingBars(12);
    const found = labelsOf(bars, { horizonBars: 16, target: { kind: "volatility", windowBars: 10 } });
    const returns = [...bars.close].map((c, t) => Math.log(c / (bars.close[t - 1] ?? NaN)));
    const window = returns.slice(41, 51);
    const mean = window.reduce((a, b) => a + b) / 10;
    const s = Math.sqrt(window.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 9);
    expect(found.target![50]).toBeCloseTo(4 * s, 7);
    expect(found.target!.slice(0, 11).map(Number.isNaN)).toEqual([...Array(10).fill(true), false]);
  });

  it("names a setting that cannot be", () => {
    expect(() => make({ horizonBars: 0 })).toThrow(/label\.horizonBars/);
    expect(() => make({ profit: 0 })).toThrow(/label\.profit/);
    expect(() => make({ stop: "no" })).toThrow(/label\.stop/);
    expect(() => make({ target: { kind: "fixed", value: 0 } })).toThrow(/label\.target\.value/);
    expect(() => make({ target: { kind: "atr" } })).toThrow(/label\.target/);
    expect(() => make({ events: { kind: "cusum" } })).toThrow(/label\.events\.threshold/);
    expect(() => make({ horizon: 3 })).toThrow(/horizon/);
  });
});

// Expected figures: test_labels.py of github.com/baobach/mlfinpy (MIT), which follows the book's snippets 3.1-3.7 and 3.9.
describe("tripleBarrier on mlfinpy's dollar bars", () => {
  const bars = dollarBars();
  const book = {
    touch: "close",
    gaps: "allow",
    target: { kind: "dailyVolatility", spanBars: 100, minReturns: 2 },
    minTarget: 0.005,
    events: { kind: "cusum", threshold: 0.02 },
    horizonBars: 1000,
    horizonHours: 24,
  };
  const rowsOf = (label: number[]) => label.flatMap((v, t) => (Number.isNaN(v) ? [] : [t]));

  it("has its 8 events, their targets, and 2 that end at the vertical barrier", () => {
    const found = labelsOf(bars, book);
    const rows = rowsOf(found.label!);
    expect(rows).toEqual([...cusumEvents(bars.close, 0.02).subarray(1)]);
    expect(rows).toHaveLength(8);
    expect(found.target![rows[0]!]).toBeCloseTo(0.010166261175903357, 8);
    expect(found.target![rows[7]!]).toBeCloseTo(0.006455887663302873, 8);
    expect(rows.filter((t) => found.barrier![t] === 0)).toHaveLength(2);
    for (const t of rows)
      expect(found.label![t] === 0).toBe(Math.abs(found.forwardReturn![t]!) < found.target![t]!);
  });

  it("ends 2 of them elsewhere without the vertical barrier", () => {
    const [timed, untimed] = [labelsOf(bars, book), labelsOf(bars, { ...book, horizonHours: undefined })];
    const rows = rowsOf(timed.label!);
    expect(rows.filter((t) => timed.touchBars![t] !== untimed.touchBars![t])).toHaveLength(2);
  });

  it("labels by how far the barriers stand: all 0 at 1,000 targets, none at 1e-8, none 1 at 10,000 and 1e-8", () => {
    const labels = (profit: number, stop: number) =>
      labelsOf(bars, { ...book, profit, stop }).label!.filter((v) => !Number.isNaN(v));
    // the last event is less than a day before the end: its vertical barrier is not reached
    expect(labels(1000, 1000)).toEqual(Array(7).fill(0));
    expect(labels(1e-8, 1e-8).filter((v) => v !== 0)).toHaveLength(8);
    expect(labels(10_000, 1e-8).some((v) => v === 1)).toBe(false);
  });
});
