import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumn, InputColumns } from "../registry/inputColumns.ts";
import { expectPublished, type Nearness, type Published, publishedTables } from "./publishedNumbers.ts";

interface Line extends Nearness {
  readonly table: string;
  readonly indicator: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputColumn[];
  /** our output to the table's column */
  readonly outputs: Readonly<Record<string, string>>;
}

const close: readonly InputColumn[] = ["close"];
const hlc: readonly InputColumn[] = ["high", "low", "close"];
const hlcv: readonly InputColumn[] = ["high", "low", "close", "volume"];
/** Reckoned in single precision: prices of 160 are 1e-5 off, and a difference of two, or its share of a range, more. */
const single = (absolute: number): Nearness => ({ relative: 1e-5, absolute });

const stockcharts: readonly Line[] = [
  {
    table: "macd",
    indicator: "macd",
    params: { start: "first" },
    inputs: close,
    outputs: { macd: "macd" },
    skip: 25,
  },
  // The sheet's signal also averages the 25 rows in which its slow average is not one yet: until that has faded.
  {
    table: "macd",
    indicator: "macd",
    params: { start: "first" },
    inputs: close,
    outputs: { signal: "signal", histogram: "histogram" },
    skip: 100,
  },
  {
    table: "ppo",
    indicator: "ppo",
    params: { start: "first" },
    inputs: close,
    outputs: { ppo: "ppo" },
    skip: 25,
  },
  { table: "kama", indicator: "kama", inputs: close, outputs: { kama: "kama" }, skip: 10 },
  // The sheet begins within a longer history.
  { table: "wma", indicator: "wma", params: { period: 9 }, inputs: close, outputs: { wma: "wma" }, skip: 8 },
  { table: "roc", indicator: "roc", inputs: close, outputs: { roc: "roc" } },
  {
    table: "adx",
    indicator: "adx",
    inputs: hlc,
    outputs: { plusDi: "plusDi", minusDi: "minusDi", dx: "dx", adx: "adx" },
  },
  { table: "vortex", indicator: "vortex", inputs: hlc, outputs: { plus: "plus", minus: "minus" } },
  { table: "cci", indicator: "cci", inputs: hlc, outputs: { cci: "cci" } },
  { table: "mfi", indicator: "mfi", inputs: hlcv, outputs: { mfi: "mfi" } },
  { table: "ultosc", indicator: "ultimate", inputs: hlc, outputs: { ultimate: "ultimate" } },
  { table: "percentr", indicator: "williamsR", inputs: hlc, outputs: { williamsR: "williamsR" } },
  {
    table: "soo",
    indicator: "stochastic",
    params: { slowing: 1 },
    inputs: hlc,
    outputs: { fastK: "fastK", d: "fastD" },
  },
];

const lean: readonly Line[] = [
  { table: "daily", indicator: "kama", params: { period: 5 }, inputs: close, outputs: { kama: "kama5" } },
  {
    table: "williamsR",
    indicator: "williamsR",
    inputs: hlc,
    outputs: { williamsR: "williamsR" },
    ...single(3e-4),
  },
  {
    table: "cci",
    indicator: "cci",
    params: { period: 14 },
    inputs: hlc,
    outputs: { cci: "cci" },
    ...single(2e-3),
  },
  {
    table: "roc",
    indicator: "mom",
    params: { period: 50 },
    inputs: close,
    outputs: { mom: "change" },
    ...single(2e-5),
  },
  {
    table: "rocp",
    indicator: "roc",
    params: { period: 50 },
    inputs: close,
    outputs: { roc: "roc" },
    ...single(2e-5),
  },
  {
    table: "stochastic",
    indicator: "stochastic",
    params: { period: 12, slowing: 3, smoothD: 5 },
    inputs: hlc,
    outputs: { k: "k", d: "d" },
    ...single(3e-4),
  },
  { table: "mfi", indicator: "mfi", params: { period: 20 }, inputs: hlcv, outputs: { mfi: "mfi" } },
  {
    table: "adx",
    indicator: "adx",
    inputs: hlc,
    outputs: { plusDi: "plusDi", minusDi: "minusDi", adx: "adx", adxr: "adxr" },
  },
  { table: "indicators", indicator: "sma", params: { period: 14 }, inputs: close, outputs: { sma: "sma14" } },
  { table: "indicators", indicator: "ema", params: { period: 14 }, inputs: close, outputs: { ema: "ema14" } },
  { table: "indicators", indicator: "macd", inputs: close, outputs: { macd: "macd" }, ...single(1e-3) },
  { table: "indicators", indicator: "rsi", inputs: close, outputs: { rsi: "rsi14" } },
  {
    table: "macd",
    indicator: "macd",
    inputs: close,
    outputs: { macd: "macd", signal: "signal", histogram: "histogram" },
    ...single(1e-6),
  },
  { table: "ema", indicator: "ema", params: { period: 14 }, inputs: close, outputs: { ema: "ema14" } },
  // The file begins within a longer history.
  {
    table: "sma5",
    indicator: "sma",
    params: { period: 5 },
    inputs: close,
    outputs: { sma: "sma5" },
    skip: 4,
  },
  { table: "supertrend", indicator: "supertrend", inputs: hlc, outputs: { supertrend: "supertrend" } },
  { table: "coppock", indicator: "coppock", inputs: close, outputs: { coppock: "coppock" }, skip: 23 },
];

