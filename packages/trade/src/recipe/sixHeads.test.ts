import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ModelSummary } from "../wire/training.ts";
import { backtestModel } from "./backtestModel.ts";
import { hasSixHeads } from "./modelManifest.ts";
import { exportModel, listModels, newestModelOf, showModel } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import type { TinyWorkspace } from "./testing/tinyRecipe.ts";
import { tinyStocks, tinyStocksRecipe } from "./testing/tinyStocks.ts";
import { type TrainOptions, trainRecipe } from "./trainRecipe.ts";

let home: TinyWorkspace;
let model: ModelSummary;

beforeAll(async () => {
  home = await tinyStocks();
  model = await trainRecipe(home, { recipe: home.recipe });
});
afterAll(() => home.dispose());

/** Trains in the same workspace; models of other recipes stand beside one another. */
const train = (options: Partial<TrainOptions> = {}, onStatus?: Parameters<typeof trainRecipe>[2]) =>
  trainRecipe(home, { recipe: home.recipe, ...options }, onStatus);

/** A changed recipe beside the first. */
async function changed(name: string, changes: Record<string, object>): Promise<string> {
  const file = join(home.workspace, `${name}.yaml`);
  await writeFile(file, stringify({ ...tinyStocksRecipe(changes), name }));
  return file;
}

describe("a training of six heads", () => {
  test("tells what it made, in the words of the wire, each head with its rows and what a useless one would reach", () => {
    expect(ModelSummary.parse(model)).toEqual(model);
    expect(model).toMatchObject({
      recipe: "tiny-stocks",
      symbol: "AAA",
      symbols: ["AAA", "BBB", "CCC"],
      dropped: [],
      network: "mlp",
      epochs: 2,
    });
    const tasks = model.tasks!;
    expect(tasks.returns.map((r) => r.horizonBars)).toEqual([1, 4, 12]);
    const n = 3 * tasks.days;
    expect(tasks.effectiveDays).toBeCloseTo(tasks.days / 12, 12);
    expect(tasks.returns.map((r) => r.n)).toEqual([n, n, n]);
    expect([tasks.direction.n, tasks.position.n, tasks.volatility.n, tasks.risk.n]).toEqual([n, n, n, n]);
    expect(tasks.confidence!.n).toBe(n);
    expect(tasks.confidence!.rightShare).toBeCloseTo(tasks.direction.accuracy, 12);
    expect(model.test).toEqual(tasks.direction);
    expect(model.lossAfter).toBeLessThan(model.lossBefore);
    expect(model.trainingRange.to < model.validationRange.from).toBe(true);
    expect(model.validationRange.to < model.testRange.from).toBe(true);
  });

  test("is kept with all that is needed to use it, and exported as one graph", async () => {
    const manifest = await showModel(home.workspace, model.id);
    if (!hasSixHeads(manifest)) throw new Error("six heads were trained");
    expect(manifest.net.taskWeights).toEqual({
      returns: 0.3,
      direction: 0.2,
      volatility: 0.15,
      position: 0.2,
      risk: 0.1,
      confidence: 0.05,
    });
    expect(manifest.net.confidence!.heldBack).toBeGreaterThan(100);
    expect(manifest.data.context.map((c) => c.symbol)).toEqual(["SPY", "QQQ", "VIX"]);
    expect((await listModels(home.workspace)).map((m) => m.id)).toContain(model.id);
    expect(await readdir(join(home.workspace, "models", model.id))).toEqual(["manifest.json", "model.onnx"]);
    const out = join(home.workspace, "six.onnx");
    expect((await exportModel(home.workspace, model.id, out)).bytes).toBeGreaterThan(10_000);
  });

  test("again, with the symbols in another order, in another workspace: the same model", async () => {
    const twin = await tinyStocks();
    try {
      const again = await trainRecipe(twin, { recipe: twin.recipe, symbols: ["ccc", "AAA", "BBB"] });
      expect(again.sha256).toBe(model.sha256);
      expect(again.id).toBe(model.id);
      expect(again.tasks).toEqual(model.tasks);
    } finally {
      await twin.dispose();
    }
    expect((await train({ symbols: ["AAA", "BBB"], epochs: 1 })).sha256).not.toBe(model.sha256);
  });

  test("stopped in the middle it goes on from its checkpoint to the same model", async () => {
    const twin = await tinyStocks();
    try {
      const stop = new AbortController();
      const stopped = trainRecipe({ ...twin, signal: stop.signal }, { recipe: twin.recipe }, (s) => {
        if ((s.step ?? 0) === 10 && s.stage === "training") stop.abort();
      });
      await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
      expect((await trainRecipe(twin, { recipe: twin.recipe, resume: true })).sha256).toBe(model.sha256);
    } finally {
      await twin.dispose();
    }
  });

  test("learned weights are told; a weight of 0 leaves the confidence out and holds nothing back", async () => {
    const learned = await train({ recipe: await changed("learned", { training: learnedTraining() }) });
    const manifest = await showModel(home.workspace, learned.id);
    if (!hasSixHeads(manifest)) throw new Error("six heads were trained");
    const { confidence, ...weights } = manifest.net.taskWeights;
    expect(confidence).toBeUndefined();
    expect(new Set(Object.values(weights)).size).toBe(5);
    expect(manifest.net.confidence).not.toBeNull();
    expect(manifest.net.parameters).toBe(model.parameters);

    const without = await train({
      recipe: await changed("without", { training: { ...baseTraining(), taskWeights: { confidence: 0 } } }),
    });
    expect(without.tasks!.confidence).toBeNull();
    expect(without.windows).toBeGreaterThan(model.windows);
  });

  test("a symbol too short is left out and said so; a stock alone is trained on", async () => {
    const said: string[] = [];
    const made = await train({ symbols: ["AAA", "SHORT"], epochs: 1 }, (s) => said.push(s.message ?? ""));
    expect(made.symbols).toEqual(["AAA"]);
    expect(made.dropped).toEqual([
      { symbol: "SHORT", reason: expect.stringMatching(/^340 bars give \d+ rows with a whole window/) },
    ]);
    expect(said.some((line) => line.startsWith("SHORT is left out: 340 bars"))).toBe(true);
  });
});

