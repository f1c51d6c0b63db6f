import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { DAY_MS } from "../core/time.ts";
import { allocateBars, type BarSeries, PRICE_COLUMNS } from "../market/bars.ts";
import { importFactors, openWorkspace, type Workspace, writeBars } from "../store/index.ts";
import { contextBars } from "./contextBars.ts";
import { recipeBars } from "./dataUse.ts";
import { applyProfile, parseRecipe } from "./loadRecipe.ts";
import { isMultiTask, type MultiTaskRecipe } from "./recipeSchema.ts";
import { tinyStocksRecipe } from "./testing/tinyStocks.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-adjusted-")));
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

// QQQ's 2:1 split of 2000-03-20 with its raw closes, 221.73 and 106.81 (QuantConnect Lean, daily/qqq.zip)
function qqq(instrument: string): BarSeries {
  const bars = allocateBars(instrument, 2);
  for (const [t, [day, price]] of (
    [
      ["2000-03-17", 221.73],
      ["2000-03-20", 106.81],
    ] as const
  ).entries()) {
    bars.closeTime[t] = Date.parse(day) + DAY_MS;
    for (const name of PRICE_COLUMNS) bars[name][t] = price;
    bars.volume[t] = 1000;
  }
  return bars;
}

function recipeOf(prices?: string): MultiTaskRecipe {
  const universe = { symbols: ["QQQ"], context: ["SPY", "VIX"], market: "stock", timeframe: "1d", prices };
  const features = [{ kind: "marketContext", indices: ["SPY"], fear: "VIX" }];
  const text = stringify({ ...tinyStocksRecipe(), universe, features });
  const recipe = applyProfile(parseRecipe(text, "tiny.yaml"), "full");
  if (!isMultiTask(recipe)) throw new Error("a recipe of six heads was written");
  return recipe;
}

it("gives a recipe its prices raw, or with splits and dividends taken out; an index without volume always raw", async () => {
  const file = join(workspace.dir, "factors.csv");
  writeFileSync(file, "2000-03-17,0.9,0.5\n2003-12-23,0.9,1\n");
  const key = { market: "stock", timeframe: "1d", source: "test" } as const;
  for (const symbol of ["QQQ", "SPY"]) await writeBars(workspace, { ...key, symbol }, qqq(symbol));
  await writeBars(workspace, { ...key, symbol: "VIX", kind: "mark" }, qqq("VIX"));
  expect((await recipeBars(workspace, recipeOf())).close[0]).toBe(221.73);
  // a symbol without factors is not taken for one that never split
  await expect(recipeBars(workspace, recipeOf("splits"))).rejects.toThrow(
    /no factors of QQQ \(stock\).*--kind factors/,
  );
  await importFactors(workspace, { file, symbol: "QQQ", market: "stock" });
  const split = await recipeBars(workspace, recipeOf("splits"));
  expect([...split.close]).toEqual([110.865, 106.81]);
  expect([...split.volume]).toEqual([2000, 1000]);
  const total = await recipeBars(workspace, recipeOf("total"));
  expect(total.close[0]).toBeCloseTo(110.865 * 0.9, 10);
  expect(total.close[1]).toBeCloseTo(106.81 * 0.9, 10);
  await expect(contextBars(workspace, recipeOf("splits"), {})).rejects.toThrow(/no factors of SPY/);
  await importFactors(workspace, { file, symbol: "SPY", market: "stock" });
  const [spy, vix] = await contextBars(workspace, recipeOf("splits"), {});
  expect([spy!.close[0], vix!.close[0]]).toEqual([110.865, 221.73]);
  expect(() => recipeOf("adjusted")).toThrow(/universe.prices/);
});
