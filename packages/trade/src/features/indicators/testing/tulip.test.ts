import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumn } from "../registry/inputColumns.ts";
import { expectPublished, type Nearness, tulipCases } from "./publishedNumbers.ts";

const cases = tulipCases();
const close: readonly InputColumn[] = ["close"];
const hl: readonly InputColumn[] = ["high", "low"];
const hlc: readonly InputColumn[] = ["high", "low", "close"];
const hlcv: readonly InputColumn[] = ["high", "low", "close", "volume"];

interface Line extends Nearness {
  /** heading in tulip.txt */
  readonly of: string;
  readonly indicator: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputColumn[];
  /** our name of each of its outputs */
  readonly outputs: readonly string[];
}

/** The same definition: every number must agree. */
const same: readonly Line[] = [
  { of: "sma 5 atoz", indicator: "sma", params: { period: 5 }, inputs: close, outputs: ["sma"] },
  { of: "sma 5 untest", indicator: "sma", params: { period: 5 }, inputs: close, outputs: ["sma"] },
  // Tulip shows the average from its first value on; Orion hides the first n-1.
  {
    of: "ema 5 atoz",
    indicator: "ema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["ema"],
    skip: 4,
    units: 1,
  },
  {
    of: "ema 5 untest",
    indicator: "ema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["ema"],
    skip: 4,
  },
  {
    of: "dema 5 atoz",
    indicator: "dema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["dema"],
  },
  {
    of: "dema 5 untest",
    indicator: "dema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["dema"],
  },
  {
    of: "tema 5 atoz",
    indicator: "tema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["tema"],
  },
  {
    of: "tema 5 untest",
    indicator: "tema",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["tema"],
  },
  { of: "wma 5 atoz", indicator: "wma", params: { period: 5 }, inputs: close, outputs: ["wma"] },
  { of: "wma 5 untest", indicator: "wma", params: { period: 5 }, inputs: close, outputs: ["wma"] },
  { of: "hma 5 untest", indicator: "hma", params: { period: 5 }, inputs: close, outputs: ["hma"] },
  // Tulip's first value is the price itself.
  {
    of: "kama 5 untest",
    indicator: "kama",
    params: { period: 5 },
    inputs: close,
    outputs: ["kama"],
    skip: 1,
  },
  {
    of: "kama 4 extra",
    indicator: "kama",
    params: { period: 4 },
    inputs: close,
    outputs: ["kama"],
    skip: 1,
    units: 2,
  },
  {
    of: "trima 5 atoz",
    indicator: "trima",
    params: { period: 5 },
    inputs: close,
    outputs: ["trima"],
    units: 1,
  },
  { of: "trima 5 untest", indicator: "trima", params: { period: 5 }, inputs: close, outputs: ["trima"] },
  {
    of: "vwma 5 untest",
    indicator: "vwma",
    params: { period: 5 },
    inputs: ["close", "volume"],
    outputs: ["vwma"],
  },
  {
    of: "vwma 4 extra",
    indicator: "vwma",
    params: { period: 4 },
    inputs: ["close", "volume"],
    outputs: ["vwma"],
  },
  { of: "wilders 5 atoz", indicator: "rma", params: { period: 5 }, inputs: close, outputs: ["rma"] },
  { of: "wilders 5 untest", indicator: "rma", params: { period: 5 }, inputs: close, outputs: ["rma"] },
  {
    of: "macd 2 5 9 untest",
    indicator: "macd",
    params: { fast: 2, slow: 5, signal: 9, start: "first" },
    inputs: close,
    outputs: ["macd"],
  },
  {
    of: "trix 3 atoz",
    indicator: "trix",
    params: { period: 3, start: "first" },
    inputs: close,
    outputs: ["trix"],
    units: 1,
  },
  { of: "aroon 5 atoz", indicator: "aroon", params: { period: 5 }, inputs: hl, outputs: ["down", "up"] },
  { of: "aroon 5 untest", indicator: "aroon", params: { period: 5 }, inputs: hl, outputs: ["down", "up"] },
  { of: "aroonosc 5 untest", indicator: "aroon", params: { period: 5 }, inputs: hl, outputs: ["oscillator"] },
  { of: "aroonosc 5 extra", indicator: "aroon", params: { period: 5 }, inputs: hl, outputs: ["oscillator"] },
  {
    of: "ikhts 9 extra",
    indicator: "ichimoku",
    params: { conversion: 9 },
    inputs: hl,
    outputs: ["conversion"],
  },
  { of: "psar .02 .2 atoz", indicator: "psar", params: {}, inputs: hl, outputs: ["psar"] },
  {
    of: "psar .2 2 untest",
    indicator: "psar",
    params: { step: 0.2, limit: 2 },
    inputs: hl,
    outputs: ["psar"],
  },
  { of: "linreg 5 untest", indicator: "linreg", params: { period: 5 }, inputs: close, outputs: ["value"] },
  { of: "linreg 5 extra", indicator: "linreg", params: { period: 5 }, inputs: close, outputs: ["value"] },
  {
    of: "linregslope 5 untest",
    indicator: "linreg",
    params: { period: 5 },
    inputs: close,
    outputs: ["slope"],
  },
  {
    of: "linregslope 5 extra",
    indicator: "linreg",
    params: { period: 5 },
    inputs: close,
    outputs: ["slope"],
  },
  {
    of: "linregintercept 5 untest",
    indicator: "linreg",
    params: { period: 5 },
    inputs: close,
    outputs: ["intercept"],
  },
  {
    of: "linregintercept 5 extra",
    indicator: "linreg",
    params: { period: 5 },
    inputs: close,
    outputs: ["intercept"],
  },
  { of: "tsf 5 untest", indicator: "linreg", params: { period: 5 }, inputs: close, outputs: ["forecast"] },
  { of: "tsf 5 extra", indicator: "linreg", params: { period: 5 }, inputs: close, outputs: ["forecast"] },
  { of: "fosc 5 atoz", indicator: "fosc", params: { period: 5 }, inputs: close, outputs: ["fosc"], units: 3 },
  { of: "fosc 5 untest", indicator: "fosc", params: { period: 5 }, inputs: close, outputs: ["fosc"] },
  { of: "vhf 5 atoz", indicator: "vhf", params: { period: 5 }, inputs: close, outputs: ["vhf"] },
  { of: "vhf 5 untest", indicator: "vhf", params: { period: 5 }, inputs: close, outputs: ["vhf"] },
  { of: "dpo 6 atoz", indicator: "dpo", params: { period: 6 }, inputs: close, outputs: ["dpo"], units: 1 },
  { of: "dpo 5 untest", indicator: "dpo", params: { period: 5 }, inputs: close, outputs: ["dpo"] },
  { of: "rsi 5 atoz", indicator: "rsi", params: { period: 5 }, inputs: close, outputs: ["rsi"] },
  { of: "rsi 5 untest", indicator: "rsi", params: { period: 5 }, inputs: close, outputs: ["rsi"] },
  {
    of: "stochrsi 5 untest",
    indicator: "stochRsi",
    params: { rsiPeriod: 5, period: 5 },
    inputs: close,
    outputs: ["raw"],
  },
  {
    of: "stochrsi 5 extra",
    indicator: "stochRsi",
    params: { rsiPeriod: 5, period: 5 },
    inputs: close,
    outputs: ["raw"],
  },
  {
    of: "stoch 5 3 3 atoz",
    indicator: "stochastic",
    params: { period: 5 },
    inputs: hlc,
    outputs: ["k", "d"],
    units: 1,
  },
  {
    of: "stoch 5 3 3 untest",
    indicator: "stochastic",
    params: { period: 5 },
    inputs: hlc,
    outputs: ["k", "d"],
  },
  {
    of: "willr 5 atoz",
    indicator: "williamsR",
    params: { period: 5 },
    inputs: hlc,
    outputs: ["williamsR"],
    units: 1,
  },
  {
    of: "willr 5 untest",
    indicator: "williamsR",
    params: { period: 5 },
    inputs: hlc,
    outputs: ["williamsR"],
  },
  {
    of: "roc 5 untest",
    indicator: "roc",
    params: { period: 5 },
    inputs: close,
    outputs: ["roc"],
    factor: 100,
  },
  {
    of: "roc 3 extra",
    indicator: "roc",
    params: { period: 3 },
    inputs: close,
    outputs: ["roc"],
    factor: 100,
  },
  { of: "mom 5 untest", indicator: "mom", params: { period: 5 }, inputs: close, outputs: ["mom"] },
  { of: "mom 3 extra", indicator: "mom", params: { period: 3 }, inputs: close, outputs: ["mom"] },
  { of: "cmo 5 atoz", indicator: "cmo", params: { period: 5 }, inputs: close, outputs: ["cmo"] },
  { of: "cmo 5 untest", indicator: "cmo", params: { period: 5 }, inputs: close, outputs: ["cmo"] },
  {
    of: "cmo 10 extra",
    indicator: "cmo",
    params: { period: 10 },
    inputs: close,
    outputs: ["cmo"],
    units: 20,
  },
  { of: "cci 5 atoz", indicator: "cci", params: { period: 5 }, inputs: hlc, outputs: ["cci"], units: 2 },
  { of: "cci 5 untest", indicator: "cci", params: { period: 5 }, inputs: hlc, outputs: ["cci"] },
  { of: "mfi 14 atoz", indicator: "mfi", params: { period: 14 }, inputs: hlcv, outputs: ["mfi"] },
  { of: "mfi 5 untest", indicator: "mfi", params: { period: 5 }, inputs: hlcv, outputs: ["mfi"] },
  { of: "ultosc 7 14 28 atoz", indicator: "ultimate", inputs: hlc, outputs: ["ultimate"] },
  {
    of: "ultosc 2 3 5 untest",
    indicator: "ultimate",
    params: { short: 2, medium: 3, long: 5 },
    inputs: hlc,
    outputs: ["ultimate"],
  },
  {
    of: "ppo 2 5 untest",
    indicator: "ppo",
    params: { fast: 2, slow: 5, start: "first" },
    inputs: close,
    outputs: ["ppo"],
    skip: 3,
  },
  {
    of: "ppo 3 5 extra",
    indicator: "ppo",
    params: { fast: 3, slow: 5, start: "first" },
    inputs: close,
    outputs: ["ppo"],
    skip: 3,
    units: 1,
  },
  { of: "fisher 5 untest", indicator: "fisher", params: { period: 5 }, inputs: hl, outputs: ["fisher"] },
  { of: "ao extra", indicator: "awesome", inputs: hl, outputs: ["ao"] },
  { of: "bop untest", indicator: "bop", inputs: ["open", ...hlc], outputs: ["bop"] },
  { of: "bop extra", indicator: "bop", inputs: ["open", ...hlc], outputs: ["bop"] },
];

