import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { HOUR_MS, timeframeMs } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { importCsv, openWorkspace, readBars, SAMPLE_KEY, writeBars } from "../store/index.ts";
import { auditLeakage } from "./audit/auditLeakage.ts";
import { backtestModel } from "./backtestModel.ts";
import { buildFeatures } from "./buildFeatures.ts";
import { labelledData } from "./dataset.ts";
import { listSetFeatures } from "./featureSource.ts";
import { applyProfile, loadRecipe, parseRecipe, signalRecipe } from "./loadRecipe.ts";
import { predictLatest } from "./predictLatest.ts";
import { predictSixHeads } from "./predictSixHeads.ts";
import { readSurroundings } from "./readSurroundings.ts";
import { selectFeatures } from "./selectFeatures.ts";
import { type TinyWorkspace, tinyRecipe, tinyWorkspace } from "./testing/tinyRecipe.ts";
import { tinyStocks, tinyStocksRecipe } from "./testing/tinyStocks.ts";
import { trainRecipe } from "./trainRecipe.ts";

const set = { kind: "futures100", beside: ["funding", "mark"], besideBars: 96 };
const withSet = { features: [set], universe: { beside: ["funding", "mark"] } };

/** The tiny recipe on the futures' set; arrays are replaced. */
async function futuresRecipe(changes: Record<string, object> = withSet): Promise<string> {
  const { features, ...others } = changes;
  const text = await tinyRecipe(others as Record<string, object>);
  return features ? text.replace(/^features:\n( +-.*\n)+/m, stringify({ features })) : text;
}

