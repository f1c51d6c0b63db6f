import { existsSync } from "node:fs";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isoTime } from "../core/time.ts";
import { ModelSummary } from "../wire/training.ts";
import { backtestModel } from "./backtestModel.ts";
import { listModels, removeModel, showModel } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import { type TinyWorkspace, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

const stepMs = 300_000;
let home: TinyWorkspace;
let model: ModelSummary;
const others: TinyWorkspace[] = [];

/** A workspace of its own, removed at the end. */
async function another(changes?: Record<string, object>): Promise<TinyWorkspace> {
  const made = await tinyWorkspace(changes);
  others.push(made);
  return made;
}

beforeAll(async () => {
  home = await tinyWorkspace();
  model = await trainRecipe(home, { recipe: home.recipe });
});
afterAll(async () => {
  for (const one of [home, ...others]) await one.dispose();
});

describe("training", () => {
  test("tells what it made, in the words of the wire", async () => {
    expect(ModelSummary.parse(model)).toEqual(model);
    expect(model).toMatchObject({
      recipe: "tiny",
      profile: "default",
      epochs: 2,
      failed: null,
      symbol: "BTCUSDT",
    });
    expect(model.trainingRange.to < model.validationRange.from).toBe(true);
    expect(model.validationRange.to < model.testRange.from).toBe(true);
    expect(model.test.alwaysOneClass).toBe(false);
    const manifest = await showModel(home.workspace, model.id);
    // what was seen reaches to the outcome of the last validation row, one bar on
    expect(isoTime(manifest.seen.to - stepMs)).toBe(model.validationRange.to);
    expect(manifest.training.history).toHaveLength(2);
    expect(await readdir(join(home.workspace, "checkpoints")).catch(() => [])).toEqual([]);
  });

  test("the same recipe and bars in another workspace: the same model, orders and equity", async () => {
    const twin = await another();
    const again = await trainRecipe(twin, { recipe: twin.recipe });
    expect(again.sha256).toBe(model.sha256);
    expect(again.id).toBe(model.id);
    const [a, b] = [
      await backtestModel(home, { model: model.id, inSample: false }),
      await backtestModel(twin, { model: model.id, inSample: false }),
    ];
    expect(a.trades.length).toBeGreaterThan(0);
    expect(b.ordersSha256).toBe(a.ordersSha256);
    expect(b.equitySha256).toBe(a.equitySha256);
    expect(b.metrics).toEqual(a.metrics);
    const other = await another();
    const seeded = (await readFile(other.recipe, "utf8")).replace(/^seed: \d+$/m, "seed: 8");
    await writeFile(other.recipe, seeded);
    expect((await trainRecipe(other, { recipe: other.recipe, epochs: 1 })).sha256).not.toBe(model.sha256);
  });

  test("`reuse` finds the model; other epochs or bars are another training", async () => {
    const stages: string[] = [];
    const found = await trainRecipe(home, { recipe: home.recipe, reuse: true }, (s) =>
      stages.push(s.stage ?? ""),
    );
    expect(found).toEqual(model);
    expect(stages).toContain("reusing");
    expect(stages).not.toContain("training");
  });

  test("stopped in the middle of an epoch it leaves a checkpoint; `resume` and `reuse` give the uninterrupted model", async () => {
    for (const how of ["resume", "reuse"] as const) {
      const tiny = await another();
      const stop = new AbortController();
      const training = trainRecipe({ ...tiny, signal: stop.signal }, { recipe: tiny.recipe }, (s) => {
        if ((s.step ?? 0) === 40) stop.abort();
      });
      await expect(training).rejects.toMatchObject({ name: "AbortError" });
      expect(await readdir(join(tiny.workspace, "checkpoints"))).toHaveLength(1);
      expect(await listModels(tiny.workspace)).toEqual([]);
      const steps: number[] = [];
      const resumed = await trainRecipe(tiny, { recipe: tiny.recipe, [how]: true }, (s) => {
        if (s.stage === "training") steps.push(s.step!);
      });
      expect(steps[0]).toBe(41);
      expect(resumed.sha256).toBe(model.sha256);
      expect(await readdir(join(tiny.workspace, "checkpoints"))).toEqual([]);
    }
  });

  test("a damaged checkpoint: `resume` is refused, `reuse` trains anew; without one `resume` says so", async () => {
    const tiny = await another();
    const stop = new AbortController();
    const training = trainRecipe({ ...tiny, signal: stop.signal }, { recipe: tiny.recipe }, (s) => {
      if (s.step === 10) stop.abort();
    });
    await expect(training).rejects.toMatchObject({ name: "AbortError" });
    const [file] = await readdir(join(tiny.workspace, "checkpoints"));
    await truncate(join(tiny.workspace, "checkpoints", file!), 3000);
    await expect(trainRecipe(tiny, { recipe: tiny.recipe, resume: true })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^the checkpoint is truncated or damaged/),
    });
    const stages: string[] = [];
    const made = await trainRecipe(tiny, { recipe: tiny.recipe, reuse: true }, (s) =>
      stages.push(s.stage ?? ""),
    );
    expect(stages).toContain("starting anew");
    expect(made.sha256).toBe(model.sha256);
  });

  test("a network whose signals trade too seldom is a failed run, and every backtest of it says so", async () => {
    const tiny = await another({ decision: { minTrades: 100_000 }, training: { epochs: 1 } });
    const made = await trainRecipe(tiny, { recipe: tiny.recipe });
    expect(made.failed).toMatch(/^none of \d+ pairs of thresholds traded 100000 times/);
    const run = await backtestModel(tiny, { inSample: false });
    expect(run.warnings[0]).toBe(`FAILED TRAINING: ${made.failed}`);
  });

  test("one signal for every test row is a failed run, whatever its accuracy", async () => {
    // so few decisions that the test part holds but one
    const tiny = await another({ decision: { everyBars: 300, minTrades: 1 }, training: { epochs: 1 } });
    const made = await trainRecipe(tiny, { recipe: tiny.recipe });
    expect(made.test.alwaysOneClass).toBe(true);
    expect(made.failed).toMatch(/^every test row gets the same signal/);
  });

  test("no decision in a part is refused before the training", async () => {
    const tiny = await another({ decision: { everyBars: 9000 } });
    const stages: string[] = [];
    await expect(
      trainRecipe(tiny, { recipe: tiny.recipe }, (s) => stages.push(s.stage ?? "")),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^decision.everyBars: .* none falls into the (validation|test) part/),
    });
    expect(stages).not.toContain("training");
  });

  test.each([
    ["no such symbol", { symbol: "ETHUSDT" }, 3, /no 5m bars of ETHUSDT/],
    [
      "tricks with paths",
      { symbol: "../../etc/passwd" },
      2,
      /symbol '..\/..\/etc\/passwd' is not understood/,
    ],
    ["a range without bars", { from: "2030-01-01" }, 3, /has no bars from 2030-01-01T00:00:00Z to the end/],
    [
      "too few bars",
      { to: "2023-03-06" },
      3,
      /needs 1827 before its first prediction and at least 100 after/,
    ],
    ["a range that runs backwards", { from: "2023-03-06", to: "2023-03-05" }, 2, /is empty/],
  ])("%s is refused", async (_, options, exitCode, message) => {
    await expect(trainRecipe(home, { recipe: home.recipe, ...options })).rejects.toMatchObject({
      exitCode,
      message: expect.stringMatching(message),
    });
  });

  test("a symbol in small letters is the same symbol", async () => {
    const found = await trainRecipe(home, { recipe: home.recipe, symbol: "btcusdt", reuse: true });
    expect(found.id).toBe(model.id);
  });

  test("a class that does not occur is refused by name", async () => {
    const tiny = await another({ label: { threshold: { kind: "fixed", value: 0.2 } } });
    await expect(trainRecipe(tiny, { recipe: tiny.recipe })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/training rows hold no BUY/),
    });
  });
});