interface Different extends Line {
  readonly why: string;
  /** theirs, made of a row of ours; not given where the two only come near to each other */
  readonly theirs?: (value: number) => number;
  /** how near the last row of each output is all the same, as a share */
  readonly near: number;
}

const start =
  "Tulip begins Wilder's averages with n-1 moves, Wilder and Orion with n; what is left of it fades";

/** Another definition: the numbers must differ, and in the way that is said. */
const different: readonly Different[] = [
  { of: "di 14 atoz", indicator: "adx", inputs: hlc, outputs: ["plusDi", "minusDi"], why: start, near: 0.01 },
  {
    of: "di 5 untest",
    indicator: "adx",
    params: { period: 5 },
    inputs: hlc,
    outputs: ["plusDi", "minusDi"],
    why: start,
    near: 0.05,
  },
  {
    of: "macd 12 26 9 atoz",
    indicator: "macd",
    params: { start: "first" },
    inputs: close,
    outputs: ["macd", "signal"],
    why: "Achelis takes the rounded weights 0.15 and 0.075 for 12 and 26 bars, Orion 2/13 and 2/27",
    near: 0.1,
  },
  {
    of: "zlema 5 untest",
    indicator: "zlema",
    params: { period: 5 },
    inputs: close,
    outputs: ["zlema"],
    why: "Tulip begins with the single value x[k-1], Orion with a mean; what is left of it fades",
    near: 1e-3,
  },
  {
    of: "zlema 6 extra",
    indicator: "zlema",
    params: { period: 6 },
    inputs: close,
    outputs: ["zlema"],
    why: "as zlema 5",
    near: 1e-2,
  },
  {
    of: "trix 5 untest",
    indicator: "trix",
    params: { period: 5, start: "first" },
    inputs: close,
    outputs: ["trix"],
    why: "Tulip divides the change by the new average, Orion, Achelis and TA-Lib by the one before",
    theirs: (value) => value / (1 + value / 100),
    near: 0.01,
  },
];

