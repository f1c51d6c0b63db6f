import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";
import { sliceBars } from "../../market/bars.ts";
import { openWorkspace, readBars, writeBars } from "../../store/index.ts";
import { ScanResponse } from "../../wire/scan.ts";
import { ScanModelResponse } from "../../wire/scanModel.ts";
import type { TinyWorkspace } from "../testing/tinyRecipe.ts";
import { describeScanner } from "./describeScanner.ts";
import { loadScanner, scannerProfile } from "./loadScanner.ts";
import { scanSymbols } from "./openScanner.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { closeScanner, scanSignals } from "./scanSignals.ts";
import { TINY_SYMBOLS, tinyScanner } from "./testing/tinyScanner.ts";
import { trainScanner } from "./trainScanner.ts";

let tiny: TinyWorkspace;
let model: ScannerManifest;
const recipe = "tiny-scanner";

beforeAll(async () => {
  tiny = await tinyScanner();
  const file = await loadScanner(tiny.recipe);
  model = await trainScanner(tiny, scannerProfile(file, "full"), { profile: "full" });
}, 120_000);
afterAll(async () => {
  await closeScanner();
  await tiny?.dispose();
});

/** What does not depend on the clock. */
const answer = ({ timings: _timings, ...rest }: ScanResponse): Omit<ScanResponse, "timings"> => rest;
const stagesOf = async (query: Parameters<typeof scanSignals>[1]): Promise<[ScanResponse, string[]]> => {
  const stages: string[] = [];
  const response = await scanSignals(tiny, query, ({ stage }) => stages.push(stage));
  return [response, stages];
};
const OPENING = "opening the model and the universe's bars";

describe("scanSignals", () => {
  it("answers as a scan from opening to closing does, and the second time from memory", async () => {
    const [first, stages] = await stagesOf({ recipe });
    expect(stages).toContain(OPENING);
    expect(ScanResponse.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
    expect(answer(first)).toEqual(answer(await scanSymbols(tiny, { recipe })));
    expect(first.candidates).toBe(TINY_SYMBOLS);
    expect(first.signals.length + first.rejected.length).toBe(TINY_SYMBOLS);
    expect(first.dropped.map(({ symbol }) => symbol)).toEqual(["LOW.M", "OLD.M"]);
    const [again, quick] = await stagesOf({ recipe });
    expect(quick).not.toContain(OPENING);
    expect(answer(again)).toEqual(answer(first));
  });

  it("gives at most as many as asked for, and says of the others that they came later", async () => {
    const [all] = await stagesOf({ recipe });
    expect(all.signals.length).toBeGreaterThan(1);
    const [one] = await stagesOf({ recipe, top: 1 });
    expect(one.signals.map((s) => s.symbol)).toEqual([all.signals[0]!.symbol]);
    expect(one.rejected[0]).toMatchObject({ symbol: all.signals[1]!.symbol, reason: "beyond the first 1" });
  });

  it("opens anew for another moment, and when a bar more is stored", async () => {
    const [before] = await stagesOf({ recipe });
    const [earlier, stages] = await stagesOf({ recipe, at: isoTime(Date.parse(before.as_of) - 7 * DAY_MS) });
    expect(stages).toContain(OPENING);
    expect(Date.parse(earlier.as_of)).toBe(Date.parse(before.as_of) - 7 * DAY_MS);
    const workspace = await openWorkspace(tiny.workspace);
    const key = { symbol: before.rejected[0]!.symbol, market: "stock", timeframe: "1d" } as const;
    const whole = await readBars(workspace, key);
    await writeBars(workspace, { ...key, source: "shorter" }, sliceBars(whole, 0, whole.length - 1));
    const [shorter, again] = await stagesOf({ recipe });
    expect(again).toContain(OPENING);
    const told = [...shorter.signals, ...shorter.rejected].find((s) => s.symbol === key.symbol)!;
    expect(Date.parse(told.as_of)).toBe(whole.closeTime[whole.length - 2]);
    await writeBars(workspace, { ...key, source: "made up" }, whole);
    const [restored] = await stagesOf({ recipe });
    expect(answer(restored)).toEqual(answer(before));
  });

  it("stops when its request does, and serves the next one", async () => {
    const stop = new AbortController();
    const stopped = scanSignals({ ...tiny, signal: stop.signal }, { recipe }, ({ stage }) => {
      if (stage === "momentum scan") stop.abort();
    });
    await expect(stopped).rejects.toThrow("aborted");
    const [next] = await stagesOf({ recipe });
    expect(next.candidates).toBe(TINY_SYMBOLS);
  });

  it("refuses what cannot be in one line", async () => {
    await expect(scanSignals(tiny, { recipe: "no-such" })).rejects.toThrow(
      /recipe 'no-such' has no model yet/,
    );
    await expect(scanSignals(tiny, { model: "no-such" })).rejects.toThrow(DataError);
    await expect(scanSignals(tiny, { recipe, at: "yesterday" })).rejects.toThrow(UsageError);
    await expect(scanSignals(tiny, { recipe, at: "1990-01-01" })).rejects.toThrow(DataError);
  });
});

describe("describeScanner", () => {
  it("tells the model and its test as the manifest has them", async () => {
    const told = ScanModelResponse.parse(await describeScanner(tiny, { recipe }));
    expect(told.recipes).toEqual(["scanner", recipe]);
    expect(told.models).toEqual([{ id: model.id, recipe, createdAt: isoTime(model.savedAt) }]);
    const { test, ...rest } = told.model!;
    expect(rest).toMatchObject({
      ...{
        id: model.id,
        time_horizon: "5 bars of 1d",
        bases: ["logistic", "naive"],
        symbols: TINY_SYMBOLS + 2,
      },
      filter: { min_confidence: 0.36, max_risk: 5, top: 10 },
    });
    expect(rest.timeframes.map((t) => t.windows === null)).toEqual([true, false]);
    expect(rest.timeframes[0]!.note).toMatch(/no symbol has the \d+ bars of 1h/);
    const { diversity: _diversity, ...stored } = model.test;
    expect(test).toEqual(stored);
    expect(test.reliability.bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(test.rows);
    expect((await describeScanner(tiny, { model: model.id })).model?.id).toBe(model.id);
  });

  it("of a recipe without a model says how to get one; an unknown model is refused", async () => {
    const none = await describeScanner(tiny, {});
    expect(none.model).toBeNull();
    expect(none.missing).toContain("./orion train --recipe scanner");
    await expect(describeScanner(tiny, { model: "no-such" })).rejects.toThrow(DataError);
  });
});
