import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { DAY_MS } from "../../core/time.ts";
import { randomBars } from "../../features/randomBars.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { openWorkspace, writeBars } from "../../store/index.ts";
import type { TinyWorkspace } from "./tinyRecipe.ts";

/** Daily bars of a made-up symbol that begin in 2018. */
export function tinyStock(seed: number, instrument: string, length = 640): BarSeries {
  const bars = randomBars(seed, length, { price: 100, move: 0.02, stepMs: DAY_MS });
  const closeTime = Float64Array.from({ length }, (_, t) => Date.UTC(2018, 0, 2) + t * DAY_MS);
  return { ...bars, instrument, closeTime };
}

/** A recipe of six heads over made-up symbols with a network of some thousand weights; `changes` win, one level deep. */
export function tinyStocksRecipe(changes: Record<string, object> = {}): Record<string, unknown> {
  const recipe: Record<string, unknown> = {
    name: "tiny-stocks",
    universe: {
      symbols: ["BBB", "AAA", "CCC"],
      market: "stock",
      timeframe: "1d",
      context: ["SPY", "QQQ", "VIX"],
    },
    features: [{ kind: "hybridCore" }],
    scaling: { kind: "standard" },
    label: {
      kind: "sixTargets",
      horizons: [1, 4, 12],
      threshold: { kind: "fixed", value: 0.005 },
      gaps: "allow",
    },
    split: { train: 0.6, validation: 0.2, test: 0.2, embargoBars: 8 },
    model: { kind: "mlp", window: 8, input: "pool", hidden: [16] },
    training: {
      epochs: 2,
      batch: 32,
      learningRate: 0.003,
      weightDecay: 0.00001,
      schedule: { kind: "cosineRestarts", firstCycleEpochs: 2 },
      clipNorm: 1,
      patience: 5,
      classBalance: "weights",
      returnLoss: "huber",
      taskWeights: {},
      confidence: { heldBack: 0.2, epochs: 3 },
      rowStride: 1,
    },
    seed: 7,
  };
  for (const [key, value] of Object.entries(changes)) {
    recipe[key] =
      typeof value === "object" && !Array.isArray(value) ? { ...(recipe[key] as object), ...value } : value;
  }
  return recipe;
}

/** A workspace of its own with AAA, BBB, CCC, a SHORT one and their context; VIX as an index, without volume. */
export async function tinyStocks(changes?: Record<string, object>): Promise<TinyWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "orion-stocks-"));
  const workspace = join(folder, "workspace");
  const recipe = join(folder, "tiny-stocks.yaml");
  await writeFile(recipe, stringify(tinyStocksRecipe(changes)));
  const opened = await openWorkspace(workspace);
  const names = ["AAA", "BBB", "CCC", "SPY", "QQQ", "VIX"];
  for (const [i, symbol] of names.entries()) {
    const kind = symbol === "VIX" ? "mark" : "bars";
    const key = { symbol, market: "stock", timeframe: "1d", kind, source: "made up" } as const;
    await writeBars(opened, key, tinyStock(i + 1, symbol));
  }
  const short = { symbol: "SHORT", market: "stock", timeframe: "1d", source: "made up" } as const;
  await writeBars(opened, short, sliceBars(tinyStock(9, "SHORT"), 300, 640));
  return {
    workspace,
    recipe,
    now: () => Date.UTC(2021, 0, 1),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
