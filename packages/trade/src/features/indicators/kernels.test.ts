import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSeries } from "../../market/bars.ts";
import { BAR_COLUMNS, sliceBars } from "../../market/bars.ts";
import { cloneBars } from "../featureContract.ts";
import { randomBars } from "../randomBars.ts";
import { atr, trueRange } from "./atr.ts";
import { bollinger } from "./bollinger.ts";
import { ema } from "./ema.ts";
import { highLowRange } from "./highLowRange.ts";
import { logReturn } from "./logReturn.ts";
import { macd } from "./macd.ts";
import { obv } from "./obv.ts";
import { pctChange } from "./pctChange.ts";
import { rollingMax, rollingMin } from "./rollingExtreme.ts";
import { rollingMoments } from "./rollingMoments.ts";
import { rollingSum } from "./rollingSum.ts";
import { rsi } from "./rsi.ts";
import { sma } from "./sma.ts";
import { stochastic } from "./stochastic.ts";
import { vpt } from "./vpt.ts";
import { wilder } from "./wilder.ts";
import { zScore } from "./zScore.ts";

/** Every kernel with what it gives for bars, and the first row that has a value on sound bars. */
const kernels: Record<string, { first: number; of(b: BarSeries): readonly Float64Array[] }> = {
  sma: { first: 6, of: (b) => [sma(b.close, 7)] },
  rollingSum: { first: 6, of: (b) => [rollingSum(b.volume, 7)] },
  rollingMoments: {
    first: 6,
    of: (b) => [0, 1].flatMap((d) => Object.values(rollingMoments(b.close, 7, d as 0 | 1))),
  },
  rollingExtreme: { first: 6, of: (b) => [rollingMax(b.high, 7), rollingMin(b.low, 7)] },
  zScore: { first: 6, of: (b) => [zScore(b.close, 7)] },
  stochastic: { first: 6, of: (b) => [stochastic(b.high, b.low, b.close, 7)] },
  ema: { first: 6, of: (b) => [ema(b.close, 7)] },
  wilder: { first: 6, of: (b) => [wilder(b.close, 7)] },
  rsi: { first: 7, of: (b) => [rsi(b.close, 7)] },
  macdLine: { first: 6, of: (b) => [macd(b.close, 3, 7, 4).line] },
  macdSignal: { first: 9, of: (b) => Object.values(macd(b.close, 3, 7, 4)).slice(1) },
  trueRange: { first: 0, of: (b) => [trueRange(b.high, b.low, b.close)] },
  atr: { first: 6, of: (b) => [atr(b.high, b.low, b.close, 7)] },
  bollinger: { first: 6, of: (b) => Object.values(bollinger(b.close, 7)) },
  obv: { first: 0, of: (b) => [obv(b.close, b.volume)] },
  vpt: { first: 0, of: (b) => [vpt(b.close, b.volume)] },
  logReturn: { first: 3, of: (b) => [logReturn(b.close, 3)] },
  pctChange: { first: 3, of: (b) => [pctChange(b.close, 3)] },
  highLowRange: { first: 0, of: (b) => [highLowRange(b.high, b.low, b.close)] },
};

describe.each(Object.entries(kernels))("kernel %s", (_name, { first, of }) => {
  it("has its first value where it says and one in every row after", () => {
    for (const column of of(randomBars(8, 100))) {
      column.forEach((value, t) => {
        if (t < first !== Number.isNaN(value)) expect.fail(`row ${t} is ${value}`);
      });
    }
  });

  it("is causal bit for bit, and leaves its input as it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 60 }), (seed, cut) => {
        const bars = randomBars(seed, 60);
        const copy = cloneBars(bars);
        const whole = of(bars);
        for (const name of BAR_COLUMNS) expect(bars[name]).toEqual(copy[name]);
        of(sliceBars(bars, 0, cut)).forEach((column, i) => {
          expect(column).toEqual(whole[i]!.subarray(0, cut));
        });
      }),
      { numRuns: 20 },
    );
  });

  it("gives NaN or a finite number for any input, and is itself again once the bad value has passed", () => {
    const odd = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -3,
      5e-324,
      -Number.MAX_VALUE,
      Number.MAX_VALUE,
    );
    const oddities = fc.array(fc.tuple(fc.nat(39), fc.constantFrom(...BAR_COLUMNS), odd), { maxLength: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), oddities, (length, changes) => {
        const bars = randomBars(length, length);
        for (const [at, name, value] of changes) if (at < length) bars[name][at] = value;
        for (const column of of(bars)) {
          expect(column).toHaveLength(length);
          expect(column.every((v) => Number.isNaN(v) || Number.isFinite(v))).toBe(true);
        }
      }),
    );
    const holed = randomBars(2, 60);
    for (const name of BAR_COLUMNS) holed[name][20] = Number.NaN;
    for (const column of of(holed)) {
      expect(column[20]).toBeNaN();
      expect(Number.isFinite(column[59]!)).toBe(true);
    }
  });
});
