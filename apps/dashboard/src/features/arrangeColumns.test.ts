import type { FeatureColumn, FeatureDoc } from "@orion/trade/wire";
import { expect, it } from "vitest";
import { arrangeColumns, columnRows } from "./arrangeColumns.ts";

const doc = (name: string, lookback: number, source = "Wilder 1978"): FeatureDoc => ({
  ...{ name, lookback, source, formula: `f(${name})`, set: "some" },
});
const found = (name: string, stabilityIndex: number | null): FeatureColumn => {
  const drift = { rows: 9, stabilityIndex, reading: "little", kolmogorovSmirnov: 0 } as const;
  return {
    name,
    distribution: {
      ...{ rows: 9, missing: 0, bars: 10, missingBars: 1, mean: 0, deviation: 1, least: 0, most: 1 },
      ...{ quantiles: [], histogram: null },
    },
    validation: drift,
    test: drift,
  };
};
const rows = columnRows(
  [doc("rsi14", 14), doc("Ema8", 40, "Achelis"), doc("obv", 400)],
  [found("rsi14", 0.3), found("Ema8", null), found("obv", 0.1)],
  { kind: "correlation", limit: 0.8, against: "class", kept: ["obv"], dropped: [], information: [] },
);
const names = (find: string, sort: Parameters<typeof arrangeColumns>[1]["sort"], down = false) =>
  arrangeColumns(rows, { find, sort, down }).map((row) => row.doc.name);

it("finds by every word in name, formula, source and set", () => {
  expect(names("WILDER some", "place")).toEqual(["rsi14", "obv"]);
  expect(names("f(ema8)", "place")).toEqual(["Ema8"]);
  expect(names("nothing", "place")).toEqual([]);
});

it("sorts either way, what is not known last", () => {
  expect(names("", "name")).toEqual(["Ema8", "obv", "rsi14"]);
  expect(names("", "lookback", true)).toEqual(["obv", "Ema8", "rsi14"]);
  expect(names("", "validation")).toEqual(["obv", "rsi14", "Ema8"]);
  expect(names("", "validation", true)).toEqual(["rsi14", "obv", "Ema8"]);
  expect(names("", "kept", true)).toEqual(["obv", "rsi14", "Ema8"]);
});
