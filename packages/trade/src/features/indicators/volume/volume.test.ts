import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumn, InputColumns } from "../registry/inputColumns.ts";
import { expectPublished, publishedTables, tulipCases } from "../testing/publishedNumbers.ts";

const tulip = tulipCases();
const sheets = publishedTables("stockcharts.txt");
const lean = publishedTables("lean.txt");
const cv: readonly InputColumn[] = ["close", "volume"];
const hlv: readonly InputColumn[] = ["high", "low", "volume"];
const hlc: readonly InputColumn[] = ["high", "low", "close"];
const hlcv: readonly InputColumn[] = ["high", "low", "close", "volume"];
const first = { start: "first" };

function compute(name: string, params: Record<string, unknown>, columns: InputColumns) {
  return findIndicator(name).create(params).compute(columns);
}

function tableColumns(table: (typeof sheets)[string], names: readonly InputColumn[]): InputColumns {
  // the sheets leave out the volume of a first row that does not enter
  const known = (value: number, t: number) => (t === 0 && Number.isNaN(value) ? 0 : value);
  return Object.fromEntries(names.map((name) => [name, table[name]!.values.map(known)]));
}

describe("Tulip's numbers (Achelis, the library's own, worked by hand)", () => {
  it.each([
    ["ad atoz", "adl", {}, hlcv, "adl", { units: 1 }],
    ["ad untest", "adl", {}, hlcv, "adl", {}],
    ["adosc 3 10 atoz", "chaikinOscillator", first, hlcv, "chaikinOscillator", { units: 1 }],
    ["adosc 2 5 untest", "chaikinOscillator", { fast: 2, slow: 5, ...first }, hlcv, "chaikinOscillator", {}],
    ["cmf 21 extra", "cmf", { period: 21 }, hlcv, "cmf", {}],
    ["emv atoz", "easeOfMovement", { scale: 1e4 }, hlv, "emv", {}],
    ["emv untest", "easeOfMovement", { scale: 1e4 }, hlv, "emv", {}],
    ["nvi atoz", "nvi", {}, cv, "nvi", {}],
    ["nvi untest", "nvi", {}, cv, "nvi", {}],
    ["pvi untest", "pvi", {}, cv, "pvi", {}],
    ["pvi extra", "pvi", {}, cv, "pvi", {}],
    ["obv atoz", "obv", {}, cv, "obv", {}],
    ["obv untest", "obv", {}, cv, "obv", {}],
    ["vosc 2 5 atoz", "volumeOscillator", { fast: 2, slow: 5 }, ["volume"], "volumeOscillator", {}],
    ["vosc 2 5 untest", "volumeOscillator", { fast: 2, slow: 5 }, ["volume"], "volumeOscillator", {}],
    ["wad atoz", "wad", {}, hlc, "wad", { units: 1 }],
    ["wad untest", "wad", {}, hlc, "wad", {}],
    // theirs has a number from row 1 on
    ["kvo 2 5 untest", "kvo", { fast: 2, slow: 5, signal: 1, ...first }, hlcv, "kvo", { skip: 4 }],
  ] as const)("%s", (of, name, params, inputs, output, how) => {
    const one = tulip[of]!;
    const got = compute(name, params, Object.fromEntries(inputs.map((c, i) => [c, one.inputs[i]!.values])));
    expectPublished(got[output]!, one.outputs[0]!, how);
  });
});

describe("StockCharts' spreadsheets", () => {
  it.each([
    ["accum", "adl", {}, hlcv, { adl: "adl" }, { units: 400 }],
    ["obv", "obv", {}, cv, { obv: "obv" }, {}],
    ["vpt", "vpt", {}, cv, { vpt: "vpt" }, {}],
    ["easeofmovement", "easeOfMovement", {}, hlv, { emv: "emv", average: "average" }, {}],
    ["fi", "force", { period: 1, ...first }, cv, { flow: "force" }, {}],
    ["fi", "force", first, cv, { force: "force" }, { skip: 13 }],
    ["pvo", "pvo", first, ["volume"], { pvo: "pvo" }, { skip: 25 }],
    ["vwap", "vwap", { period: 14 }, hlcv, { vwap: "vwap" }, { skip: 13 }],
  ] as const)("%s by %s", (of, name, params, inputs, outputs, how) => {
    const table = sheets[of]!;
    const got = compute(name, params, tableColumns(table, inputs));
    for (const [theirs, ours] of Object.entries(outputs)) expectPublished(got[ours]!, table[theirs]!, how);
  });

  it("vwap: its first 14 rows count from the first, as a session's do", () => {
    const table = sheets.vwap!;
    const columns = Object.fromEntries(hlcv.map((name) => [name, table[name]!.values.subarray(0, 14)]));
    const time = Float64Array.from({ length: 14 }, (_, t) => Date.UTC(2010, 11, 3, 15, t));
    const got = compute("sessionVwap", {}, { ...columns, time }).sessionVwap!;
    expectPublished(got, { ...table.vwap!, values: table.vwap!.values.subarray(0, 14) });
  });
});

