import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { isoTime } from "../core/time.ts";
import { columnNames } from "../features/index.ts";
import { BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import {
  openWorkspace,
  readBarFile,
  readBars,
  readParquetHeader,
  SAMPLE_KEY,
  samplePath,
  writeBars,
} from "../store/index.ts";
import { backtestModel } from "./backtestModel.ts";
import { buildFeatures } from "./buildFeatures.ts";
import { explainModel } from "./explainModel.ts";
import { inspectModel } from "./inspectModel.ts";
import { hasSixHeads } from "./modelManifest.ts";
import { readModel } from "./modelShelf.ts";
import { listFeatures } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import { predictSixHeads } from "./predictSixHeads.ts";
import { type FeatureSelection, selectFeatures } from "./selectFeatures.ts";
import { type TinyWorkspace, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { tinyStocks } from "./testing/tinyStocks.ts";
import { type TrainOptions, trainRecipe } from "./trainRecipe.ts";

/** A third of the windows: what is shown here needs no good model. */
const fewer = {
  training: { epochs: 1, windowStride: { BUY: 3, HOLD: 3, SELL: 3 } },
  decision: { everyBars: 3 },
};
let home: TinyWorkspace;
beforeAll(async () => {
  home = await tinyWorkspace(fewer);
});
afterAll(() => home.dispose());

/** The recipe of the workspace with other keys, in a file of its own. */
async function variant(name: string, keys: Record<string, unknown>, at = home): Promise<string> {
  const file = join(at.workspace, "..", `${name}.yaml`);
  await writeFile(file, stringify({ ...parse(await readFile(at.recipe, "utf8")), name, ...keys }));
  return file;
}

const train = (recipe: string, options: Partial<TrainOptions> = {}) =>
  trainRecipe(home, { recipe, ...options });

async function stored(id: string) {
  const model = await readModel(await openWorkspace(home.workspace), id);
  if (hasSixHeads(model.manifest)) throw new Error("this recipe gives a signal");
  return { ...model, manifest: model.manifest };
}

const correlation = { kind: "correlation", limit: 0.8, against: "class" };

describe.each([
  ["rank-gauss", { kind: "rankGauss", clip: 4 }, correlation],
  ["robust", { kind: "robust", clip: 8 }, undefined],
  ["rolling", { kind: "rolling", lookbackBars: 60, clip: 8 }, { kind: "pca", variance: 0.9 }],
] as const)("a signal model under %s scaling", (name, scaling, selection) => {
  let id: string;
  beforeAll(async () => {
    id = (await train(await variant(name, { scaling, ...(selection ? { selection } : {}) }))).id;
  });

  test("keeps what it fitted, in the manifest and in the graph", async () => {
    const { net } = (await stored(id)).manifest;
    expect(net.scaler).toMatchObject({ kind: scaling.kind, clip: scaling.clip });
    expect(columnNames(net)).toHaveLength(38);
    const inputs = net.scaler.names.length;
    if (selection === undefined) expect(inputs).toBe(38);
    else expect(inputs).toBeLessThan(32);
    const { onnx } = await inspectModel(home.workspace, id);
    expect(onnx.inputs[0]?.shape.at(-1)).toBe(inputs);
    expect(onnx.metadata).toMatchObject({
      features: columnNames(net).join(),
      inputs: net.scaler.names.join(),
      scaling: JSON.stringify(net.scaler),
    });
    expect(onnx.metadata.selection).toBe(net.selection && JSON.stringify(net.selection));
  });

  test("says live what it said of the same bar after the training", async () => {
    const { forecast } = await stored(id);
    const times = forecast!.closeTime;
    for (const i of [times.length - 40, times.length - 1]) {
      const said = await predictLatest(home, { model: id, at: isoTime(times[i]!) });
      // live reads only the bars that it needs: averages of infinite memory begin later
      expect(said.probabilities.BUY).toBeCloseTo(forecast!.buy[i]!, 3);
      expect(said.probabilities.SELL).toBeCloseTo(forecast!.sell[i]!, 3);
      expect(said.expected_return).toBeCloseTo(forecast!.return[i]!, 5);
    }
  });

  test("is explained by what it reads, and traded", async () => {
    const { net } = (await stored(id)).manifest;
    const found = await explainModel(home, { model: id });
    expect(found.byFeature.map((f) => f.name).toSorted()).toEqual([...net.scaler.names].toSorted());
    expect(found.complete).toBe(true);
    const run = await backtestModel(home, { model: id, inSample: false });
    expect(run.model).toBe(id);
  });
});

test("weights go on only under the same kind of inputs, and with the columns that they know", async () => {
  const plain = await train(home.recipe);
  expect((await stored(plain.id)).manifest.net.selection).toBeUndefined();
  expect(Object.keys((await stored(plain.id)).manifest.net.scaler)).not.toContain("kind");
  const selecting = await variant("selecting", { selection: correlation });
  const refusal = (options: Partial<TrainOptions>, message: RegExp) =>
    expect(train(selecting, options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  await refusal(
    { fromModel: plain.id },
    /its selection is none, the recipe's against:class,kind:correlation,limit:0.8/,
  );
  const parent = await train(selecting, { to: "2023-03-19" });
  const child = await train(selecting, { fromModel: parent.id });
  const [old, made] = await Promise.all(
    [parent, child].map(async ({ id }) => (await stored(id)).manifest.net),
  );
  expect(made!.selection).toEqual(old!.selection);
  expect(made!.scaler).not.toEqual(old!.scaler);
});

test("every bar after the training rows may change, and what was selected does not", async () => {
  const known = await selectFeatures(home, { recipe: home.recipe, limit: 0.7 });
  expect(known).toMatchObject({ inRecipe: false, columns: 38, config: { kind: "correlation", limit: 0.7 } });
  expect(
    known.kept.length +
      (known.selection as Extract<FeatureSelection["selection"], { kind: "correlation" }>).dropped.length,
  ).toBe(38);
  const twin = await tinyWorkspace(fewer);
  try {
    const workspace = await openWorkspace(twin.workspace);
    const bars = await readBars(workspace, SAMPLE_KEY);
    // the last training label is known one bar on
    const after = Date.parse(known.trainingRange.to) + 5 * 60_000;
    const changed: BarSeries = {
      ...bars,
      ...Object.fromEntries(
        BAR_COLUMNS.map((c) => [
          c,
          bars[c].map((v, t) => (bars.closeTime[t]! > after ? v * (1 + (t % 7)) : v)),
        ]),
      ),
    };
    await writeBars(workspace, { ...SAMPLE_KEY, source: "changed" }, changed);
    const again = await selectFeatures(twin, { recipe: twin.recipe, limit: 0.7 });
    expect(again.selection).toEqual(known.selection);
    const trained = async (at: TinyWorkspace) => {
      const recipe = await variant("folded", { selection: correlation, scaling: { kind: "rankGauss" } }, at);
      const { id } = await trainRecipe(at, { recipe });
      const { manifest } = await readModel(await openWorkspace(at.workspace), id);
      return { scaler: manifest.net.scaler, selection: manifest.net.selection };
    };
    expect(await trained(twin)).toEqual(await trained(home));
  } finally {
    await twin.dispose();
  }
});

test("options that do not fit are refused by name", async () => {
  const refusal = (options: object, message: RegExp) =>
    expect(selectFeatures(home, { recipe: home.recipe, ...options })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  await refusal({ limit: 1 }, /selection.limit: /);
  await refusal({ variance: 0.9, limit: 0.8 }, /selection.limit: this is no key of the kind 'pca'/);
  await refusal({ kind: "chance" }, /selection.kind: /);
  const build = (options: object) => buildFeatures(home, { recipe: home.recipe, out: "x.csv", ...options });
  await expect(build({})).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/end in \.parquet/),
  });
  await expect(build({ out: "x.parquet", symbol: "NONE" })).rejects.toMatchObject({ exitCode: 3 });
});

test("features are built to a file that says what it holds; those of rolling scaling say so", async () => {
  const out = join(home.workspace, "..", "features.parquet");
  const built = await buildFeatures(home, { recipe: home.recipe, out });
  const { bars } = await readBarFile(samplePath(), "bars");
  expect(built.rows).toBe(6000);
  expect(bars.length).toBeGreaterThan(6000);
  const header = await readParquetHeader(out);
  expect(header).toMatchObject({ rows: 6000, metadata: { recipe: "tiny", timeframe: "5m" } });
  expect(built.columns).toHaveLength(38);
  const [set] = built.sets;
  expect(set).toMatchObject({ kind: "orionquant38", columns: 38 });
  for (const c of built.columns) expect(c.missing).toBeLessThanOrEqual(set!.lookback);
  expect(built.symbols[0]!.wholeRows).toBeGreaterThanOrEqual(6000 - set!.lookback);
  const rolling = await variant("rolled", { scaling: { kind: "rolling", lookbackBars: 60 } });
  expect((await listFeatures(rolling))[0]!.formula).toMatch(/of the last 60 values of x = /);
});

test("six heads select, scale, forecast and explain by the same inputs; many symbols are built to one file", async () => {
  const stocks = await tinyStocks({ selection: correlation, scaling: { kind: "rankGauss", clip: 5 } });
  try {
    const told = await selectFeatures(stocks, { recipe: stocks.recipe });
    expect(told).toMatchObject({ inRecipe: true, symbols: ["AAA", "BBB", "CCC"], columns: 44 });
    const { id } = await trainRecipe(stocks, { recipe: stocks.recipe, epochs: 1 });
    const { manifest } = await readModel(await openWorkspace(stocks.workspace), id);
    expect(manifest.net.selection).toEqual(told.selection);
    expect(manifest.net.scaler.names).toEqual(told.kept);
    expect(told.kept.length).toBeLessThan(44);
    const { forecasts } = await predictSixHeads(stocks, { model: id });
    expect(forecasts).toHaveLength(3);
    const found = await explainModel(stocks, { model: id, symbol: "BBB" });
    expect(found.byFeature).toHaveLength(told.kept.length);
    const out = join(stocks.workspace, "features.parquet");
    const built = await buildFeatures(stocks, { recipe: stocks.recipe, out });
    expect(built.symbols.map((s) => [s.symbol, s.rows])).toEqual([
      ["AAA", 640],
      ["BBB", 640],
      ["CCC", 640],
    ]);
    expect((await readParquetHeader(out)).rows).toBe(1920);
  } finally {
    await stocks.dispose();
  }
});