function ours(line: Line): Readonly<Record<string, Float64Array>> {
  const given = cases[line.of];
  if (!given) throw new Error(`there is no case ${line.of}`);
  const columns = Object.fromEntries(line.inputs.map((name, i) => [name, given.inputs[i]!.values]));
  return findIndicator(line.indicator).create(line.params).compute(columns);
}

describe("the numbers of Tulip Indicators and of Achelis, Technical Analysis from A to Z", () => {
  it.each(same.map((line) => [line.of, line] as const))("%s", (_, line) => {
    const got = ours(line);
    line.outputs.forEach((output, i) => {
      expectPublished(got[output]!, cases[line.of]!.outputs[i]!, line);
    });
  });

  it.each(different.map((line) => [`${line.of}: ${line.why}`, line] as const))("differs: %s", (_, line) => {
    const got = ours(line);
    line.outputs.forEach((output, i) => {
      const wanted = cases[line.of]!.outputs[i]!;
      const column = got[output]!;
      expect(() => expectPublished(column, wanted, line)).toThrow(/published/);
      if (line.theirs) expectPublished(column.map(line.theirs), wanted, line);
      const last = wanted.values.at(-1)!;
      expect(Math.abs(column.at(-1)! - last)).toBeLessThanOrEqual(line.near * Math.abs(last));
    });
  });
});