describe("a recipe that reads what stands beside the bars", () => {
  let home: TinyWorkspace;
  beforeAll(async () => {
    home = await tinyWorkspace();
    await writeFile(home.recipe, await futuresRecipe());
  });
  afterAll(() => home.dispose());

  /** A settlement every eight hours of the sample's three weeks, stamped 3 ms late; mark prices a tenth of a percent below. */
  async function storeBeside(kind: "funding" | "mark"): Promise<void> {
    const workspace = await openWorkspace(home.workspace);
    const bars = await readBars(workspace, SAMPLE_KEY);
    const rows = [...bars.closeTime.keys()].filter((t) => bars.closeTime[t]! % (8 * HOUR_MS) === 0);
    if (kind === "funding") {
      const file = join(home.workspace, "funding.csv");
      const lines = rows.map((t, i) => `${bars.closeTime[t]! + 3},${((i * 7) % 13) / 1e5}`);
      await writeFile(file, `ts,fundingRate\n${lines.join("\n")}\n`);
      await importCsv(workspace, { file, kind, market: "futures", symbol: "BTCUSDT" });
      return;
    }
    const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (t) => column[t]! * 0.999);
    const mark = {
      ...sliceBars(bars, 0, rows.length),
      closeTime: Float64Array.from(rows, (t) => bars.closeTime[t]!),
      open: pick(bars.close),
      high: pick(bars.close),
      low: pick(bars.close),
      close: pick(bars.close),
      volume: new Float64Array(rows.length).fill(Number.NaN),
    };
    await writeBars(workspace, { ...SAMPLE_KEY, timeframe: "8h", kind: "mark", source: "made" }, mark);
  }

  test("says which of it is not stored, and how to import it", async () => {
    const train = () => trainRecipe(home, { recipe: home.recipe });
    await expect(train()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^universe.beside: funding of BTCUSDT .*data import FILE --kind funding --symbol BTCUSDT/,
      ),
    });
    await storeBeside("funding");
    await expect(train()).rejects.toThrow(/^universe.beside: mark of BTCUSDT .*--kind mark/);
    await storeBeside("mark");
  });

  test("is trained, predicted, backtested and built on it, and the model's data hash holds it", async () => {
    const model = await trainRecipe(home, { recipe: home.recipe });
    const prediction = await predictLatest(home, { model: model.id });
    expect(prediction.model_id).toBe(model.id);
    const run = await backtestModel(home, { model: model.id, inSample: false });
    expect(run.valid).toBe(true);
    const out = join(home.workspace, "features.parquet");
    const built = await buildFeatures(home, { recipe: home.recipe, out });
    expect(built.columns.map((c) => c.name)).toEqual(expect.arrayContaining(["fundingRate", "basisMean96"]));
    const basis = built.columns.find((c) => c.name === "basis")!;
    expect(basis.missing).toBeLessThan(100);
    // with the same bars and another rate the same training is another one
    const workspace = await openWorkspace(home.workspace);
    const file = join(home.workspace, "late.csv");
    const bars = await readBars(workspace, SAMPLE_KEY);
    const between = bars.closeTime.find((time) => time % (8 * HOUR_MS) === 4 * HOUR_MS)!;
    await writeFile(file, `ts,fundingRate\n${between},0.005\n`);
    await importCsv(workspace, { file, kind: "funding", market: "futures", symbol: "BTCUSDT" });
    const again = await trainRecipe(home, { recipe: home.recipe, reuse: true });
    expect(again.id).not.toBe(model.id);
  }, 120_000);

  test("sees in a short stretch what it sees in the whole: the mark of hours ago has its own close", async () => {
    const recipe = signalRecipe(applyProfile(await loadRecipe(home.recipe), "full"), "this test");
    const workspace = await openWorkspace(home.workspace);
    const bars = await readBars(workspace, SAMPLE_KEY);
    const around = await readSurroundings(workspace, recipe);
    const { features } = labelledData(recipe, bars, around);
    const at = features.names.indexOf("basis");
    const t = bars.length - 1;
    // every mark lies a tenth of a percent below the close of its own moment, whatever the price did since
    expect(features.columns[at]![t]).toBeCloseTo(1 / 0.999 - 1, 7);
    const moved = bars.closeTime.findIndex((time, i) => time % (8 * HOUR_MS) === 4 * HOUR_MS && i > 3000);
    expect(features.columns[at]![moved]).toBeCloseTo(1 / 0.999 - 1, 7);
    expect(around.beside!.get("BTCUSDT")!.mark!.stepMs).toBe(timeframeMs("8h"));
  });

  test("passes the audit, which cuts it off and changes it too", async () => {
    const report = await auditLeakage(home, { recipe: home.recipe, quick: true });
    expect(report.checks.filter((check) => check.verdict === "leak")).toEqual([]);
    expect(report.columns.find((c) => c.name === "fundingMean96")).toMatchObject({
      truncation: "clean",
      perturbation: "clean",
      warmUp: "clean",
    });
  }, 120_000);

  test("has to name what its features read, on a market that has it", async () => {
    const fault = async (changes: Record<string, object>) =>
      parseRecipe(await futuresRecipe(changes), "f.yaml");
    await expect(fault({ features: [set] })).rejects.toThrow(
      /^f.yaml:\d+: features.0.kind: futures100 reads funding, mark: write beside: \[funding, mark\] under universe/,
    );
    await expect(fault({ features: [set], universe: { beside: ["mark"] } })).rejects.toThrow(
      /reads funding: write beside: \[mark, funding\]/,
    );
    await expect(fault({ ...withSet, universe: { ...withSet.universe, market: "stock" } })).rejects.toThrow(
      /universe.beside: only futures have funding, mark/,
    );
    await expect(fault({ features: [{ kind: "crossSection" }] })).rejects.toThrow(
      /ranks a symbol among others, and this recipe has one/,
    );
  });
});

