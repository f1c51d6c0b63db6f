import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import { type AnyRecipeFile, isMultiTask, type MultiTaskRecipe } from "./recipeSchema.ts";
import { knownWhileMember } from "./recipeUniverse.ts";
import { sixHeadsData } from "./sixHeadsData.ts";
import { tinyStock, tinyStocksRecipe } from "./testing/tinyStocks.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-recipe-universe-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (text: string): number => Date.parse(text);
const base = { market: "stock", timeframe: "1d", context: ["SPY", "QQQ", "VIX"] };

/** The tiny recipe with this universe, written beside these members and loaded. */
function load(universe: object, members = ""): Promise<AnyRecipeFile> {
  const path = join(folder, "tiny.yaml");
  writeFileSync(path, stringify({ ...tinyStocksRecipe(), universe: { ...base, ...universe } }));
  writeFileSync(join(folder, "mine.csv"), `symbol,market,delisted,known\n${members}`);
  return loadRecipe(path);
}

async function recipeOf(members: string): Promise<MultiTaskRecipe> {
  const recipe = applyProfile(await load({ file: "mine.csv" }, members), "full");
  if (!isMultiTask(recipe)) throw new Error("a recipe of six heads was written");
  return recipe;
}

describe("universe.file", () => {
  it("writes out the symbols of the market and their periods, from a file beside the recipe", async () => {
    const { universe } = await recipeOf(
      "BBB,stock,2019-03-01,2018-01-01\nAAA,stock,,2018-06-01\nBBB,stock,,2019-06-01\nBTCUSDT,spot,,2017-08-17\n",
    );
    expect(universe).toMatchObject({
      symbols: ["AAA", "BBB"],
      periods: {
        AAA: [{ from: "2018-06-01", to: null }],
        BBB: [
          { from: "2018-01-01", to: "2019-03-01" },
          { from: "2019-06-01", to: null },
        ],
      },
    });
  });

  it("takes a universe that comes with Orion by its name", async () => {
    expect((await load({ file: "small" })).universe.symbols).toEqual([
      ...["AAPL", "AMZN", "DIS", "GOOGL", "JPM", "MSFT", "WMT"],
    ]);
  });

  it("refuses symbols beside a file, neither of them, a market without members, a period that is none", async () => {
    const member = "AAA,stock,,2018-06-01\n";
    await expect(load({ file: "mine.csv", symbols: ["AAA"] }, member)).rejects.toThrow(
      /name a file or symbols.*not both/,
    );
    await expect(load({}, member)).rejects.toThrow(
      /universe.symbols: name at least one symbol, or a universe/,
    );
    await expect(load({ file: "mine.csv", market: "spot" }, member)).rejects.toThrow(
      /no symbol of market spot/,
    );
    await expect(load({ file: "none.csv" }, member)).rejects.toThrow(/none.csv cannot be read/);
    await expect(load({ file: "huge" }, member)).rejects.toThrow(
      /huge': give a name \(small, medium, large\)/,
    );
    await expect(
      load({ symbols: ["AAA"], periods: { AAA: [{ from: "1.6.2018", to: null }] } }),
    ).rejects.toThrow(/universe.periods.AAA.0.from/);
  });

  it("learns nothing from a symbol while it was not in the universe, and looks back on its bars all the same", async () => {
    const bars = [tinyStock(1, "AAA"), tinyStock(2, "BBB")];
    const context = ["SPY", "QQQ", "VIX"].map((name, i) => tinyStock(i + 4, name));
    const always = sixHeadsData(await recipeOf("AAA,stock,,2000-01-01\nBBB,stock,,2000-01-01\n"), bars, {
      context,
    });
    const since = sixHeadsData(
      await recipeOf("AAA,stock,,2000-01-01\nBBB,stock,2019-08-01,2019-02-01\n"),
      bars,
      { context },
    );
    const timesOf = ({ stack }: typeof always, symbol: number) =>
      [...stack.usable]
        .filter((row) => row >= stack.symbols[symbol]!.from && row < stack.symbols[symbol]!.to)
        .map((row) => stack.closeTime[row]!);
    expect(timesOf(since, 0)).toEqual(timesOf(always, 0));
    const inside = timesOf(always, 1).filter((t) => t >= at("2019-02-01") && t < at("2019-08-01"));
    expect(inside.length).toBeGreaterThan(100);
    expect(timesOf(since, 1)).toEqual(inside);
    expect(since.stack.features).toEqual(always.stack.features);
  });
});

describe("knownWhileMember", () => {
  it("is known inside the periods, at their first moment and not at their end", () => {
    const closeTime = Float64Array.from(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], at);
    const known = closeTime.map((t) => t + 5);
    const periods = [
      { from: "2020-01-02", to: "2020-01-03" },
      { from: "2020-01-04", to: null },
    ];
    expect([...knownWhileMember(known, closeTime, periods)]).toEqual([
      Infinity,
      known[1],
      Infinity,
      known[3],
    ]);
    expect(knownWhileMember(known, closeTime, undefined)).toBe(known);
    expect([...knownWhileMember(known, closeTime, [])]).toEqual([Infinity, Infinity, Infinity, Infinity]);
  });
});
