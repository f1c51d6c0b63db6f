import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RefusedError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { momentumScan } from "../../signals/momentumScan/index.ts";
import { openWorkspace, readTrials } from "../../store/index.ts";
import type { TinyWorkspace } from "../testing/tinyRecipe.ts";
import { backtestScanner } from "./backtestScanner.ts";
import { candidateRows } from "./candidateRows.ts";
import { judgeRows } from "./judgeRows.ts";
import { loadScanner, scannerProfile } from "./loadScanner.ts";
import { openScanner } from "./openScanner.ts";
import { barsUntil, type ScannerBars, scannerBars } from "./scannerBars.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { openScannerModel } from "./scannerModel.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { featureLookback } from "./scannerTable.ts";
import { tinyScanner } from "./testing/tinyScanner.ts";
import { trainScanner } from "./trainScanner.ts";

let tiny: TinyWorkspace;
let recipe: ScannerRecipe;
let model: ScannerManifest;
let bars: ScannerBars;
const context = () => ({ workspace: tiny.workspace, now: tiny.now });

beforeAll(async () => {
  tiny = await tinyScanner();
  recipe = scannerProfile(await loadScanner(tiny.recipe), "full");
  model = await trainScanner(context(), recipe, { profile: "full" });
  bars = await scannerBars(await openWorkspace(tiny.workspace), recipe);
}, 240_000);
afterAll(() => tiny.dispose());

describe("a recipe of stages", () => {
  it("chooses each day what a scan of that day's bars chooses", () => {
    const rows = candidateRows(recipe, bars.bars, featureLookback(recipe));
    const days = [...new Set(rows.map((row) => row.time))];
    for (const time of [days[3]!, days[20]!, days.at(-1)!]) {
      const known = bars.bars.map((one) => barsUntil(one, time));
      const scan = momentumScan(known, recipe.scan);
      const chosen = rows.filter((row) => row.time === time).map(({ candidate }) => candidate.symbol);
      expect(chosen).toEqual(scan.candidates.map(({ symbol }) => symbol));
    }
  });

  it("trains the same model from the same bars, and keeps its parts in order of time", async () => {
    const again = await trainScanner(context(), recipe, { profile: "full" });
    expect(again.id).toBe(model.id);
    expect(again.files).toEqual(model.files);
    const { train, validation, test } = model.ranges;
    expect(train.to).toBeLessThan(validation.from);
    expect(validation.to).toBeLessThan(test.from);
    expect(model.seen.to).toBeLessThan(test.from);
    expect(model.timeframes.map(({ timeframe, net }) => [timeframe, net !== null])).toEqual([
      ["1h", false],
      ["1d", true],
    ]);
  });

  it("a scan of a past day says what the backtest's judge says of that day", async () => {
    const rows = candidateRows(recipe, bars.bars, featureLookback(recipe), { from: model.ranges.test.from });
    const time = rows[0]!.time;
    const day = rows.filter((row) => row.time === time);
    const opened = await openScannerModel(await openWorkspace(tiny.workspace), { model: model.id });
    const judged = await judgeRows(opened, bars, day);
    await opened.close();
    const scanner = await openScanner(context(), { model: model.id, at: isoTime(time) });
    const scan = await scanner.scan({ top: 3 });
    await scanner.close();
    expect(scan.as_of).toBe(isoTime(time));
    const told = new Map([...scan.signals, ...scan.rejected].map((one) => [one.symbol, one]));
    expect([...told.keys()].sort()).toEqual(day.map((row) => row.symbol).sort());
    for (const [i, row] of day.entries()) {
      const { probabilities, risk_score, predictions } = told.get(row.symbol)!;
      expect(probabilities.BUY).toBeCloseTo(judged.probabilities[3 * i]!, 4);
      expect(probabilities.SELL).toBeCloseTo(judged.probabilities[3 * i + 2]!, 4);
      expect(risk_score).toBe(judged.risk[i]);
      const column = judged.table.names.indexOf("expected1d");
      expect(predictions["1d"]?.return).toBeCloseTo(
        judged.table.values[i * judged.table.names.length + column]!,
        5,
      );
      expect(predictions["1h"]).toBeNull();
    }
    expect(scan.signals.length).toBeLessThanOrEqual(3);
    expect(scan.in_sample).toBe(false);
  });

  it("trades the test range once and the same each time, counts the trial, and refuses what the model has seen", async () => {
    const first = await backtestScanner(context(), { model: model.id });
    const second = await backtestScanner(context(), { model: model.id });
    expect(second.ordersSha256).toBe(first.ordersSha256);
    expect(second.equitySha256).toBe(first.equitySha256);
    expect(second.baselines).toEqual(first.baselines);
    expect(first.decisions).toBeGreaterThan(5);
    expect(first.valid).toBe(true);
    const { trials } = await readTrials(await openWorkspace(tiny.workspace));
    expect(trials.map((trial) => trial.id)).toEqual(expect.arrayContaining([first.id, second.id]));
    for (const trade of first.trades)
      expect(Date.parse(trade.entryTime)).toBeGreaterThanOrEqual(model.ranges.test.from);
    const from = isoTime(model.ranges.train.from);
    await expect(backtestScanner(context(), { model: model.id, from })).rejects.toThrow(RefusedError);
  });

  it("says what is missing in one line", async () => {
    const workspace = await openWorkspace(tiny.workspace);
    await expect(scannerBars(workspace, recipe, { symbols: ["NOPE"] })).rejects.toThrow(
      /NOPE \(stock, 1d\) is not stored: \.\/orion data import FILE --symbol NOPE/,
    );
    await expect(openScannerModel(workspace, { recipe: "scanner" })).rejects.toThrow(/has no model yet/);
    await expect(
      trainScanner(context(), recipe, { profile: "full", to: isoTime(bars.bars[0]!.closeTime[330]!) }),
    ).rejects.toThrow(/candidates with a known outcome, 300 are needed/);
  });
});
