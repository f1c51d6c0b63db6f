import { stringify } from "yaml";
import { seededRandom } from "../../../../core/random.ts";
import { HOUR_MS } from "../../../../core/time.ts";
import { allocateBars, type BarSeries, sliceBars } from "../../../../market/bars.ts";
import { parseScanner, scannerProfile } from "../../loadScanner.ts";
import type { ScannerBars } from "../../scannerBars.ts";
import type { ScannerRecipe } from "../../scannerSchema.ts";
import { madeStocks, TINY_TRAINING, tinyScannerRecipe } from "../../testing/tinyScanner.ts";

const HOURS = 6;
/** Days whose hours are there. */
const HOURLY_DAYS = 180;
const SYMBOLS = 5;

/** A recipe of stages with the smallest network and stack, over daily and hourly bars. */
export function madeStagesRecipe(): ScannerRecipe {
  const recipe = tinyScannerRecipe({
    name: "made-stages",
    scan: { top: 2, filters: { minPrice: 0.01, minDollarVolume: 0 } },
    timeframes: { training: { ...TINY_TRAINING, batch: 16 }, mostWindows: 200 },
    risk: { windowBars: 150 },
    everyBars: 3,
    stack: {
      bases: {
        logistic: { kind: "logistic", lambda: 0.01 },
        boosted: { kind: "lightgbm", rounds: 5, leaves: 4, minLeafRows: 5, earlyStoppingRounds: 3 },
      },
    },
    signals: { minConfidence: 0.4, maxRisk: 8, top: 3 },
    portfolio: { weight: 0.3, risk: [{ kind: "stopTarget", stop: 0.05, target: 0.08 }] },
  });
  return scannerProfile(parseScanner(stringify(recipe), "made-stages.yaml"), "full");
}

/** Made daily bars of five candidates, SPY and QQQ, of which the first and SPY have the hours of their last days as well. */
export function madeStagesBars(days = 460): ScannerBars {
  const named = madeStocks(SYMBOLS + 2, days, ["SPY", "QQQ"]);
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
