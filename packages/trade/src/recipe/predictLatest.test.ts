import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isoTime } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { mergeBars, openWorkspace, readBars, SAMPLE_KEY, writeBars } from "../store/index.ts";
import { Prediction } from "../wire/prediction.ts";
import type { ModelSummary } from "../wire/training.ts";
import { decodeForecast } from "./forecastFile.ts";
import { hasSixHeads } from "./modelManifest.ts";
import { showModel } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import { type TinyWorkspace, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

let home: TinyWorkspace;
let model: ModelSummary;

beforeAll(async () => {
  home = await tinyWorkspace();
  model = await trainRecipe(home, { recipe: home.recipe });
});
afterAll(() => home.dispose());

const barsOf = async (tiny: TinyWorkspace) => readBars(await openWorkspace(tiny.workspace), SAMPLE_KEY);

test("the prediction of the last bar is the backtest's own at that bar", async () => {
  const { closeTime } = await barsOf(home);
  const last = closeTime.at(-1)!;
  const live = await predictLatest(home);
  expect(Prediction.strict().parse(live)).toEqual(live);
  expect(live).toMatchObject({
    bar_time: isoTime(last),
    model_id: model.id,
    data_age_seconds: (home.now() - last) / 1000,
    in_sample: false,
  });
  // the kept forecasts of the test rows were made in one go over all bars
  const manifest = await showModel(home.workspace, model.id);
  const kept = decodeForecast(await readFile(join(home.workspace, "models", model.id, "forecasts.bin")));
  for (const back of [1, 2, 57]) {
    const at = closeTime.at(-1 - back)!;
    const i = kept.closeTime.indexOf(at);
    expect(i).toBeGreaterThan(0);
    const p = await predictLatest(home, { at: isoTime(at) });
    expect(p.bar_time).toBe(isoTime(at));
    expect(Math.abs(p.probabilities.BUY - kept.buy[i]!)).toBeLessThan(1e-5);
    expect(Math.abs(p.probabilities.SELL - kept.sell[i]!)).toBeLessThan(1e-5);
    expect(Math.abs(p.expected_return - kept.return[i]!)).toBeLessThan(1e-5);
  }
  if (hasSixHeads(manifest)) throw new Error("a signal model was trained");
  expect(live.thresholds).toEqual({ buy: manifest.decision.buy, sell: manifest.decision.sell });
  expect(live.base_rates.BUY + live.base_rates.HOLD + live.base_rates.SELL).toBeCloseTo(1, 12);
});

test("a prediction of a bar that was learned from is marked", async () => {
  expect((await predictLatest(home, { at: model.validationRange.to })).in_sample).toBe(true);
  expect((await predictLatest(home, { at: model.testRange.to })).in_sample).toBe(false);
});

test("a hole in the window and too little history are refused, not filled", async () => {
  const tiny = await tinyWorkspace();
  onTestFinished(() => tiny.dispose());
  await trainRecipe(tiny, { recipe: tiny.recipe, epochs: 1 });
  const workspace = await openWorkspace(tiny.workspace);
  const all = await barsOf(tiny);
  const key = { ...SAMPLE_KEY, source: "test" };
  await writeBars(workspace, key, sliceBars(all, 0, all.length - 10));
  await mergeBars(workspace, key, sliceBars(all, all.length - 9, all.length));
  await expect(predictLatest(tiny)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/cannot be predicted: .* have a hole or are too few/),
  });
  const before = isoTime(all.closeTime.at(-11)!);
  expect((await predictLatest(tiny, { at: before })).bar_time).toBe(before);
  await writeBars(workspace, key, sliceBars(all, all.length - 1000, all.length - 100));
  await expect(predictLatest(tiny)).rejects.toMatchObject({ exitCode: 3 });
  await expect(predictLatest(tiny, { at: "2020-01-01" })).rejects.toMatchObject({ exitCode: 3 });
  await expect(predictLatest(tiny, { symbol: "../x" })).rejects.toMatchObject({ exitCode: 2 });
});
