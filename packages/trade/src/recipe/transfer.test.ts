import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { isoTime } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { readParameters } from "../models/index.ts";
import { openWorkspace, readBarFile, SAMPLE_KEY, samplePath, writeBars } from "../store/index.ts";
import { Prediction } from "../wire/prediction.ts";
import { ModelSummary } from "../wire/training.ts";
import { backtestModel } from "./backtestModel.ts";
import { explainModel } from "./explainModel.ts";
import { readGraph } from "./modelShelf.ts";
import { listModels, showModel } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import { type TinyWorkspace, tinyBars, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

/** A third of the windows: what is shown here needs no good model. */
const fewer = { training: { windowStride: { BUY: 3, HOLD: 3, SELL: 3 } }, decision: { everyBars: 3 } };
let home: TinyWorkspace;
let parent: ModelSummary;
let ensembleRecipe: string;

/** The tiny recipe with other keys, one level deep, in a file of its own. */
async function variant(name: string, changes: Record<string, unknown>): Promise<string> {
  const recipe = parse(await readFile(home.recipe, "utf8"));
  for (const [key, value] of Object.entries(changes))
    recipe[key] = typeof value === "object" && !Array.isArray(value) ? { ...recipe[key], ...value } : value;
  const file = join(home.workspace, "..", `${name}.yaml`);
  await writeFile(file, stringify(recipe));
  return file;
}

const weightsOf = async (id: string) =>
  readParameters(await readGraph(await openWorkspace(home.workspace), id));

beforeAll(async () => {
  home = await tinyWorkspace(fewer);
  const { bars } = await readBarFile(samplePath(), "bars");
  const later = sliceBars(bars, tinyBars.from, tinyBars.to + 500);
  // the same prices under another name: what the encoder knows of one holds for the other
  await writeBars(
    await openWorkspace(home.workspace),
    { ...SAMPLE_KEY, symbol: "ETHUSDT", source: "test" },
    {
      ...later,
      instrument: "ETHUSDT",
    },
  );
  parent = await trainRecipe(home, { recipe: home.recipe });
  ensembleRecipe = await variant("ensemble", { ensemble: { kind: "seeds", members: 2 } });
});
afterAll(() => home.dispose());

describe("transfer", () => {
  test("goes on from a model's weights; with the encoder kept only the heads move", async () => {
    const options = { recipe: home.recipe, symbol: "ETHUSDT", fromModel: parent.id, epochs: 1 };
    const whole = await trainRecipe(home, options);
    const frozen = await trainRecipe(home, { ...options, freezeEncoder: true });
    expect(ModelSummary.parse(frozen)).toEqual(frozen);
    expect(frozen.parent).toEqual({
      id: parent.id,
      sha256: parent.sha256,
      how: "transfer",
      frozenEncoder: true,
    });
    expect(whole.parent).toMatchObject({ frozenEncoder: false });
    const [from, a, b] = [await weightsOf(parent.id), await weightsOf(whole.id), await weightsOf(frozen.id)];
    for (const [name, { values }] of from) {
      const isKept = (of: typeof a): boolean => of.get(name)!.values.every((v, i) => v === values[i]);
      expect(isKept(b), name).toBe(name.startsWith("encoder."));
      expect(isKept(a), name).toBe(false);
    }
    // the loss before is that of a network that has learned, not of a random one
    expect(whole.lossBefore).toBeLessThan(parent.lossBefore);
    const manifests = await Promise.all([parent.id, frozen.id].map((id) => showModel(home.workspace, id)));
    // the scaler is the new symbol's own: its training rows go further
    expect(manifests[0]!.net.scaler).not.toEqual(manifests[1]!.net.scaler);
    expect(manifests[1]!.seen.from).toBe(manifests[0]!.seen.from);
    // another start is another training: no result and no checkpoint is shared
    expect(new Set([parent.id, whole.id, frozen.id]).size).toBe(3);
    const stages: string[] = [];
    const again = await trainRecipe(home, { ...options, reuse: true }, (s) => stages.push(s.stage ?? ""));
    expect(again.id).toBe(whole.id);
    expect(stages).toContain("reusing");
  });

  test("what the parent has seen is no test of the child, whatever the child's own split says", async () => {
    const wide = await trainRecipe(home, { recipe: home.recipe, symbol: "ETHUSDT", epochs: 1 });
    const wideSeen = (await showModel(home.workspace, wide.id)).seen;
    // its own test rows begin before `wide` stopped looking
    expect(parent.testRange.from < isoTime(wideSeen.to)).toBe(true);
    const child = await trainRecipe(home, { recipe: home.recipe, fromModel: wide.id, epochs: 1 });
    const manifest = await showModel(home.workspace, child.id);
    expect(child.testRange.from > isoTime(wideSeen.to)).toBe(true);
    expect(manifest.seen.to).toBe(wideSeen.to);
    const asked = { model: child.id, from: parent.testRange.from, to: parent.testRange.to };
    await expect(backtestModel(home, { ...asked, inSample: false })).rejects.toMatchObject({ exitCode: 4 });
    const nothingLeft = trainRecipe(home, {
      recipe: home.recipe,
      fromModel: wide.id,
      to: isoTime(wideSeen.to),
    });
    await expect(nothingLeft).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/has seen prices up to/),
    });
  });

  test("another network, size, window or feature set is refused by name, before any work", async () => {
    const cases: [string, Record<string, unknown>, RegExp][] = [
      ["width", { model: { width: 16 } }, /its network has width 8, the recipe's 16 \(model\.width\)/],
      ["window", { model: { window: 8 } }, /its window is 16 bars, the recipe's 8 \(model\.window\)/],
      ["features", { features: [{ kind: "orionquant38" }, { kind: "orionquant38" }] }, /features/],
      ["members", { ensemble: { kind: "seeds", members: 2 } }, /members of an ensemble/],
    ];
    const before = await listModels(home.workspace);
    for (const [name, changes, message] of cases) {
      const recipe = await variant(name, changes);
      const refused = trainRecipe(home, { recipe, fromModel: parent.id });
      await expect(refused, name).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
      });
    }
    const other = trainRecipe(home, { recipe: home.recipe, network: "mlp", fromModel: parent.id });
    await expect(other).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/network is transformerSignal, the recipe's mlp/),
    });
    const alone = trainRecipe(home, { recipe: home.recipe, freezeEncoder: true });
    await expect(alone).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/--from-model/),
    });
    await expect(trainRecipe(home, { recipe: home.recipe, fromModel: "none-such" })).rejects.toMatchObject({
      exitCode: 3,
    });
    expect(await listModels(home.workspace)).toEqual(before);
    expect(await readdir(join(home.workspace, "checkpoints")).catch(() => [])).toEqual([]);
  });
});

