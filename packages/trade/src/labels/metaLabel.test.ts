import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { allocateBars, singlePanel } from "../market/bars.ts";
import { labelParts } from "./index.ts";
import { labelContract, walkingBars } from "./labelContract.ts";
import { metaLabelConfig, metaLabels } from "./metaLabel.ts";
import { sidesOf } from "./sideRule.ts";
import { dollarBars } from "./testing/dollarBars.ts";

const make = (config: object) => createPart(labelParts, { kind: "metaLabel", ...config }, "label");
const cross = { kind: "movingAverageCross", fastBars: 3, slowBars: 8 } as const;
const bollinger = { kind: "bollinger", windowBars: 10, deviations: 1 } as const;

/** Open, high, low, close of five minutes each. */
const rows = [
  [100, 100, 100, 100],
  [100, 104, 96, 101],
  [101, 106, 94, 100],
  [107, 108, 106, 107],
  [98, 99, 97, 98],
  [98, 100, 96, 99],
] as const;
const bars = allocateBars("TEST", rows.length);
rows.forEach(([open, high, low, close], t) => {
  bars.closeTime[t] = (t + 1) * 300_000;
  bars.open[t] = open;
  bars.high[t] = high;
  bars.low[t] = low;
  bars.close[t] = close;
});
const settings = (changes: object = {}) =>
  metaLabelConfig.parse({ target: { kind: "fixed", value: 0.05 }, horizonBars: 3, ...changes });
const found = (sides: number[], changes: object = {}) => {
  const { values, knownAt } = metaLabels(singlePanel(bars), sides, settings(changes));
  const [paid, sideReturn, side, barrier, touchBars] = values.map((v) => [...v]);
  return { paid, sideReturn, side, barrier, touchBars, knownAt: [...knownAt] };
};

describe.each([
  { side: cross, horizonBars: 6 },
  { side: bollinger, horizonBars: 20, profit: 2, vertical: "zero", gaps: "allow" },
  { side: cross, touch: "close", costBand: 0.002, target: { kind: "fixed", value: 0.01 } },
])("metaLabel %j", (config) => {
  labelContract(() => make(config), { early: true });
});

describe("metaLabels", () => {
  it("mirrors the barriers of a short, the stop first of both, by hand", () => {
    // 100 short: bar 2 has the profit at 95 and the stop at 105, the stop first. 100 short: bar 3 opens at 107, beyond the
    // stop. 107 short (profit 101.65): bar 4 opens at 98.
    const short = found([-1, 0, -1, -1, NaN, -1]);
    expect(short.paid).toEqual([0, NaN, 0, 1, NaN, NaN]);
    expect(short.sideReturn).toEqual([-0.05, NaN, -0.07, 9 / 107, NaN, NaN].map(Math.fround));
    expect(short.side).toEqual([-1, NaN, -1, -1, NaN, NaN]);
    expect(short.barrier).toEqual([-1, NaN, -1, 1, NaN, NaN]);
    expect(short.touchBars).toEqual([2, NaN, 1, 1, NaN, NaN]);
    expect(short.knownAt).toEqual([3, Infinity, 4, 5, Infinity, Infinity].map((bar) => bar * 300_000));
    const long = found([1, 1, 1, 1, 1, 1]);
    expect(long.paid).toEqual([0, 0, 1, 0, NaN, NaN]);
    expect(long.barrier).toEqual([-1, -1, 1, -1, NaN, NaN]);
  });

  it("asks whether costs were paid as well, and whether the vertical barrier counts", () => {
    // one bar ahead: 100 -> 101 ends at the vertical barrier with a gain of 1 %
    const one = { horizonBars: 1 };
    expect(found([1, 0, 0, 0, 1, 0], one).paid).toEqual([1, NaN, NaN, NaN, 1, NaN]);
    expect(found([1, 0, 0, 0, 1, 0], { ...one, costBand: 0.01 }).paid).toEqual([0, NaN, NaN, NaN, 1, NaN]);
    expect(found([1, 0, 0, 0, 1, 0], { ...one, vertical: "zero" }).paid).toEqual([0, NaN, NaN, NaN, 0, NaN]);
  });

  it("agrees with mlfinpy's test_triple_barrier_labeling: with side 1, paid where the gain is above the target", () => {
    const es = dollarBars();
    const c = metaLabelConfig.parse({
      touch: "close",
      gaps: "allow",
      target: { kind: "dailyVolatility", spanBars: 100, minReturns: 2 },
      minTarget: 0.005,
      events: { kind: "cusum", threshold: 0.02 },
      horizonBars: 1000,
      horizonHours: 24,
      vertical: "zero",
    });
    const { values } = metaLabels(singlePanel(es), new Float64Array(es.length).fill(1), c);
    const labelled = [...values[0]!.keys()].filter((t) => !Number.isNaN(values[0]![t]!));
    expect(labelled).toHaveLength(8);
    for (const t of labelled) expect(values[0]![t]).toBe(values[1]![t]! > values[5]![t]! ? 1 : 0);
  });

  it("refuses what is no side, and sides of other rows", () => {
    expect(() => found([0.5, 0, 0, 0, 0, 0])).toThrow(/row 0: 0\.5 is no side/);
    expect(() => found([1])).toThrow(/1 sides for 6 rows/);
    expect(() => make({})).toThrow(/label\.side/);
    expect(() => make({ side: { kind: "movingAverageCross", fastBars: 8, slowBars: 8 } })).toThrow(
      /label\.side\.fastBars: the fast mean/,
    );
  });
});

describe("sidesOf", () => {
  it("follows by hand", () => {
    const close = Float64Array.of(1, 2, 3, 2, 1, NaN, 5);
    // means of 1 and 2: (1.5, 2.5, 2.5, 1.5)
    expect([...sidesOf({ kind: "movingAverageCross", fastBars: 1, slowBars: 2 }, close)]).toEqual([
      NaN,
      1,
      1,
      -1,
      -1,
      NaN,
      NaN,
    ]);
    // mean 2, deviation sqrt(2/3) = 0.816: 3 lies above 2.49, 1 below 1.51; 2 of (2, 3, 2) below 2.33 - 0.28
    const bands = sidesOf({ kind: "bollinger", windowBars: 3, deviations: 0.6 }, close);
    expect([...bands]).toEqual([NaN, NaN, -1, 1, 1, NaN, NaN]);
  });

  it("reads nothing that comes later", () => {
    const { close } = walkingBars(3, { gaps: true });
    for (const rule of [cross, bollinger]) {
      const whole = sidesOf(rule, close);
      expect(sidesOf(rule, close.subarray(0, 90))).toEqual(whole.subarray(0, 90));
      expect(new Set(whole.filter((s) => !Number.isNaN(s))).has(1)).toBe(true);
    }
  });
});
