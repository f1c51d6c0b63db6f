import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumn, InputColumns } from "../registry/inputColumns.ts";
import { expectPublished, publishedTables, tulipCases } from "../testing/publishedNumbers.ts";

const tulip = tulipCases();
const sheets = publishedTables("stockcharts.txt");
const lean = publishedTables("lean.txt");
const hl: readonly InputColumn[] = ["high", "low"];
const hlc: readonly InputColumn[] = ["high", "low", "close"];
const first = { start: "first" };

function compute(name: string, params: Record<string, unknown>, columns: InputColumns) {
  return findIndicator(name).create(params).compute(columns);
}

function tableColumns(table: (typeof sheets)[string], names: readonly InputColumn[]): InputColumns {
  return Object.fromEntries(names.map((name) => [name, table[name]!.values]));
}

describe("Tulip's numbers (Achelis, the library's own, worked by hand)", () => {
  it.each([
    ["tr atoz", "trueRange", {}, hlc, ["trueRange"], {}],
    ["tr untest", "trueRange", {}, hlc, ["trueRange"], {}],
    ["atr 4 atoz", "atr", { period: 4 }, hlc, ["atr"], { units: 1 }],
    ["atr 5 untest", "atr", { period: 5 }, hlc, ["atr"], {}],
    ["natr 4 extra", "natr", { period: 4 }, hlc, ["natr"], { units: 5 }], // from averages that were rounded before
    ["natr 5 untest", "natr", { period: 5 }, hlc, ["natr"], {}],
    ["bbands 5 2 atoz", "bollinger", { period: 5 }, ["close"], ["lower", "middle", "upper"], { units: 2 }],
    ["bbands 5 2 untest", "bollinger", { period: 5 }, ["close"], ["lower", "middle", "upper"], {}],
    [
      "cvi 5 atoz",
      "chaikinVolatility",
      { period: 5, change: 5, ...first },
      hl,
      ["chaikinVolatility"],
      { units: 5 },
    ],
    ["cvi 5 untest", "chaikinVolatility", { period: 5, change: 5, ...first }, hl, ["chaikinVolatility"], {}],
    ["mass 3 atoz", "massIndex", { period: 3, ...first }, hl, ["massIndex"], { units: 1 }],
  ] as const)("%s", (of, name, params, inputs, outputs, how) => {
    const one = tulip[of]!;
    const got = compute(name, params, Object.fromEntries(inputs.map((c, i) => [c, one.inputs[i]!.values])));
    outputs.forEach((output, i) => {
      expectPublished(got[output]!, one.outputs[i]!, how);
    });
  });

  it("volatility 3: simple returns, division by n, a year of 252, where Orion takes log returns and divides by n-1", () => {
    const one = tulip["volatility 3 extra"]!;
    const close = one.inputs[0]!.values;
    const got = compute("realised", { period: 3, barsPerYear: 252 }, { close }).realised!;
    // the last row: returns 92 to 99, 99 to 58, 58 to 150, which are 0.0761, -0.4141, 1.5862
    const theirs = [99 / 92 - 1, 58 / 99 - 1, 150 / 58 - 1];
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
    const spread = (values: readonly number[], ddof: number) =>
      Math.sqrt(
        (252 * mean(values.map((v) => (v - mean(values)) ** 2)) * values.length) / (values.length - ddof),
      );
    expect(Math.abs(spread(theirs, 0) / one.outputs[0]!.values.at(-1)! - 1)).toBeLessThan(1e-8);
    expect(Math.abs(got.at(-1)! / spread(theirs.map(Math.log1p), 1) - 1)).toBeLessThan(1e-12);
  });
});

describe("StockCharts' spreadsheets", () => {
  it.each([
    ["atr", "trueRange", {}, hlc, { tr: "trueRange" }, {}],
    ["atr", "atr", {}, hlc, { atr: "atr" }, { skip: 13 }], // the sheet holds 0 before the first average
    ["kc", "keltner", first, hlc, { upper: "upper", middle: "middle", lower: "lower" }, { skip: 19 }],
    ["dc", "donchian", {}, hlc, { upper: "upper", middle: "middle", lower: "lower" }, {}],
    [
      "bbands",
      "bollinger",
      {},
      ["close"],
      { middle: "middle", upper: "upper", lower: "lower" },
      { units: 1 },
    ],
    ["bbands", "bollinger", {}, ["close"], { percentB: "percentB" }, { units: 1 }],
  ] as const)("%s by %s", (of, name, params, inputs, outputs, how) => {
    const table = sheets[of]!;
    const got = compute(name, params, tableColumns(table, inputs));
    for (const [theirs, ours] of Object.entries(outputs)) expectPublished(got[ours]!, table[theirs]!, how);
  });

  it("bbands: width in percent there, a fraction here", () => {
    const table = sheets.bbands!;
    const got = compute("bollinger", {}, tableColumns(table, ["close"])).width!;
    expectPublished(got, table.width!, { factor: 0.01, units: 1 });
  });

  it("ui: its peaks are the highest closes so far, which 13 lower rows before its first make ours too", () => {
    const close = sheets.ui!.close!.values;
    const before = new Float64Array(13).fill(close[0]!);
    const got = compute("ulcer", {}, { close: Float64Array.of(...before, ...close) }).ulcer!;
    expect(got.subarray(0, 26).every(Number.isNaN)).toBe(true);
    expectPublished(got, sheets.ui!.ulcer!);
  });
});