describe("an ensemble", () => {
  test("trains, is predicted with its uncertainty, explained, backtested; interrupted it goes on to the same bytes", async () => {
    const whole = await trainRecipe(home, { recipe: ensembleRecipe, epochs: 1 });
    expect(ModelSummary.parse(whole)).toEqual(whole);
    expect(whole).toMatchObject({ members: 2, parameters: 2 * parent.parameters });
    const prediction = await predictLatest(home, { model: whole.id });
    expect(Prediction.parse(prediction)).toEqual(prediction);
    expect(prediction.ensemble!.members).toBe(2);
    expect(prediction.ensemble!.spread.HOLD).toBeGreaterThan(0);
    expect(prediction.ensemble!.return_spread).toBeGreaterThan(0);
    expect((await predictLatest(home, { model: parent.id })).ensemble).toBeUndefined();
    expect((await explainModel(home, { model: whole.id })).complete).toBe(true);
    expect((await backtestModel(home, { model: whole.id, inSample: false })).valid).toBe(true);
    await expect(trainRecipe(home, { recipe: home.recipe, fromModel: whole.id })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/it is an ensemble/),
    });

    const twin = await tinyWorkspace(fewer);
    const stop = new AbortController();
    const stopped = trainRecipe(
      { ...twin, signal: stop.signal },
      { recipe: ensembleRecipe, epochs: 1 },
      (s) => {
        if (s.stage === "training member 2 of 2" && s.step! % 7 === 0) stop.abort();
      },
    );
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    const steps: number[] = [];
    const resumed = await trainRecipe(twin, { recipe: ensembleRecipe, epochs: 1, resume: true }, (s) => {
      if (s.stage?.startsWith("training")) steps.push(s.step!);
    });
    expect(steps[0]! % 7).toBe(1);
    expect(resumed.sha256).toBe(whole.sha256);
    expect(await readdir(join(twin.workspace, "checkpoints"))).toEqual([]);
    await twin.dispose();
  });

  test("a fine-tune, an ensemble and a plain run have no key in common, so that nothing is reused across them", async () => {
    const ids = (await listModels(home.workspace)).map((m) => m.id);
    const keys = await Promise.all(ids.map(async (id) => (await showModel(home.workspace, id)).trainKey));
    expect(new Set(keys).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(5);
  });
});
