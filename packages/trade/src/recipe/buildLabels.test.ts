import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lowerBound } from "../core/columns.ts";
import { openWorkspace, readBars, readParquet, SAMPLE_KEY } from "../store/index.ts";
import { buildLabels } from "./buildLabels.ts";
import { loadRecipe } from "./loadRecipe.ts";
import { showModel } from "./modelUse.ts";
import { type TinyWorkspace, tinyRecipe, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { trainRecipe } from "./trainRecipe.ts";

const barriers = {
  kind: "tripleBarrier",
  horizonBars: 6,
  target: { kind: "volatility", windowBars: 50 },
  threshold: undefined,
};
let tiny: TinyWorkspace;
let barrierTiny: TinyWorkspace;
beforeAll(async () => {
  tiny = await tinyWorkspace();
  barrierTiny = await tinyWorkspace({ label: barriers });
});
afterAll(async () => {
  await tiny.dispose();
  await barrierTiny.dispose();
});
const fileOf = (home: TinyWorkspace, name: string) => join(home.workspace, "..", name);

describe("buildLabels", () => {
  test("writes the recipe's labels of the rows that have one, when each is known, and its uniqueness", async () => {
    const out = fileOf(tiny, "labels.parquet");
    const built = await buildLabels(tiny, { recipe: tiny.recipe, out });
    // one bar ahead: the last row has no outcome, and labels share no bar
    expect(built).toMatchObject({
      recipe: "tiny",
      bars: 6000,
      rows: 5999,
      horizonBars: 1,
      meanUniqueness: 1,
    });
    expect(built.columns.map((c) => c.name)).toEqual(["class", "forwardReturn"]);
    const counts = built.columns[0]!.counts!;
    expect(counts.map((c) => c.value)).toEqual([0, 1, 2]);
    expect(counts.reduce((sum, c) => sum + c.rows, 0)).toBe(5999);
    expect(built.columns[1]!.counts).toBeUndefined();
    const { columns, metadata, rows } = await readParquet(out, [
      "closeTime",
      "knownAt",
      "class",
      "forwardReturn",
      "uniqueness",
    ]);
    expect(rows).toBe(5999);
    expect(metadata).toMatchObject({ recipe: "tiny", timeframe: "5m" });
    const bars = await readBars(await openWorkspace(tiny.workspace), SAMPLE_KEY);
    for (let i = 0; i < rows; i += 97) {
      const t = lowerBound(bars.closeTime, columns.closeTime[i]!);
      const outcome = bars.close[t + 1]! / bars.close[t]! - 1;
      expect(columns.knownAt[i]).toBe(bars.closeTime[t + 1]);
      expect(columns.forwardReturn[i]).toBeCloseTo(outcome, 7);
      expect(columns.class[i]).toBe(outcome > 0.001 ? 0 : outcome < -0.001 ? 2 : 1);
      expect(columns.uniqueness[i]).toBe(1);
    }
  });

  test("takes another label than the recipe's", async () => {
    const out = fileOf(tiny, "meta.parquet");
    const label =
      "{ kind: metaLabel, side: { kind: bollinger, windowBars: 20, deviations: 2 }, events: { kind: cusum, threshold: 0.01 } }";
    const built = await buildLabels(tiny, { recipe: tiny.recipe, label, out, symbol: "BTCUSDT" });
    expect(built.rows).toBeGreaterThan(20);
    expect(built.rows).toBeLessThan(600);
    expect(built.columns.map((c) => c.name)).toContain("paid");
    expect(built.columns.find((c) => c.name === "paid")!.counts!.map((c) => c.value)).toEqual([0, 1]);
    expect(built.meanUniqueness).toBeGreaterThan(0);
    expect(built.meanUniqueness).toBeLessThanOrEqual(1);
  });

  test("refuses what it cannot do, and leaves what was there", async () => {
    const out = fileOf(tiny, "kept.parquet");
    await writeFile(out, "kept");
    const build = (changes: object) => buildLabels(tiny, { recipe: tiny.recipe, out, ...changes });
    await expect(build({ out: "labels.csv" })).rejects.toThrow(/out: labels\.csv has to end in \.parquet/);
    await expect(build({ symbol: "AAPL" })).rejects.toThrow(/symbol: 'AAPL' is none of recipe 'tiny'/);
    await expect(build({ label: "nothing" })).rejects.toThrow(/label: 'nothing' names no kind/);
    await expect(build({ label: "{" })).rejects.toThrow(/^label: /);
    await expect(build({ label: "{ kind: quadBarrier }" })).rejects.toThrow(/there is no 'quadBarrier'/);
    await expect(build({ label: "{ kind: tripleBarrier, horizonBars: 0 }" })).rejects.toThrow(
      /label\.horizonBars/,
    );
    await expect(build({ label: "{ kind: threeClass, horizonBars: 6000 }" })).rejects.toThrow(
      /none of 6000 bars has an outcome: it needs up to 6000 bars after/,
    );
    await expect(build({ label: "{ kind: forwardReturns, horizons: [1, 9000] }" })).rejects.toThrow(
      /none of 6000 bars has an outcome/,
    );
    expect(await readFile(out, "utf8")).toBe("kept");
    expect(existsSync("labels.csv")).toBe(false);
  });
});

describe("recipes with these labels", () => {
  const load = async (changes: Record<string, object>) => {
    const path = fileOf(tiny, "changed.yaml");
    await writeFile(path, await tinyRecipe(changes));
    return loadRecipe(path);
  };

  test("a triple barrier is trained, judged and kept like any label of three classes", async () => {
    const model = await trainRecipe(barrierTiny, { recipe: barrierTiny.recipe });
    const manifest = await showModel(barrierTiny.workspace, model.id);
    expect(manifest).toMatchObject({ horizonBars: 6, recipe: { label: { kind: "tripleBarrier" } } });
    expect(model.test.classes).toEqual(["BUY", "HOLD", "SELL"]);
    expect(Math.min(...Object.values(model.test.baseRates))).toBeGreaterThan(0.03);
  });

  test("labels without the three classes, of events, or without the threshold of a curriculum are refused by name", async () => {
    const bare = { threshold: undefined, horizonBars: undefined };
    await expect(load({ label: { ...bare, kind: "forwardReturns" } })).rejects.toThrow(
      /changed\.yaml:\d+: label\.kind: 'forwardReturns' tells no BUY, HOLD or SELL/,
    );
    await expect(
      load({ label: { ...barriers, events: { kind: "cusum", threshold: 0.01 } } }),
    ).rejects.toThrow(/label\.events: a recipe decides at every bar/);
    await expect(
      load({ label: barriers, training: { curriculum: { order: "labelClarity" } } }),
    ).rejects.toThrow(/label\.kind: a curriculum by labelClarity asks for threeClass/);
    await expect(load({ label: { ...bare, kind: "trendScanning", minT: 3 } })).resolves.toBeDefined();
  });
});
