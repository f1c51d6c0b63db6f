import { stringify } from "yaml";
import { seededRandom } from "../../../../core/random.ts";
import { HOUR_MS } from "../../../../core/time.ts";
import { randomBars } from "../../../../features/randomBars.ts";
import { allocateBars, type BarSeries, sliceBars } from "../../../../market/bars.ts";
import { madeUniverse } from "../../../../market/universes/madeUniverse.ts";
import { parseScanner, scannerProfile } from "../../loadScanner.ts";
import type { ScannerBars } from "../../scannerBars.ts";
import type { ScannerRecipe } from "../../scannerSchema.ts";

const HOURS = 6;
/** Days whose hours are there. */
const HOURLY_DAYS = 180;
const SYMBOLS = 5;

/** A recipe of stages with the smallest network and stack, over daily and hourly bars. */
export function madeStagesRecipe(): ScannerRecipe {
  const label = {
    kind: "threeClass",
    threshold: { kind: "volatility", multiple: 0.25, windowBars: 50 },
    gaps: "allow",
  };
  const recipe = {
    name: "made-stages",
    universe: { market: "stock", timeframe: "1d", indices: ["SPY", "QQQ"] },
    scan: { top: 2, filters: { minPrice: 0.01, minDollarVolume: 0 } },
    features: [{ kind: "scanner90" }],
    timeframes: {
      names: ["1h", "1d"],
      features: [{ kind: "scanner90" }],
      scaling: { kind: "standard", clip: 8 },
      label: { ...label, horizonBars: 1 },
      model: { kind: "timeframeLstm", window: 4, width: 4, layers: 1, dropout: 0 },
      training: {
        ...{ epochs: 1, batch: 16, learningRate: 0.003, weightDecay: 0, warmupSteps: 2, clipNorm: 1 },
        ...{ patience: 1, classBalance: "weights", focalGamma: 0, returnWeight: 0.5, returnLoss: "huber" },
        windowStride: { BUY: 1, HOLD: 1, SELL: 1 },
      },
      ...{ mostWindows: 200, leastWindows: 100 },
    },
    risk: { windowBars: 150 },
    label: { ...label, horizonBars: 5 },
    split: { train: 0.6, validation: 0.2, test: 0.2, embargoBars: 5 },
    everyBars: 3,
    stack: {
      bases: {
        logistic: { kind: "logistic", lambda: 0.01 },
        boosted: { kind: "lightgbm", rounds: 5, leaves: 4, minLeafRows: 5, earlyStoppingRounds: 3 },
      },
      meta: { kind: "logistic" },
      ...{ folds: 2, embargoBars: 5, calibration: { method: "platt" } },
    },
    signals: { minConfidence: 0.4, maxRisk: 8, top: 3 },
    portfolio: { weight: 0.3, risk: [{ kind: "stopTarget", stop: 0.05, target: 0.08 }] },
    costs: { feeBps: 10, slippageBps: 5 },
    initialCash: 100_000,
    seed: 7,
  };
  return scannerProfile(parseScanner(stringify(recipe), "made-stages.yaml"), "full");
}

/** Made daily bars of five candidates, SPY and QQQ, of which the first and SPY have the hours of their last days as well. */
export function madeStagesBars(days = 460): ScannerBars {
  const panel = { series: [3, 4].map((seed) => randomBars(seed, 1500, { price: 100, move: 0.02 })) };
  const start = Date.UTC(2018, 0, 1);
  const made = madeUniverse(panel, { symbols: SYMBOLS + 2, days, seed: 11, start });
  const named = made.map((one, i) => (i < 2 ? { ...one, instrument: ["SPY", "QQQ"][i]! } : one));
  const bars = named.slice(2).sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
  const [spy, qqq] = [named[0]!, named[1]!];
  return {
    bars,
    indices: [spy, qqq],
    sources: [...bars, spy, qqq].map((one, i) => ({
      symbol: one.instrument,
      sources: [
        { timeframe: "1d", bars: one },
        ...(i === 0 || one === spy ? [{ timeframe: "1h", bars: hoursOf(one, i) }] : []),
      ],
    })),
    sha256: "made",
  };
}

/** A walk from each day's open to its close in six hours, from 14:00 UTC on; a day's last hour closes where the day does. */
function hoursOf(all: BarSeries, seed: number): BarSeries {
  const days = sliceBars(all, all.length - HOURLY_DAYS, all.length);
  const random = seededRandom(seed);
  const hours = allocateBars(days.instrument, days.length * HOURS);
  for (let t = 0; t < hours.length; t++) {
    const [d, h] = [Math.floor(t / HOURS), t % HOURS];
    const [open, close] = [days.open[d]!, days.close[d]!];
    const isLast = h === HOURS - 1;
    const noise = isLast ? 1 : 1 + 0.004 * (random.next() - 0.5);
    hours.open[t] = h === 0 ? open : hours.close[t - 1]!;
    hours.close[t] = (open + ((close - open) * (h + 1)) / HOURS) * noise;
    if (isLast) hours.close[t] = close;
    hours.high[t] = Math.max(hours.open[t]!, hours.close[t]!) * (1 + 0.002 * random.next());
    hours.low[t] = Math.min(hours.open[t]!, hours.close[t]!) * (1 - 0.002 * random.next());
    hours.volume[t] = (days.volume[d]! / HOURS) * (0.5 + random.next());
    // the day closes at midnight after its session
    hours.closeTime[t] = days.closeTime[d]! - (9 - h) * HOUR_MS;
  }
  return hours;
}