describe("refused in one line", () => {
  const refusal = (options: Partial<TrainOptions>, exitCode: number, message: RegExp) =>
    expect(train(options)).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });

  test("symbols and context that are not there, too few bars, unknown networks", async () => {
    await refusal({ symbols: ["AAA", "NOPE"] }, 3, /NOPE/);
    await refusal({ symbols: ["a b"] }, 2, /symbol 'a b' is not understood/);
    await refusal({ symbols: ["SHORT"] }, 3, /no symbol is left to train on; SHORT: 340 bars/);
    await refusal({ network: "perceptron" }, 2, /network 'perceptron' is not known: choose one of/);
    const other = await changed("other-context", {
      universe: { ...baseUniverse(), context: ["SPY", "QQQ", "VIX", "XLK"] },
    });
    await refusal({ recipe: other }, 3, /^universe.context: XLK \(stock, 1d\) is not stored: .*--kind mark/);
    const less = await changed("less-context", { universe: { ...baseUniverse(), context: ["SPY", "QQQ"] } });
    await refusal({ recipe: less }, 2, /hybridCore reads VIX: name them in .*universe\.context/);
    const big = await changed("big-batch", { training: { ...baseTraining(), batch: 4000 } });
    await refusal({ recipe: big }, 3, /training windows do not fill a batch of 4000/);
  });

  test("keys of another kind of recipe, and symbols named twice", async () => {
    await refusal(
      { recipe: await changed("costs", { costs: { feeBps: 1 } }) },
      2,
      /: costs: this key is not known/,
    );
    await refusal(
      { recipe: await changed("twice", { universe: { ...baseUniverse(), symbols: ["AAA", "AAA"] } }) },
      2,
      /universe.symbols: name each symbol once/,
    );
    await refusal({ recipe: "orionquant", symbols: ["AAA", "BBB"] }, 2, /trades exactly one symbol, not 2/);
  });

  test("a prediction, a backtest: such a model gives no signal of one symbol", async () => {
    const why = {
      exitCode: 2,
      message: expect.stringMatching(/^model tiny-stocks-\w+ forecasts six tasks of 3 symbols/),
    };
    await expect(predictLatest(home, { model: model.id })).rejects.toMatchObject(why);
    await expect(backtestModel(home, { model: model.id, inSample: false })).rejects.toMatchObject(why);
    await expect(predictLatest(home)).rejects.toMatchObject({ exitCode: 2 });
    expect(await newestModelOf(home.workspace, "tiny-stocks")).toMatch(/^tiny-stocks-/);
  });

  test("a manifest that was changed by hand", async () => {
    const twin = await tinyStocks();
    try {
      const made = await trainRecipe(twin, { recipe: twin.recipe, epochs: 1, symbols: ["AAA"] });
      const file = join(twin.workspace, "models", made.id, "manifest.json");
      const manifest = JSON.parse(JSON.stringify(await showModel(twin.workspace, made.id)));
      await rm(file);
      await writeFile(file, JSON.stringify({ ...manifest, failed: "not at all" }));
      await expect(showModel(twin.workspace, made.id)).rejects.toThrow(/was changed after the training/);
    } finally {
      await twin.dispose();
    }
  });
});

function baseTraining(): object {
  return tinyStocksRecipe().training as object;
}
function learnedTraining(): object {
  return { ...baseTraining(), taskWeights: "learned" };
}
function baseUniverse(): object {
  return tinyStocksRecipe().universe as object;
}