describe("QuantConnect's test data (SPY)", () => {
  it.each([
    ["adl", "adl", {}, hlcv, { adl: "adl" }, {}],
    ["cmf", "cmf", {}, hlcv, { cmf: "cmf" }, { skip: 19 }],
  ] as const)("%s", (of, name, params, inputs, outputs, how) => {
    const table = lean[of]!;
    const got = compute(name, params, tableColumns(table, inputs));
    for (const [theirs, ours] of Object.entries(outputs)) expectPublished(got[ours]!, table[theirs]!, how);
  });
});

describe("QuantConnect's VWAP", () => {
  it("takes the mean of open, high, low and close for the typical price: near, and not the same", () => {
    const table = lean.vwap!;
    const got = compute("vwap", { period: 50 }, tableColumns(table, hlcv)).vwap!;
    const apart = got.map((value, t) => Math.abs(value / table.vwap!.values[t]! - 1)).filter(Number.isFinite);
    expect(apart).toHaveLength(101);
    expect(Math.max(...apart)).toBeLessThan(1e-3);
    expect(Math.min(...apart)).toBeGreaterThan(1e-6);
  });
});

describe("worked by hand", () => {
  it("rvol: 6 after 1, 2, 3 is three times their mean; without trade before it there is no ratio", () => {
    const volume = Float64Array.of(1, 2, 3, 6, 0, 0, 0, 0, 5);
    expect([...compute("rvol", { period: 3 }, { volume }).rvol!]).toEqual([
      ...[NaN, NaN, NaN, 3, 0, 0, 0, 1, NaN], // 0 after 3, 6, 0; 1 after three rows without trade
    ]);
  });

  it("volumeZScore: 6 among 1, 2, 6 lies 3 above their mean of 3, their sample deviation is sqrt(7)", () => {
    const got = compute("volumeZScore", { period: 3 }, { volume: Float64Array.of(1, 2, 6) });
    expect(got.volumeZScore![2]).toBeCloseTo(3 / Math.sqrt(7), 12);
  });

  it("amihud: moves of 10 % on 1,100 and 50 % on 3,300 traded; the bar without trade does not count", () => {
    const close = Float64Array.of(100, 110, 110, 165);
    const volume = Float64Array.of(5, 10, 0, 20);
    const got = compute("amihud", { period: 3 }, { close, volume }).amihud!;
    // 1e6 (0.1 / 1100 + 0.5 / 3300) / 2
    expect(got[3]).toBeCloseTo(121.2121212, 6);
    const never = compute("amihud", { period: 2 }, { close, volume: new Float64Array(4) }).amihud!;
    expect([...never]).toEqual([NaN, NaN, 0, 0]);
  });

  it("sessionVwap begins anew with the day: UTC's at midnight, New York's at 05:00 UTC in winter and 04:00 in summer", () => {
    const at = (text: string) => Date.parse(`${text}Z`);
    const close = Float64Array.of(10, 20, 30, 40);
    const columns = { high: close, low: close, close, volume: Float64Array.of(1, 3, 2, 2) };
    const winter = Float64Array.of(
      ...["2024-01-08T23:59", "2024-01-09T00:01", "2024-01-09T05:00", "2024-01-09T05:01"].map(at),
    );
    const run = (time: Float64Array, session: string) => [
      ...compute("sessionVwap", { session }, { ...columns, time }).sessionVwap!,
    ];
    // a bar that ends at midnight belongs to the day before: (10 + 60) / 4, (10 + 60 + 60) / 6
    expect(run(winter, "newYork")).toEqual([10, 17.5, 130 / 6, 40]);
    expect(run(winter, "utc")).toEqual([10, 20, 24, 200 / 7]);
    const summer = winter.map((time) => time + (at("2024-07-08T23:59") - at("2024-01-08T23:59")));
    expect(run(summer, "newYork")).toEqual([10, 17.5, 30, 35]);
    expect(run(Float64Array.of(-1e15, -1e15, 1e20, 1e59), "newYork").every(Number.isNaN)).toBe(true);
  });

  it("kvo: the force follows the trend, its run beginning with the bar before the turn", () => {
    // Ranges 2, 3, 1; the level rises: T = 1, c = 2 + 3, V = 100 10 |6/5 - 1| = 200; then c = 6, V = 100 20 |2/6 - 1|.
    const high = Float64Array.of(12, 14, 15);
    const low = Float64Array.of(10, 11, 14);
    const close = Float64Array.of(11, 13, 14.5);
    const volume = Float64Array.of(5, 10, 20);
    const got = compute("kvo", { fast: 1, slow: 2, signal: 1, start: "mean" }, { high, low, close, volume })
      .kvo!;
    const [one, two] = [200, 4000 / 3];
    expect(got[2]).toBeCloseTo(two - (one + two) / 2, 9);
  });
});