/** The last rows of the table `daily`. */
const tail: readonly Omit<Line, "table" | "inputs">[] = [
  { indicator: "t3", params: { volumeFactor: 1 }, outputs: { t3: "t3" } },
  { indicator: "trima", params: { period: 5 }, outputs: { trima: "trima5" } },
  { indicator: "trima", params: { period: 6 }, outputs: { trima: "trima6" } },
  { indicator: "trix", params: { period: 5 }, outputs: { trix: "trix5" } },
  { indicator: "dema", params: { period: 5 }, outputs: { dema: "dema5" } },
  { indicator: "tema", params: { period: 5 }, outputs: { tema: "tema5" } },
  { indicator: "hma", params: { period: 16 }, outputs: { hma: "hma" } },
  {
    indicator: "kst",
    params: { roc1: 5, sma1: 5, roc2: 10, sma2: 5, roc3: 15, sma3: 5, roc4: 25, sma4: 10, signal: 9 },
    outputs: { kst: "kst", signal: "kstSignal" },
  },
];

interface Different extends Line {
  readonly why: string;
  /** how near the last row is all the same, as a share */
  readonly near: number;
}

const zeroStart =
  "the sheet counts a gain and a loss of 0 in row 0 and begins with them, StockCharts and Orion with a mean";

const different: readonly Different[] = [
  { table: "rsi", indicator: "rsi", inputs: close, outputs: { rsi: "rsi" }, why: zeroStart, near: 0.07 },
  {
    table: "stochrsi",
    indicator: "stochRsi",
    inputs: close,
    outputs: { raw: "raw" },
    why: zeroStart,
    near: 0.2,
  },
  {
    table: "tsi",
    indicator: "tsi",
    inputs: close,
    outputs: { tsi: "tsi" },
    why: "the sheet rounds the weights 2/26 and 2/14 to 0.0769 and 0.1429",
    near: 1e-3,
  },
];

type Table = Readonly<Record<string, Published>>;

function compute(line: Line, table: Table): Readonly<Record<string, Float64Array>> {
  // Two sheets leave the closes of the warm-up out, which count for nothing there: the middle of the bar stands in.
  const column = (name: string): Float64Array =>
    name === "close" && table.high && table.low
      ? table.close!.values.map((v, t) => (v > 0 ? v : (table.high!.values[t]! + table.low!.values[t]!) / 2))
      : table[name]!.values;
  const columns: InputColumns = Object.fromEntries(line.inputs.map((name) => [name, column(name)]));
  return findIndicator(line.indicator).create(line.params).compute(columns);
}

const named = <L extends { indicator: string; params?: object; table?: string }>(lines: readonly L[]) =>
  lines.map(
    (line) =>
      [`${line.table ?? "tail"}: ${line.indicator} ${JSON.stringify(line.params ?? {})}`, line] as const,
  );

describe.each([
  ["StockCharts' worked spreadsheets", "stockcharts.txt", stockcharts],
  ["LEAN's outside calculators", "lean.txt", lean],
] as const)("the numbers of %s", (_file, file, lines) => {
  const tables = publishedTables(file);
  it.each(named(lines))("%s", (_, line) => {
    const got = compute(line, tables[line.table]!);
    for (const [output, column] of Object.entries(line.outputs)) {
      expectPublished(got[output]!, tables[line.table]![column]!, line);
    }
  });
});

describe("the last rows of LEAN's daily SPY bars", () => {
  const { daily, tail: last } = publishedTables("lean.txt");
  it.each(named(tail))("%s", (_, line) => {
    const got = findIndicator(line.indicator).create(line.params).compute({ close: daily!.close!.values });
    for (const [output, column] of Object.entries(line.outputs)) {
      expectPublished(got[output]!, last![column]!, line);
    }
  });
});

describe("another definition, and how", () => {
  const tables = publishedTables("stockcharts.txt");
  it.each(different.map((line) => [`${line.table}: ${line.why}`, line] as const))("%s", (_, line) => {
    const got = compute(line, tables[line.table]!);
    for (const [output, name] of Object.entries(line.outputs)) {
      const wanted = tables[line.table]![name]!;
      expect(() => expectPublished(got[output]!, wanted, line)).toThrow(/published/);
      const last = wanted.values.at(-1)!;
      expect(Math.abs(got[output]!.at(-1)! - last)).toBeLessThanOrEqual(line.near * Math.abs(last));
    }
  });
});
