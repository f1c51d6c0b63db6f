import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { sliceBars } from "../market/bars.ts";
import { openWorkspace, readBarFile, SAMPLE_KEY, samplePath, writeBars } from "../store/index.ts";
import { auditLeakage } from "./audit/auditLeakage.ts";
import { type TinyWorkspace, tinyBars, tinyRecipe, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { tinyStocks, tinyStocksRecipe } from "./testing/tinyStocks.ts";
import { trainRecipe } from "./trainRecipe.ts";
import { updateModel } from "./updateModel.ts";

const HORIZON = 6;
const signalChanges = (training: object): Record<string, object> => ({
  label: { horizonBars: HORIZON },
  training: { epochs: 1, windowStride: { BUY: 3, HOLD: 3, SELL: 3 }, ...training },
});

let home: TinyWorkspace;
let stocks: TinyWorkspace;
beforeAll(async () => {
  [home, stocks] = await Promise.all([tinyWorkspace(signalChanges({})), tinyStocks()]);
});
afterAll(() => Promise.all([home.dispose(), stocks.dispose()]));

async function signalRecipe(name: string, training: object): Promise<string> {
  const file = join(home.workspace, `${name}.yaml`);
  await writeFile(file, await tinyRecipe(signalChanges(training)));
  return file;
}

async function stocksRecipe(name: string, training: object): Promise<string> {
  const file = join(stocks.workspace, `${name}.yaml`);
  const { training: usual } = tinyStocksRecipe() as { training: object };
  await writeFile(file, stringify(tinyStocksRecipe({ training: { ...usual, epochs: 1, ...training } })));
  return file;
}

const kinds = {
  uniqueness: { by: "uniqueness" },
  attribution: { by: "returnAttribution", timeDecay: 0.5 },
};

describe("a recipe that weighs its rows", () => {
  test("one that trades a signal: another model for each kind, the same bytes again, and an update", async () => {
    const sha = async (recipe: string): Promise<string> => (await trainRecipe(home, { recipe })).sha256;
    const plain = await sha(await signalRecipe("plain", {}));
    const unique = await sha(await signalRecipe("unique", { sampleWeights: kinds.uniqueness }));
    const recipe = await signalRecipe("attributed", { sampleWeights: kinds.attribution });
    const attributed = await trainRecipe(home, { recipe });
    expect(new Set([plain, unique, attributed.sha256]).size).toBe(3);
    const twin = await tinyWorkspace(signalChanges({ sampleWeights: kinds.attribution }));
    expect((await trainRecipe(twin, { recipe: twin.recipe })).sha256).toBe(attributed.sha256);

    const { bars } = await readBarFile(samplePath(), "bars");
    const more = sliceBars(bars, tinyBars.from, tinyBars.to + 1500);
    await writeBars(await openWorkspace(twin.workspace), { ...SAMPLE_KEY, source: "sample" }, more);
    const updated = await updateModel(twin);
    expect(updated.rows.replayed).toBe(updated.rows.trained);
    expect(Number.isFinite(updated.new.crossEntropy)).toBe(true);
    expect(await updateModel(twin)).toEqual(updated);
    await twin.dispose();
  });

  test("one of six heads: another model for each kind, whatever the order of the symbols", async () => {
    const train = (recipe: string, symbols?: string[]) =>
      trainRecipe(stocks, { recipe, ...(symbols ? { symbols } : {}) });
    const plain = await train(await stocksRecipe("plain", {}));
    const unique = await train(await stocksRecipe("unique", { sampleWeights: kinds.uniqueness }));
    const recipe = await stocksRecipe("attributed", { sampleWeights: kinds.attribution });
    const attributed = await train(recipe);
    expect(new Set([plain, unique, attributed].map((model) => model.sha256)).size).toBe(3);
    expect((await train(recipe, ["CCC", "AAA", "BBB"])).sha256).toBe(attributed.sha256);
  });

  test("nothing of later bars goes into the weights: the audit finds no leak in either kind of recipe", async () => {
    const of = async (home: TinyWorkspace, recipe: string, rows?: number) => {
      const report = await auditLeakage(home, { recipe, quick: true, ...(rows ? { rows } : {}) });
      return report.columns.filter((c) => c.kind === "model").map((c) => [c.name, c.leaks]);
    };
    const training = { sampleWeights: kinds.attribution };
    expect(await of(home, await signalRecipe("audited", training), 3000)).toEqual([["weights", []]]);
    expect(await of(stocks, await stocksRecipe("audited", training))).toEqual([["weights", []]]);
  });

  test("members of an ensemble on bags of their own, beside weights", async () => {
    const recipe = join(home.workspace, "bagged.yaml");
    const ensemble = { kind: "seeds", members: 2, bag: "sequential" };
    const changes = { ...signalChanges({ sampleWeights: kinds.uniqueness }), ensemble };
    await writeFile(recipe, await tinyRecipe(changes));
    const bagged = await trainRecipe(home, { recipe });
    await writeFile(recipe, await tinyRecipe({ ...changes, ensemble: { kind: "seeds", members: 2 } }));
    expect((await trainRecipe(home, { recipe })).sha256).not.toBe(bagged.sha256);
    await writeFile(recipe, await tinyRecipe({ ...changes, ensemble: { ...ensemble, bag: "by lot" } }));
    await expect(trainRecipe(home, { recipe })).rejects.toThrow(
      /bagged.yaml:\d+: ensemble.bag: Invalid input/,
    );
  });

  test("keys and values that are none are refused by name and line", async () => {
    const refused = async (sampleWeights: object, message: RegExp) => {
      const recipe = await signalRecipe("refused", { sampleWeights });
      await expect(trainRecipe(home, { recipe })).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
      });
    };
    await refused({ by: "age" }, /refused.yaml:\d+: training.sampleWeights.by: Invalid option/);
    await refused({ timeDecay: 0.5 }, /refused.yaml:\d+: training.sampleWeights.by: /);
    await refused({ by: "uniqueness", decay: 1 }, /: training.sampleWeights.decay: this key is not known/);
    await refused({ by: "uniqueness", timeDecay: 2 }, /: training.sampleWeights.timeDecay: Too big/);
    await refused({ by: "uniqueness", timeDecay: -1 }, /: training.sampleWeights.timeDecay: Too small/);
  });
});