describe("a damaged model", () => {
  const fileOf = (tiny: TinyWorkspace, id: string, name: string): string =>
    join(tiny.workspace, "models", id, name);

  test("a graph cut short, forecasts cut short, a changed manifest: refused by the file's name; training mends", async () => {
    const tiny = await another();
    const made = await trainRecipe(tiny, { recipe: tiny.recipe });
    const graph = fileOf(tiny, made.id, "model.onnx");
    const forecasts = fileOf(tiny, made.id, "forecasts.bin");
    const manifestFile = fileOf(tiny, made.id, "manifest.json");
    const manifest = await readFile(manifestFile, "utf8");
    const whole = await readFile(graph);
    const kept = await readFile(forecasts);

    const refused = async (file: string) => {
      for (const use of [
        () => predictLatest(tiny, { model: made.id }),
        () => backtestModel(tiny, { model: made.id, inSample: false }),
      ]) {
        const thrown = await use().then(
          () => undefined,
          (e: unknown) => e as Error & { exitCode?: number },
        );
        expect(thrown?.exitCode).toBe(3);
        expect(thrown?.message).toContain(file);
        expect(thrown?.message).not.toContain("\n");
      }
    };
    await writeFile(graph, whole.subarray(0, whole.length / 2));
    await refused(graph);
    await writeFile(graph, whole);
    await writeFile(forecasts, kept.subarray(0, 240));
    await refused(forecasts);
    await writeFile(forecasts, kept);
    for (const changed of [
      manifest.replace(/"buy": [\d.e-]+/, '"buy": 0.001'),
      manifest.replace(/"to": (\d+)/, '"to": 1678000000000'),
      manifest.replace('"format": 1', '"format": 2'),
      manifest.replace('"seal"', '"sael"'),
      manifest.slice(0, manifest.length / 2),
      "[]",
    ]) {
      expect(changed).not.toBe(manifest);
      await writeFile(manifestFile, changed);
      await refused(manifestFile);
    }
    expect(await listModels(tiny.workspace)).toEqual([]);
    await expect(predictLatest(tiny)).rejects.toThrow(manifestFile);

    await writeFile(manifestFile, manifest);
    await writeFile(graph, whole.subarray(1));
    const mended = await trainRecipe(tiny, { recipe: tiny.recipe });
    expect(mended.sha256).toBe(made.sha256);
    expect((await predictLatest(tiny)).model_id).toBe(made.id);

    await removeModel(tiny.workspace, made.id);
    expect(existsSync(graph)).toBe(false);
    await expect(predictLatest(tiny)).rejects.toThrow(/there is no model yet/);
    await expect(predictLatest(tiny, { model: "../x" })).rejects.toMatchObject({ exitCode: 2 });
    await expect(predictLatest(tiny, { model: "x" })).rejects.toMatchObject({ exitCode: 3 });
  });
});
