import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { DAY_MS } from "../../../core/time.ts";
import { randomBars } from "../../../features/randomBars.ts";
import { type BarSeries, sliceBars } from "../../../market/bars.ts";
import { madeUniverse } from "../../../market/universes/madeUniverse.ts";
import { openWorkspace, writeBars } from "../../../store/index.ts";
import type { TinyWorkspace } from "../../testing/tinyRecipe.ts";

/** Made daily bars of so many candidates, on weekdays from 2018 on. */
export const TINY_SYMBOLS = 9;
const DAYS = 860;

/** How the networks of the timeframes are trained. */
export const TINY_TRAINING = {
  ...{ epochs: 1, batch: 32, learningRate: 0.003, weightDecay: 0, warmupSteps: 2, clipNorm: 1 },
  ...{ patience: 1, classBalance: "weights", focalGamma: 0, returnWeight: 0.5, returnLoss: "huber" },
  windowStride: { BUY: 1, HOLD: 1, SELL: 1 },
};

/** Made daily bars of so many stocks on weekdays from 2018 on; the first ones have these names. */
export function madeStocks(symbols: number, days: number, names: readonly string[]): BarSeries[] {
  const panel = { series: [3, 4].map((seed) => randomBars(seed, 1500, { price: 100, move: 0.02 })) };
  const made = madeUniverse(panel, { symbols, days, seed: 11, start: Date.UTC(2018, 0, 1) });
  return made.map((bars, i) => (names[i] === undefined ? bars : { ...bars, instrument: names[i] }));
}

/**
 * A recipe of stages with a network of some hundred weights and base models that need no library, whose filter lets weak signals
 * through. The longer timeframe is stored, the shorter is not. `changes` win, one level deep.
 */
export function tinyScannerRecipe(
  changes: Record<string, object | string | number> = {},
): Record<string, unknown> {
  const label = {
    kind: "threeClass",
    threshold: { kind: "volatility", multiple: 0.25, windowBars: 50 },
    gaps: "allow",
  };
  const recipe: Record<string, object | string | number> = {
    name: "tiny-scanner",
    universe: { market: "stock", timeframe: "1d", indices: ["SPY", "QQQ"] },
    scan: { top: 50, filters: { minPrice: 1, minDollarVolume: 1000 } },
    features: [{ kind: "scanner90" }],
    timeframes: {
      names: ["1h", "1d"],
      features: [{ kind: "scanner90" }],
      scaling: { kind: "standard", clip: 8 },
      label: { ...label, horizonBars: 1 },
      model: { kind: "timeframeLstm", window: 4, width: 4, layers: 1, dropout: 0 },
      training: TINY_TRAINING,
      ...{ mostWindows: 400, leastWindows: 100 },
    },
    risk: { windowBars: 250 },
    label: { ...label, horizonBars: 5 },
    split: { train: 0.6, validation: 0.2, test: 0.2, embargoBars: 5 },
    everyBars: 10,
    stack: {
      bases: { logistic: { kind: "logistic", lambda: 0.01 }, naive: { kind: "naive" } },
      meta: { kind: "logistic" },
      ...{ folds: 2, embargoBars: 5, calibration: { method: "platt" } },
    },
    signals: { minConfidence: 0.36, maxRisk: 5, top: 10 },
    portfolio: { weight: 0.1, risk: [] },
    costs: { feeBps: 10, slippageBps: 5 },
    initialCash: 100_000,
    seed: 7,
  };
  for (const [key, value] of Object.entries(changes)) {
    const old = recipe[key];
    recipe[key] =
      typeof old === "object" && typeof value === "object" && !Array.isArray(old)
        ? { ...old, ...value }
        : value;
  }
  return recipe;
}

/**
 * A workspace of its own with the tiny recipe beside it and a made universe: candidates, SPY and QQQ (made as well), LOW.M that
 * is too cheap to be a candidate and OLD.M that trades no longer.
 */
export async function tinyScanner(changes?: Record<string, object>): Promise<TinyWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "orion-scanner-"));
  const workspace = join(folder, "workspace");
  const recipe = join(folder, "tiny-scanner.yaml");
  await writeFile(recipe, stringify(tinyScannerRecipe(changes)));
  const opened = await openWorkspace(workspace);
  const made = madeStocks(TINY_SYMBOLS + 4, DAYS, ["SPY", "QQQ", "LOW.M", "OLD.M"]);
  for (const bars of made) {
    await writeBars(
      opened,
      { symbol: bars.instrument, market: "stock", timeframe: "1d", source: "made up" },
      changed(bars),
    );
  }
  const last = made[0]!.closeTime[DAYS - 1]!;
  return {
    workspace,
    recipe,
    now: () => last + 12 * (DAY_MS / 24),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function changed(bars: BarSeries): BarSeries {
  if (bars.instrument === "OLD.M") return sliceBars(bars, 0, bars.length - 30);
  if (bars.instrument !== "LOW.M") return bars;
  const highest = bars.high.reduce((a, b) => Math.max(a, b), 0);
  const times = (column: Float64Array): Float64Array => column.map((price) => (price * 0.8) / highest);
  return {
    ...bars,
    open: times(bars.open),
    high: times(bars.high),
    low: times(bars.low),
    close: times(bars.close),
  };
}
