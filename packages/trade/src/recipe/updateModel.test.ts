import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isoTime } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { openWorkspace, readBarFile, SAMPLE_KEY, samplePath, writeBars } from "../store/index.ts";
import { ModelSummary } from "../wire/training.ts";
import { backtestModel } from "./backtestModel.ts";
import { listModels, showModel } from "./modelUse.ts";
import { predictLatest } from "./predictLatest.ts";
import { type TinyWorkspace, tinyBars, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";
import { UPDATE_RULES, updateModel } from "./updateModel.ts";

let home: TinyWorkspace;
let model: ModelSummary;
let sample: BarSeries;

/** Stores the sample's bars from where the tiny ones begin, `more` beyond their end. */
async function store(more: number, change: (bars: BarSeries) => BarSeries = (b) => b): Promise<void> {
  const bars = change(sliceBars(sample, tinyBars.from, tinyBars.to + more));
  await writeBars(await openWorkspace(home.workspace), { ...SAMPLE_KEY, source: "sample" }, bars);
}

beforeAll(async () => {
  home = await tinyWorkspace({
    training: { epochs: 1, learningRate: 0.001, windowStride: { BUY: 3, HOLD: 3, SELL: 3 } },
    decision: { everyBars: 3 },
  });
  sample = (await readBarFile(samplePath(), "bars")).bars;
  model = await trainRecipe(home, { recipe: home.recipe });
});
afterAll(() => home.dispose());
beforeEach(() => store(0));

describe("too little", () => {
  test("no new bar, and too few of them: one line that says how many are needed", async () => {
    // 334: so many that 30 % of them are 100
    await expect(updateModel(home)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^model tiny-\w+ has seen bars up to \S+; 0 usable rows have come since, and an update needs 334:/,
      ),
    });
    await store(200);
    await expect(updateModel(home)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/; 199 usable rows have come since, and an update needs 334:/),
    });
    // one short of it, and just enough: the last bar's outcome is not known
    await store(334);
    await expect(updateModel(home)).rejects.toThrow(/333 usable rows .* needs 334/);
    await store(335);
    expect((await updateModel(home)).rows.acceptance).toBe(100);
  });

  test("other bars than it was trained on, a rule, a share or a model that is none", async () => {
    await store(600, (bars) => ({
      ...bars,
      close: bars.close.map((c, i) => (i === 50 ? c + 1 : c)),
      high: bars.high.map((h, i) => (i === 50 ? h + 1 : h)),
    }));
    await expect(updateModel(home)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/was trained on other bars of BTCUSDT/),
    });
    for (const [options, message] of [
      [{ replay: 1 }, /replay: 1/],
      [{ replay: Number.NaN }, /replay: NaN/],
      [{ epochs: 0 }, /epochs: 0/],
      [{ accept: "hope" as "better" }, /accept: 'hope' is no rule: choose significant or better/],
    ] as const)
      await expect(updateModel(home, options)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
      });
    await expect(updateModel(home, { model: "no-such" })).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe("an update", () => {
  test("judges both models on the newest rows, which neither has learned from, and keeps what the rule says", async () => {
    await store(2000);
    const before = await listModels(home.workspace);
    const stages = new Set<string>();
    const strict = await updateModel(home, { model: model.id, epochs: 2 }, (s) => stages.add(s.stage ?? ""));
    expect(stages).toContain("training on new bars");
    const { rows, difference } = strict;
    // 1,999 rows whose outcome is known; 30 % are judged on, the 16 bars of embargo and the outcome's are between
    expect(rows).toMatchObject({ acceptance: 599, fresh: 1400 - 16 });
    expect(rows.trained).toBeGreaterThan(rows.fresh / 3 - 3);
    expect(rows.trained).toBeLessThan(rows.fresh / 3 + 3);
    expect(rows.replayed).toBe(rows.trained);
    expect(difference.n).toBe(599);
    expect(difference.value).toBeCloseTo(strict.new.crossEntropy - strict.old.crossEntropy, 12);
    expect(difference.interval![0]).toBeLessThanOrEqual(difference.value);
    expect(difference.interval![1]).toBeGreaterThanOrEqual(difference.value);
    expect(strict.accepted).toBe(difference.interval![1] < 0);
    expect(strict.rule).toContain(UPDATE_RULES.significant);
    for (const judged of [strict.old, strict.new]) {
      expect(judged.balancedAccuracy).toBeGreaterThan(judged.balancedAccuracyInterval[0]);
      expect(judged.balancedAccuracy).toBeLessThan(judged.balancedAccuracyInterval[1]);
    }
    if (!strict.accepted) expect(await listModels(home.workspace)).toEqual(before);
    // the same again is the same, to the last bit
    expect(await updateModel(home, { model: model.id, epochs: 2 })).toEqual(strict);

    const loose = await updateModel(home, { model: model.id, epochs: 2, accept: "better" });
    expect(loose.new).toEqual(strict.new);
    expect(loose.accepted).toBe(difference.value < 0);
    expect(loose.accepted).toBe(true);
    const kept = loose.summary!;
    expect(ModelSummary.parse(kept)).toEqual(kept);
    expect(kept.parent).toEqual({ id: model.id, sha256: model.sha256, how: "update", frozenEncoder: false });
    expect(kept.id).not.toBe(model.id);
    expect(kept).toMatchObject({ lossBefore: loose.old.crossEntropy, lossAfter: loose.new.crossEntropy });
    expect(
      [kept.testRange.from, kept.testRange.to] >= [loose.acceptanceRange.from, loose.acceptanceRange.to],
    ).toBe(true);
    const [old, made] = await Promise.all([model.id, kept.id].map((id) => showModel(home.workspace, id)));
    const dataEnd = "to" in old!.data ? old!.data.to : Number.NaN;
    expect(made!.net.scaler).toEqual(old!.net.scaler);
    expect(made!.seen.from).toBe(old!.seen.from);
    // what was learned from is seen; what it was judged on lies behind it
    expect(isoTime(made!.seen.to) < loose.acceptanceRange.from).toBe(true);
    expect(made!.seen.to).toBeGreaterThan(dataEnd);
    expect((await predictLatest(home, { model: kept.id })).model_id).toBe(kept.id);
    await expect(
      backtestModel(home, { model: kept.id, from: model.testRange.from, inSample: false }),
    ).rejects.toMatchObject({
      exitCode: 4,
    });
    expect((await backtestModel(home, { model: kept.id, inSample: false })).valid).toBe(true);

    // an updated model is updated in turn: its own validation rows stay out of the replay
    await store(3000);
    const second = await updateModel(home, { model: kept.id, replay: 0 });
    expect(second.rows.replayed).toBe(0);
    expect(second.parent).toBe(kept.id);
  });

  test("an ensemble is gone on with member by member; stopped, it leaves nothing", async () => {
    const { parse, stringify } = await import("yaml");
    const { writeFile } = await import("node:fs/promises");
    const file = join(home.workspace, "..", "ensemble.yaml");
    const recipe = parse(await readFile(home.recipe, "utf8"));
    await writeFile(file, stringify({ ...recipe, ensemble: { kind: "seeds", members: 2 } }));
    const ensemble = await trainRecipe(home, { recipe: file });
    await store(1000);
    const result = await updateModel(home, { model: ensemble.id, accept: "better" });
    if (result.summary) expect(result.summary).toMatchObject({ members: 2, parameters: ensemble.parameters });
    const before = await listModels(home.workspace);
    const stop = new AbortController();
    const stopped = updateModel(
      { ...home, signal: stop.signal },
      { model: ensemble.id, epochs: 3, accept: "better" },
      (s) => {
        if (s.step === 5) stop.abort();
      },
    );
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await listModels(home.workspace)).toEqual(before);
  });
});