describe("a recipe that ranks in its universe", () => {
  let home: TinyWorkspace;
  const features = [{ kind: "hybridCore" }, { kind: "crossSection", leastPeers: 2, leastSectorPeers: 1 }];
  const sectors = { AAA: "Energy", BBB: "Energy", CCC: "Energy" };
  const universe = { ...(tinyStocksRecipe().universe as object), sectors };
  beforeAll(async () => {
    home = await tinyStocks({ features, universe });
  });
  afterAll(() => home.dispose());

  test("is trained and predicts one symbol as it predicts it beside the others", async () => {
    const model = await trainRecipe(home, { recipe: home.recipe });
    const all = await predictSixHeads(home, { model: model.id });
    const one = await predictSixHeads(home, { model: model.id, symbol: "BBB" });
    expect(one.forecasts[0]).toEqual(all.forecasts.find((f) => f.symbol === "BBB"));
    const out = join(home.workspace, "features.parquet");
    const alone = await buildFeatures(home, { recipe: home.recipe, symbol: "AAA", out });
    expect(alone.symbols.map((s) => s.symbol)).toEqual(["AAA"]);
    const rank = alone.columns.find((c) => c.name === "rankReturn20")!;
    expect(rank).toMatchObject({ missing: 20 });
    expect((await selectFeatures(home, { recipe: home.recipe })).columns).toBe(44 + 14);
  }, 120_000);

  test("needs sectors to compare with, from the recipe or the universe's file", async () => {
    const text = (more: object) =>
      stringify(tinyStocksRecipe({ features, universe: { ...universe, ...more } }));
    expect(() => parseRecipe(text({ sectors: {} }), "u.yaml")).toThrow(
      /compares with sectors: name them by symbol under universe.sectors/,
    );
    expect(() => parseRecipe(text({ sectors: { AAA: "Gold" } }), "u.yaml")).toThrow(/universe.sectors.AAA/);
    expect(() => parseRecipe(text({ context: ["SPY"] }), "u.yaml")).toThrow(/hybridCore reads QQQ, VIX/);
    const csv = "symbol,market,sector,known\nAAA,stock,Energy,2000-01-01\nBBB,stock,Utilities,2000-01-01\n";
    await writeFile(join(home.workspace, "mine.csv"), csv);
    const file = join(home.workspace, "by-file.yaml");
    await writeFile(file, text({ symbols: [], sectors: { BBB: "Energy" }, file: "mine.csv" }));
    const { universe: found } = applyProfile(await loadRecipe(file), "full");
    expect(found).toMatchObject({ symbols: ["AAA", "BBB"], sectors: { AAA: "Energy", BBB: "Energy" } });
  });

  test("a set of its own: built on stored bars, with its context and the universe that it names", async () => {
    const out = join(home.workspace, "set.parquet");
    const on = { symbol: "AAA", market: "stock", timeframe: "1d", out };
    const hybrid = await buildFeatures(home, { set: "hybrid60", ...on });
    expect(hybrid).toMatchObject({ recipe: null, rows: 640, sets: [{ kind: "hybrid60", columns: 60 }] });
    const csv =
      "symbol,market,sector,known\nAAA,stock,Energy,2000-01-01\nBBB,stock,Energy,2000-01-01\nCCC,stock,Energy,2000-01-01\n";
    const mine = join(home.workspace, "three.csv");
    await writeFile(mine, csv);
    const ranked = await buildFeatures(home, {
      set: "{ kind: crossSection, leastPeers: 2 }",
      universe: mine,
      ...on,
    });
    expect(ranked.columns.find((c) => c.name === "sectorRelativeReturn5")).toMatchObject({ missing: 5 });
    expect(listSetFeatures("{ kind: scanner90, timeframes: [1m, 5m] }")).toHaveLength(198);
    const refused = (query: object) => expect(buildFeatures(home, { ...on, ...query })).rejects;
    await refused({ set: "crossSection" }).toThrow(/say which universe/);
    await refused({ set: "hybrid60", universe: mine }).toThrow(/ranks nothing/);
    await refused({ set: "hybrid61" }).toThrow(/hybrid61/);
    await refused({ set: "[1, 2]" }).toThrow(/names no kind/);
    await refused({ set: "hybrid60", recipe: home.recipe }).toThrow(/a recipe or a set, not both/);
    await refused({ set: "hybrid60", timeframe: undefined }).toThrow(/by symbol, market and timeframe/);
    await refused({ recipe: home.recipe }).toThrow(/a recipe names its own/);
  });
});
