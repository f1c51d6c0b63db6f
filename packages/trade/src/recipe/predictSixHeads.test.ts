import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../core/time.ts";
import { openWorkspace } from "../store/index.ts";
import { Prediction } from "../wire/prediction.ts";
import { SixHeadsPrediction } from "../wire/sixHeadsPrediction.ts";
import type { ModelSummary } from "../wire/training.ts";
import { compareModels } from "./compareModels.ts";
import { explainModel } from "./explainModel.ts";
import { hasSixHeads } from "./modelManifest.ts";
import { readModel } from "./modelShelf.ts";
import { exportModel } from "./modelUse.ts";
import { predictModel, predictSixHeads } from "./predictSixHeads.ts";
import type { TinyWorkspace } from "./testing/tinyRecipe.ts";
import { tinyStock, tinyStocks } from "./testing/tinyStocks.ts";
import { trainRecipe } from "./trainRecipe.ts";

let home: TinyWorkspace;
let model: ModelSummary;
const bars = tinyStock(2, "BBB");

beforeAll(async () => {
  home = await tinyStocks();
  model = await trainRecipe(home, { recipe: home.recipe, epochs: 1 });
});
afterAll(() => home.dispose());

async function told(query: { symbol?: string; at?: string } = {}): Promise<SixHeadsPrediction> {
  return predictSixHeads(home, { model: model.id, ...query });
}

describe("six heads of each symbol", () => {
  test("in the words of the wire, with the data's age and the test figures", async () => {
    const found = await told();
    expect(SixHeadsPrediction.parse(found)).toEqual(found);
    expect(found.forecasts.map((f) => f.symbol)).toEqual(["AAA", "BBB", "CCC"]);
    expect(found.dropped).toEqual([]);
    expect(found.test).toEqual(model.tasks);
    const of = found.forecasts[1]!;
    // the last of 640 daily bars from 2018-01-02 on, read on 2021-01-01
    const last = Date.UTC(2018, 0, 2) + 639 * DAY_MS;
    expect(Date.parse(of.bar_time)).toBe(last);
    expect(of.data_age_seconds).toBe((Date.UTC(2021, 0, 1) - last) / 1000);
    expect(of.current_price).toBe(bars.close[639]);
    expect(of.returns.map((r) => r.horizon_bars)).toEqual([1, 4, 12]);
    expect([of.direction.horizon_bars, of.position.horizon_bars, of.risk.horizon_bars]).toEqual([1, 12, 12]);
    for (const { probabilities } of [of.direction, of.position])
      expect(probabilities.BUY + probabilities.HOLD + probabilities.SELL).toBeCloseTo(1, 5);
    expect(of.volatility.per_bar).toBeGreaterThan(0);
    expect(of.confidence).toBeGreaterThanOrEqual(0);
    expect(of.confidence).toBeLessThanOrEqual(1);
    const { manifest } = await readModel(await openWorkspace(home.workspace), model.id);
    if (!hasSixHeads(manifest)) throw new Error("six heads were trained");
    expect(of.risk.drawdown).toBe(
      manifest.net.scaling.drawdownHundredths[Math.round(100 * of.risk.quantile)],
    );
    expect(of).toMatchObject({ in_sample: false, trained_on: true });
  });

  test("of one symbol at a moment: what was known then, and whether it was learned from", async () => {
    const at = new Date(bars.closeTime[300]! + 1000).toISOString();
    const [then] = (await told({ symbol: "bbb", at })).forecasts;
    expect(then).toMatchObject({ symbol: "BBB", in_sample: true, current_price: bars.close[300] });
    expect(Date.parse(then!.bar_time)).toBe(bars.closeTime[300]);
    // the context is a stock as well; it was not among the symbols that were trained on
    expect((await told({ symbol: "SPY" })).forecasts[0]).toMatchObject({ symbol: "SPY", trained_on: false });
  });

  test("where no model gives a signal, the newest of six heads answers", async () => {
    const found = await predictModel(home);
    expect(SixHeadsPrediction.safeParse(found).success).toBe(true);
    expect(Prediction.safeParse(found).success).toBe(false);
    expect(await predictModel(home, { model: model.id })).toEqual(found);
  });

  test("symbols and times that are not there are refused in one line", async () => {
    await expect(told({ symbol: "NOPE" })).rejects.toMatchObject({ exitCode: 3 });
    await expect(told({ symbol: "a b" })).rejects.toMatchObject({ exitCode: 2 });
    const early = new Date(bars.closeTime[3]!).toISOString();
    await expect(told({ symbol: "AAA", at: early })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^AAA 1d: the bar that closed at .* cannot be forecast/),
    });
    await expect(told({ at: early })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^none of 3 symbols can be forecast; AAA 1d/),
    });
  });
});

describe("why", () => {
  const why = (query: { symbol?: string; head?: string; output?: "BUY" | "return" }) =>
    explainModel(home, { model: model.id, ...query });

  test("each head is explained as it was forecast, and completely", async () => {
    const of = (await told({ symbol: "BBB" })).forecasts[0]!;
    const odds = (p: number): number => Math.log(p / (1 - p));
    const expected: Record<string, number> = {
      direction: odds(of.direction.probabilities[of.direction.said]),
      position: odds(of.position.probabilities[of.position.said]),
      return4: of.returns[1]!.expected_return,
      volatility: of.volatility.per_bar,
      confidence: of.confidence!,
      risk: of.risk.quantile,
    };
    for (const [head, value] of Object.entries(expected)) {
      const found = await why({ symbol: "BBB", head });
      expect(found).toMatchObject({ head, symbol: "BBB", complete: true, attention: null });
      expect(found.value, head).toBeCloseTo(value, 4);
      const sum = found.byFeature.reduce((s, f) => s + f.attribution, 0);
      expect(Math.abs(sum - (found.value - found.baseline))).toBeLessThan(
        0.011 * Math.abs(found.value - found.baseline),
      );
      expect(found.byStep.map((s) => s.barsAgo)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    }
    const buy = await why({ symbol: "BBB", output: "BUY" });
    expect(buy.value).toBeCloseTo(odds(of.direction.probabilities.BUY), 4);
  });

  test("what cannot be explained is refused in one line", async () => {
    const refused = (query: Parameters<typeof why>[0], message: RegExp) =>
      expect(why(query)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
    await refused({}, /forecasts 3 symbols: name the one to explain with --symbol/);
    await refused(
      { symbol: "BBB", head: "return2" },
      /choose one of direction, position, return1, return4, return12, /,
    );
    await refused({ symbol: "BBB", head: "risk", output: "BUY" }, /has one number: leave --output out/);
    await refused({ symbol: "BBB", output: "return" }, /choose --head return1/);
  });
});

test("two of them are compared by their task reports, without intervals, and it is said", async () => {
  const longer = await trainRecipe(home, { recipe: home.recipe, epochs: 2 });
  const found = await compareModels(home, { ids: [model.id, longer.id] });
  expect(found.comparable).toBe(true);
  for (const m of found.models) {
    expect(m).toMatchObject({ kind: "sixHeads", note: expect.stringMatching(/keep no forecasts/) });
    expect(m.test.logLossInterval).toBeNull();
  }
  expect(found.groups[0]!.differences).toEqual([]);
  const best = model.lossAfter <= longer.lossAfter ? model.id : longer.id;
  expect(found.choice!.model).toBe(best);
});

test("a network without attention is not exported with it", async () => {
  const out = join(home.workspace, "looks.onnx");
  await expect(exportModel(home.workspace, model.id, out, { attention: true })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/its network, mlp, has no attention/),
  });
});
