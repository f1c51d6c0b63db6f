import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { DataError, UsageError } from "../../core/errors.ts";
import { sliceBars } from "../../market/bars.ts";
import { networkParts } from "../../models/networks/index.ts";
import { readBarFile, samplePath } from "../../store/index.ts";
import { AuditReport } from "../../wire/audit.ts";
import { applyProfile, parseRecipe, signalRecipe } from "../loadRecipe.ts";
import { type TinyWorkspace, tinyBars, tinyRecipe, tinyWorkspace } from "../testing/tinyRecipe.ts";
import { tinyStocks, tinyStocksRecipe } from "../testing/tinyStocks.ts";
import { auditLeakage } from "./auditLeakage.ts";
import { runAudit } from "./runAudit.ts";
import { signalPipeline } from "./signalPipeline.ts";
import { smallNetwork } from "./smallTraining.ts";

let signal: TinyWorkspace;
let stocks: TinyWorkspace;
beforeAll(async () => {
  [signal, stocks] = await Promise.all([tinyWorkspace(), tinyStocks()]);
});
afterAll(() => Promise.all([signal.dispose(), stocks.dispose()]));

const verdicts = (report: AuditReport) => Object.fromEntries(report.checks.map((c) => [c.id, c.verdict]));

describe("a recipe of the house's kinds, on stored bars", () => {
  test("one that trades a signal is clean: columns, scaling, training, labels, split and fills", async () => {
    const stages = new Set<string>();
    const options = { recipe: signal.recipe, quick: true, rows: 3000 };
    const report = await auditLeakage(signal, options, (p) => stages.add(p.stage));
    expect(AuditReport.parse(report)).toEqual(report);
    expect(report.columns.flatMap((c) => c.leaks)).toEqual([]);
    expect(verdicts(report)).toMatchObject({
      truncation: "clean",
      perturbation: "clean",
      overlap: "clean",
      warmUp: "clean",
      fills: "clean",
    });
    expect(report.verdict).toBe("clean");
    const kinds = (kind: string): number => report.columns.filter((c) => c.kind === kind).length;
    expect([kinds("feature"), kinds("input"), kinds("label"), kinds("prediction"), kinds("model")]).toEqual([
      38, 38, 2, 4, 1,
    ]);
    expect(report.symbols).toMatchObject([{ symbol: "BTCUSDT", rows: 3000 }]);
    expect(stages).toContain("truncation of columns");
    expect(stages).toContain("training on permuted labels");
  });

  test("one of six heads is clean and trades nothing; membership is looked at symbol by symbol", async () => {
    const recipe = join(stocks.workspace, "members.yaml");
    const periods = {
      AAA: [{ from: "2018-03-01", to: null }],
      BBB: [{ from: "2018-01-01", to: "2019-06-01" }],
      CCC: [{ from: "2018-01-01", to: null }],
    };
    const { universe } = tinyStocksRecipe() as { universe: object };
    await writeFile(recipe, stringify(tinyStocksRecipe({ universe: { ...universe, periods } })));
    const report = await auditLeakage(stocks, { recipe, quick: true });
    expect(report.columns.flatMap((c) => c.leaks)).toEqual([]);
    expect(verdicts(report)).toMatchObject({
      truncation: "clean",
      perturbation: "clean",
      overlap: "clean",
      warmUp: "clean",
      fills: "not judged",
    });
    expect(report.permutation.map((p) => p.head)).toEqual(["direction", "position"]);
    expect(report.context).toEqual(["SPY", "QQQ", "VIX"]);
    expect(report.notes.join()).toContain("periods of membership");
    expect(report.columns.filter((c) => c.kind === "membership")).toHaveLength(1);
  });

  test("selection inside the fold and another scaler go through the same proofs", async () => {
    const changes = { scaling: { kind: "rankGauss" }, selection: { kind: "correlation" } };
    const recipe = applyProfile(parseRecipe(await tinyRecipe(changes), "selected.yaml"), "full");
    const pipeline = signalPipeline(signalRecipe(recipe, "this test"), { windowsPerClass: 100 });
    const { bars } = await readBarFile(samplePath(), "bars");
    const report = await runAudit(
      pipeline,
      { targets: [sliceBars(bars, tinyBars.from, tinyBars.from + 2500)], context: [] },
      { moments: 4, trials: 2, samples: 10, rowsPerClass: 100, seed: 4 },
    );
    expect(report.columns.flatMap((c) => c.leaks)).toEqual([]);
    const inputs = report.columns.filter((c) => c.kind === "input");
    expect(inputs.length).toBeGreaterThan(5);
    expect(inputs.length).toBeLessThan(38);
  });
});

describe("refused in one line:", () => {
  test("fewer rows than the recipe can be looked at with", async () => {
    const run = auditLeakage(signal, { recipe: signal.recipe, rows: 50 });
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(/--rows 50: recipe 'tiny' needs \d+ bars/);
  });

  test("bars that are not stored, and a range that holds none", async () => {
    await expect(auditLeakage(stocks, { recipe: signal.recipe })).rejects.toThrow(DataError);
    await expect(auditLeakage(signal, { recipe: signal.recipe, to: "2001-01-01" })).rejects.toThrow(
      DataError,
    );
  });

  test("a run that is stopped ends with its reason", async () => {
    const context = { ...signal, signal: AbortSignal.abort() };
    await expect(auditLeakage(context, { recipe: signal.recipe, quick: true })).rejects.toThrow(/abort/i);
  });
});

test("every network has a small form of its own kind and window", () => {
  for (const part of networkParts) {
    const usual = part.config.parse({ kind: part.kind });
    const small = smallNetwork(usual);
    expect(small).toMatchObject({ kind: part.kind, window: usual.window });
    expect(JSON.stringify(small)).not.toMatch(/"(width|feedForward)":(?:[4-9]\d|\d{3,})/);
  }
});
