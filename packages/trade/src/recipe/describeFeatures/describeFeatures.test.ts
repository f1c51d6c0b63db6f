import { afterAll, beforeAll, expect, test } from "vitest";
import { singlePanel } from "../../market/bars.ts";
import { openWorkspace, readBars, SAMPLE_KEY, writeBars } from "../../store/index.ts";
import { AuditRun, FeatureReport, FeaturesResponse } from "../../wire/features.ts";
import { selectFeatures } from "../selectFeatures.ts";
import { type TinyWorkspace, tinyWorkspace } from "../testing/tinyRecipe.ts";
import { tinyStocks } from "../testing/tinyStocks.ts";
import { auditStored } from "./auditStored.ts";
import { describeFeatures } from "./describeFeatures.ts";
import { featuresOfRecipe } from "./featuresOfRecipe.ts";

let home: TinyWorkspace;
beforeAll(async () => {
  home = await tinyWorkspace();
});
afterAll(() => home.dispose());

test("names every column with its set and lookback, without bars", async () => {
  const told = FeaturesResponse.parse(await featuresOfRecipe({ recipe: home.recipe }));
  expect(told).toMatchObject({
    recipe: "tiny",
    symbols: ["BTCUSDT"],
    context: [],
    window: 16,
    selection: null,
  });
  expect(told.columns).toHaveLength(38);
  expect(told.columns[0]).toMatchObject({
    name: "logReturn1",
    set: "orionquant38",
    formula: "ln(c / c[-1])",
  });
  for (const { lookback } of told.columns) expect(lookback).toBeGreaterThan(0);
});

test("tells what a training would see: its rows, its selection, an order of all columns", async () => {
  const report = await describeFeatures(home, { recipe: home.recipe });
  expect(FeatureReport.parse(report)).toEqual(report);
  const selected = await selectFeatures(home, { recipe: home.recipe });
  if (selected.selection.kind !== "correlation") throw new Error("the default is by correlation");
  expect(report.choice).toMatchObject({
    kept: selected.kept,
    dropped: selected.selection.dropped,
    limit: 0.8,
  });
  expect(report.isInRecipe).toBe(false);
  expect(report.parts.train).toMatchObject({ ...selected.trainingRange, rows: selected.rows });
  const { r, order } = report.correlation;
  expect(r).toHaveLength(38 * 38);
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 38 }, (_, f) => f));
  // the log return by hand from the bars of the training rows
  const bars = await readBars(await openWorkspace(home.workspace), SAMPLE_KEY);
  const [from, to] = [Date.parse(report.parts.train.from), Date.parse(report.parts.train.to)];
  let [sum, rows] = [0, 0];
  for (let t = 1; t < singlePanel(bars).length; t++) {
    if (bars.closeTime[t]! < from || bars.closeTime[t]! > to) continue;
    sum += Math.log(bars.close[t]! / bars.close[t - 1]!);
    rows++;
  }
  expect(report.columns[0]!.distribution).toMatchObject({ rows, missing: 0 });
  expect(report.columns[0]!.distribution.mean).toBeCloseTo(sum / rows, 9);
});

test("is made once for the same bars, and reads the later rows for their drift alone", async () => {
  const before = await describeFeatures(home, { recipe: home.recipe });
  expect(before.seconds).toBe(0);
  const other = await tinyWorkspace();
  try {
    const workspace = await openWorkspace(other.workspace);
    const bars = await readBars(workspace, SAMPLE_KEY);
    const end = Date.parse(before.parts.validation.from);
    // ten times as wild from the validation on: ranges only, so that every label stays
    for (let t = 0; t < bars.length; t++) {
      if (bars.closeTime[t]! < end) continue;
      bars.high[t] = bars.high[t]! * 1.01;
      bars.low[t] = bars.low[t]! * 0.99;
    }
    await writeBars(workspace, { ...SAMPLE_KEY, source: "changed" }, bars);
    const after = await describeFeatures(other, { recipe: other.recipe });
    expect(after.dataSha256).not.toBe(before.dataSha256);
    expect(after.parts).toEqual(before.parts);
    expect(after.correlation).toEqual(before.correlation);
    expect(after.choice).toEqual(before.choice);
    expect(after.columns.map((c) => c.distribution)).toEqual(before.columns.map((c) => c.distribution));
    const range = after.columns.find((c) => c.name === "highLowRange")!;
    expect(range.validation).toMatchObject({ reading: "major", rows: before.parts.validation.rows });
    // hardly a bar of March 2023 moved by 2 %, which now every later one does
    expect(range.validation.kolmogorovSmirnov).toBeGreaterThan(0.98);
    expect(range.test).toMatchObject({ reading: "major", rows: before.parts.test.rows });
  } finally {
    await other.dispose();
  }
});

test("tells the components where the recipe has them, and one symbol of many", async () => {
  const stocks = await tinyStocks({ selection: { kind: "pca", variance: 0.9 } });
  try {
    const all = await describeFeatures(stocks, { recipe: stocks.recipe });
    expect(all).toMatchObject({ symbols: ["AAA", "BBB", "CCC"], isInRecipe: true, choice: { kind: "pca" } });
    if (all.choice.kind !== "pca") throw new Error("the recipe has components");
    const shares = all.choice.components.map((c) => c.share);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(0.9);
    const one = await describeFeatures(stocks, { recipe: stocks.recipe, symbol: "BBB" });
    expect(one.symbols).toEqual(["BBB"]);
    expect(one.parts.train.rows).toBeLessThan(all.parts.train.rows / 2);
    await expect(describeFeatures(stocks, { recipe: stocks.recipe, symbol: "ZZZ" })).rejects.toThrow(/ZZZ/);
  } finally {
    await stocks.dispose();
  }
});

test("an audit says when it was run and on which bars", async () => {
  const stages = new Set<string>();
  const run = await auditStored(
    home,
    { recipe: home.recipe, quick: true, rows: 3000 },
    ({ stage }) => void stages.add(stage),
  );
  expect(AuditRun.parse({ ...run, request: { ...run.request, recipe: "tiny" } }).report.checks).toHaveLength(
    6,
  );
  expect(run.dataSha256).toBe((await describeFeatures(home, { recipe: home.recipe })).dataSha256);
  expect(stages.size).toBeGreaterThan(2);
}, 120_000);