describe("QuantConnect's test data (SPY)", () => {
  it.each([
    ["atr", "atr", {}, hlc, { atr: "atr" }, { skip: 40, units: 1 }],
    [
      "bollinger",
      "bollinger",
      {},
      ["close"],
      { middle: "middle", upper: "upper", lower: "lower" },
      { units: 1 },
    ],
    ["bollinger", "bollinger", {}, ["close"], { percentB: "percentB" }, { units: 1 }],
    [
      "donchian",
      "donchian",
      { period: 50 },
      hl,
      { upper: "upper", middle: "middle", lower: "lower" },
      { skip: 49 },
    ],
  ] as const)("%s", (of, name, params, inputs, outputs, how) => {
    const table = lean[of]!;
    const columns = { ...tableColumns(table, inputs) };
    if (name === "donchian") columns.close = table.low!.values;
    const got = compute(name, params, columns);
    for (const [theirs, ours] of Object.entries(outputs)) expectPublished(got[ours]!, table[theirs]!, how);
  });

  it("natr: its ATR leaves the first bar out; the same once that is forgotten", () => {
    const table = lean.natr!;
    const got = compute("natr", { period: 5 }, tableColumns(table, hlc)).natr!;
    expectPublished(got, table.natr!, { skip: 70 });
    expect(Math.abs(got[6]! / table.natr!.values[6]! - 1)).toBeGreaterThan(1e-6);
  });
});

describe("the estimators, worked by hand", () => {
  // Logarithms of prices: a first close of 0, then open .1, high .3, low 0, close .2 and open .1, high .4, low -.1, close .3.
  const bars = {
    open: Float64Array.of(0, 0.1, 0.1).map(Math.exp),
    high: Float64Array.of(0, 0.3, 0.4).map(Math.exp),
    low: Float64Array.of(0, 0, -0.1).map(Math.exp),
    close: Float64Array.of(0, 0.2, 0.3).map(Math.exp),
  };
  it.each([
    // (.3^2 + .5^2) / 2 / (4 ln 2) = .34 / 5.5451774 = .0613145
    ["parkinson", 0.0613145],
    // .5 .09 - .3862944 .01 = .0411371, .5 .25 - .3862944 .04 = .1095482, mean .0753426
    ["garmanKlass", 0.0753426],
    // .1 .2 + .2 .1 = .04, .1 .3 + .4 .2 = .11, mean .075
    ["rogersSatchell", 0.075],
    // gaps .1, -.1: variance .02; bodies .1, .2: .005; k = .34 / (1.34 + 3) = .0783410; .02 + k .005 + (1-k) .075 = .0895161
    ["yangZhang", 0.0895161],
    // returns .2, .1: .005
    ["realised", 0.005],
  ])("%s", (name, variance) => {
    const got = (barsPerYear: number) => compute(name, { period: 2, barsPerYear }, bars)[name]![2]!;
    expect(Math.abs(got(1) ** 2 - variance)).toBeLessThan(1e-7);
    expect(Math.abs(got(252) ** 2 / (252 * got(1) ** 2) - 1)).toBeLessThan(1e-12);
  });

  it("gives no volatility for prices that are not above 0, and none to a bar that only rises (Rogers and Satchell)", () => {
    const negative = Object.fromEntries(Object.entries(bars).map(([name, c]) => [name, c.map((x) => -x)]));
    for (const name of ["parkinson", "garmanKlass", "rogersSatchell", "yangZhang", "realised"]) {
      expect(compute(name, { period: 2 }, negative)[name]!.every(Number.isNaN), name).toBe(true);
    }
    const rising = { open: bars.low, high: bars.high, low: bars.low, close: bars.high };
    expect(compute("rogersSatchell", { period: 2 }, rising).rogersSatchell![2]).toBe(0);
  });
});

describe("choppiness, worked by hand", () => {
  const columns = (rows: readonly (readonly [number, number, number])[]) =>
    Object.fromEntries(hlc.map((name, i) => [name, Float64Array.from(rows, (row) => row[i]!)]));
  it.each([
    // ranges 2 and 3 in a range of 4: log(5/4) / log 2 = .3219281
    [
      "some way",
      [
        [12, 10, 11],
        [14, 11, 13],
      ],
      2,
      32.19281,
    ],
    [
      "a straight line",
      [
        [2, 1, 2],
        [3, 2, 3],
        [4, 3, 4],
      ],
      3,
      0,
    ],
    [
      "the whole range each time",
      [
        [12, 10, 11],
        [12, 10, 11],
        [12, 10, 11],
      ],
      3,
      100,
    ],
    [
      "no move",
      [
        [12, 12, 12],
        [12, 12, 12],
      ],
      2,
      100,
    ],
  ] as const)("%s", (_, rows, period, wanted) => {
    expect(compute("choppiness", { period }, columns(rows)).choppiness!.at(-1)).toBeCloseTo(wanted, 5);
  });
});
