import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lowerBound } from "../core/columns.ts";
import { SignalNet } from "../models/signalNet/signalNet.ts";
import { openWorkspace, readBars, SAMPLE_KEY } from "../store/index.ts";
import type { ModelSummary } from "../wire/training.ts";
import { type Comparison, compareModels } from "./compareModels.ts";
import { explainModel } from "./explainModel.ts";
import { inspectModel } from "./inspectModel.ts";
import { readModel } from "./modelShelf.ts";
import { exportModel } from "./modelUse.ts";
import { storedScores } from "./storedScores.ts";
import { type TinyWorkspace, tinyRecipe, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

let home: TinyWorkspace;
let small: ModelSummary;
let large: ModelSummary;
let other: ModelSummary;
let compared: Comparison;

beforeAll(async () => {
  home = await tinyWorkspace();
  small = await trainRecipe(home, { recipe: home.recipe, epochs: 1 });
  const wider = join(home.workspace, "wider.yaml");
  await writeFile(
    wider,
    await tinyRecipe({ model: { window: 16, width: 16, heads: 2, blocks: 1, feedForward: 24 } }),
  );
  large = await trainRecipe(home, { recipe: wider, epochs: 1 });
  const longer = join(home.workspace, "longer.yaml");
  await writeFile(longer, await tinyRecipe({ label: { threshold: { kind: "fixed", value: 0.0012 } } }));
  other = await trainRecipe(home, { recipe: longer, epochs: 1 });
  compared = await compareModels(home, { ids: [small.id, large.id] });
});
afterAll(() => home.dispose());

/** BUY, HOLD, SELL by the recipe's words: the close so many bars ahead against the threshold. */
async function happened(): Promise<(closeTime: number) => number> {
  const bars = await readBars(await openWorkspace(home.workspace), SAMPLE_KEY);
  const { manifest } = await readModel(await openWorkspace(home.workspace), small.id);
  return (closeTime) => {
    const row = lowerBound(bars.closeTime, closeTime);
    const change = bars.close[row + manifest.horizonBars]! / bars.close[row]! - 1;
    return change > 0.001 ? 0 : change < -0.001 ? 2 : 1;
  };
}

test("the log loss of three stored forecasts, by hand", async () => {
  const workspace = await openWorkspace(home.workspace);
  const { manifest, forecast } = await readModel(workspace, small.id);
  if (!("decision" in manifest) || !forecast) throw new Error("a signal model was trained");
  const first = lowerBound(forecast.closeTime, manifest.ranges.test.from);
  const closeTime = forecast.closeTime.slice(first, first + 3);
  const classOf = await happened();
  const [buy, hold, sell] = [
    [0.5, 0.1, 0.25],
    [0.25, 0.6, 0.25],
    [0.25, 0.3, 0.5],
  ].map((p) => Float32Array.from(p)) as [Float32Array, Float32Array, Float32Array];
  const scores = await storedScores(workspace, manifest, {
    closeTime,
    buy,
    hold,
    sell,
    return: new Float32Array(3),
  });
  if (typeof scores === "string") throw new Error(scores);
  expect(scores.test.n).toBe(3);
  expect(scores.validation.n).toBe(0);
  const told = [buy, hold, sell];
  closeTime.forEach((time, i) => {
    const c = classOf(time);
    expect(scores.test.actual[i]).toBe(c);
    expect(scores.test.losses[i]).toBeCloseTo(-Math.log(told[c]![i]!), 6);
  });
});

test("figures are those of the reports; the difference is that of the stored forecasts, row by row", async () => {
  const [a, b] = compared.models;
  expect(compared.models.map((m) => m.id)).toEqual([small.id, large.id]);
  for (const [told, model] of [
    [a!, small],
    [b!, large],
  ] as const) {
    expect(told.test).toMatchObject({
      n: model.test.n,
      logLoss: model.test.logLoss,
      balancedAccuracy: model.test.balancedAccuracy,
      macroF1: model.test.macroF1,
    });
    const [low, high] = told.test.logLossInterval!;
    expect(low).toBeLessThan(model.test.logLoss);
    expect(high).toBeGreaterThan(model.test.logLoss);
    const [lowF1, highF1] = told.test.macroF1Interval!;
    expect(lowF1).toBeLessThan(model.test.macroF1);
    expect(highF1).toBeGreaterThan(model.test.macroF1);
    expect(told.speed.loadSeconds).toBeGreaterThan(0);
    expect(told.speed.latency.p99Ms).toBeGreaterThanOrEqual(told.speed.latency.p50Ms);
    expect(told.speed.throughput.windowsPerSecond).toBeGreaterThan(0);
    expect(told.note).toBeNull();
  }
  expect(b!.parameters).toBeGreaterThan(a!.parameters);
  expect(compared.comparable).toBe(true);
  const [difference] = compared.groups[0]!.differences;
  expect(difference).toMatchObject({ model: large.id, against: small.id, n: small.test.n });
  // the mean of the row by row differences is the difference of the means
  expect(difference!.difference).toBeCloseTo(large.test.logLoss - small.test.logLoss, 12);
  expect(difference!.interval![0]).toBeLessThan(difference!.difference);
  expect(difference!.interval![1]).toBeGreaterThan(difference!.difference);
});

test("the choice goes by the validation rows, and names its rule", () => {
  expect(compared.rule).toMatch(/lowest mean log loss on the validation rows.*Never by test rows/);
  expect([small.id, large.id]).toContain(compared.choice!.model);
  expect(compared.groups[0]!.choice).toEqual(compared.choice);
});

test("models of other rows are not compared: each group has its own choice", async () => {
  const all = await compareModels(home, { all: true });
  expect(all.models).toHaveLength(3);
  expect(all.comparable).toBe(false);
  expect(all.choice).toBeNull();
  expect(all.groups.map((g) => [...g.models].sort())).toContainEqual([small.id, large.id].sort());
  expect(all.groups.map((g) => [...g.models])).toContainEqual([other.id]);
  const alone = all.groups.find((g) => g.models.includes(other.id))!;
  expect(alone).toEqual({ models: [other.id], differences: [], choice: null });
});

test("what cannot be compared is refused in one line", async () => {
  const refused = (query: Parameters<typeof compareModels>[1], message: RegExp) =>
    expect(compareModels(home, query)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  await refused({}, /name two models or more, or --all, or --recipe/);
  await refused({ ids: [small.id], all: true }, /one of the three/);
  await refused({ ids: [small.id] }, /one model alone/);
  await refused({ ids: [small.id, small.id] }, /is named twice/);
  await refused({ recipe: "nothing" }, /0 models of recipe 'nothing'/);
  await expect(compareModels(home, { ids: [small.id, "tiny-0000000000"] })).rejects.toMatchObject({
    exitCode: 3,
  });
});

test("a model shows its layers and its file", async () => {
  const shown = await inspectModel(home.workspace, small.id);
  expect(shown.id).toBe(small.id);
  expect(shown.architecture.parameters).toBe(small.parameters);
  expect(shown.architecture.config).toMatchObject({ kind: "transformerSignal", window: 16, width: 8 });
  expect(shown.architecture.blocks.map((b) => b.name)).toContain("encoder.block0");
  expect(shown.onnx.inputs).toEqual([{ name: "x", dtype: "float32", shape: ["batch", 16, 38] }]);
  expect(shown.onnx.opsets["ai.onnx"]).toBe(20);
  expect(shown.onnx.metadata).toMatchObject({
    recipe: "tiny",
    dataSha256: expect.any(String),
    seed: expect.any(String),
  });
});

test("exported with attention: the same outputs, and the weights beside them", async () => {
  const plain = join(home.workspace, "plain.onnx");
  const looks = join(home.workspace, "looks.onnx");
  expect((await exportModel(home.workspace, small.id, plain)).outputs).not.toContain(
    "encoder.block0.attention.weights",
  );
  const written = await exportModel(home.workspace, small.id, looks, { attention: true });
  expect(written.outputs).toContain("encoder.block0.attention.weights");
  const { manifest } = await readModel(await openWorkspace(home.workspace), small.id);
  if (!("decision" in manifest)) throw new Error("a signal model was trained");
  const { names } = manifest.net.scaler;
  const columns = names.map((_, f) =>
    Float32Array.from({ length: 20 }, (_, t) => Math.sin(1.9 * t + 0.7 * f)),
  );
  const features = { names, columns, closeTime: Float64Array.from({ length: 20 }, (_, t) => t) };
  const told = [plain, looks].map(async (file) => {
    const net = await SignalNet.open(await readFile(file), manifest.net, 1);
    return net.predict(features, Int32Array.of(16, 19)).finally(() => net.close());
  });
  const [a, b] = await Promise.all(told);
  for (const name of ["buy", "hold", "sell", "return"] as const)
    a![name].forEach((v, i) => {
      expect(Math.abs(b![name][i]! - v)).toBeLessThan(1e-5);
    });
});

test("an explanation tells where the predicted bar looked, head by head, beside complete attributions", async () => {
  const found = await explainModel(home, { model: small.id });
  expect(found.complete).toBe(true);
  expect(found.head).toBeNull();
  const { layers, pooling } = found.attention!;
  expect(layers.map((l) => [l.layer, l.axes, l.lastStep.length])).toEqual([
    ["encoder.block0.attention", ["head", "step"], 2],
  ]);
  for (const head of layers[0]!.lastStep) {
    expect(head).toHaveLength(16);
    expect(head.reduce((s, w) => s + w)).toBeCloseTo(1, 5);
  }
  expect(pooling).toEqual([]);
  await expect(explainModel(home, { model: small.id, head: "risk" })).rejects.toMatchObject({ exitCode: 2 });
});
