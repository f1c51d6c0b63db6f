import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoTime } from "../core/time.ts";
import { loadRun, openWorkspace, readBars, readTrials, SAMPLE_KEY } from "../store/index.ts";
import { BacktestResponse } from "../wire/backtest.ts";
import type { ModelSummary } from "../wire/training.ts";
import { backtestModel } from "./backtestModel.ts";
import { type TinyWorkspace, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

let home: TinyWorkspace;
let model: ModelSummary;

beforeAll(async () => {
  home = await tinyWorkspace();
  model = await trainRecipe(home, { recipe: home.recipe });
});
afterAll(() => home.dispose());

test("a backtest is in the trial ledger and on the disk before it is told", async () => {
  const workspace = await openWorkspace(home.workspace);
  const before = (await readTrials(workspace)).trials.length;
  const result = await backtestModel(home, { inSample: false });
  const { trials } = await readTrials(workspace);
  expect(trials).toHaveLength(before + 1);
  expect(trials.at(-1)).toMatchObject({
    id: result.id,
    modelId: model.id,
    recipe: "tiny",
    time: home.now(),
  });
  expect(trials.at(-1)!.metrics.trades).toBe(result.metrics.trades);
  const run = await loadRun(workspace, result.id);
  expect(run.trades).toHaveLength(result.trades.length);
  expect(run.equity.equity).toHaveLength(result.bars);
  expect(run.result.ordersSha256).toBe(result.ordersSha256);
  expect(result.inSample).toBe(false);
  expect(result.range.from).toBe(model.testRange.from);
});

test("the same backtest again is no new trial for the deflated Sharpe ratio", async () => {
  const first = await backtestModel(home, { inSample: false });
  const second = await backtestModel(home, { inSample: false });
  expect(second.trials).toBe(first.trials);
});

test("what touches the training range is refused, and marked when it is wanted all the same", async () => {
  const workspace = await openWorkspace(home.workspace);
  const before = (await readTrials(workspace)).trials.length;
  for (const from of [model.trainingRange.from, model.validationRange.from, model.validationRange.to]) {
    await expect(backtestModel(home, { from, inSample: false })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/touches the model's training range/),
    });
  }
  expect((await readTrials(workspace)).trials).toHaveLength(before);
  const marked = await backtestModel(home, {
    from: model.validationRange.from,
    to: model.testRange.from,
    inSample: true,
  });
  expect(marked.inSample).toBe(true);
  expect((await readTrials(workspace)).trials.at(-1)!.metrics.inSample).toBe(1);
  expect((await loadRun(workspace, marked.id)).result.inSample).toBe(true);
});

test("a range without bars is refused with what there is", async () => {
  for (const range of [
    { from: "2030-01-01" },
    { to: "2020-01-01" },
    { from: "2023-03-01", to: "2023-03-01T00:04:00Z" },
  ]) {
    await expect(backtestModel(home, { ...range, inSample: false })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/has 0 bars from .* a backtest needs 2: bars are stored from/),
    });
  }
});

test("over any range and options: no NaN, and the wire's schema holds", async () => {
  const { closeTime } = await readBars(await openWorkspace(home.workspace), SAMPLE_KEY);
  const row = fc.integer({ min: 0, max: closeTime.length - 1 });
  await fc.assert(
    fc.asyncProperty(row, row, fc.boolean(), async (a, b, allowShort) => {
      fc.pre(Math.abs(a - b) >= 2);
      const request = {
        from: isoTime(closeTime[Math.min(a, b)]!),
        to: isoTime(closeTime[Math.max(a, b)]!),
        inSample: true,
        allowShort,
      };
      const result = await backtestModel(home, request);
      const text = JSON.stringify(result);
      const back: unknown = JSON.parse(text);
      expect(back).toEqual(result); // JSON would have made null of NaN and Infinity
      // metrics may hold more than the wire's, nothing else may
      expect(result).toMatchObject(BacktestResponse.strict().parse(back));
      expect(result.bars).toBe(Math.abs(a - b) + 1);
    }),
    { numRuns: 12, seed: 5 },
  );
});
