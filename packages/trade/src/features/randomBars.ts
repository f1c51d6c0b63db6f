import { seededRandom } from "../core/random.ts";
import { allocateBars, type BarSeries } from "../market/bars.ts";

export interface RandomBarsOptions {
  readonly price?: number;
  /** greatest one-bar move as a fraction */
  readonly move?: number;
  /** ms between bars */
  readonly stepMs?: number;
}

/**
 * Bars for tests that behave like a market's: quiet and wild stretches, jumps, bars without trade, prices on ticks.
 * The same seed gives the same bars.
 */
export function randomBars(seed: number, length: number, options: RandomBarsOptions = {}): BarSeries {
  const { price = 60_000, move = 0.004, stepMs = 300_000 } = options;
  const random = seededRandom(seed);
  const bars = allocateBars("TEST", length);
  const tick = price * 1e-6;
  const round = (x: number): number => Math.max(tick, Math.round(x / tick) * tick);
  let last = price;
  let pace = 1;
  for (let t = 0; t < length; t++) {
    if (random.next() < 0.02) pace = 0.1 + 3 * random.next();
    const asleep = random.next() < 0.03;
    const jump = random.next() < 0.005 ? 10 : 1;
    const open = round(last);
    const close = asleep ? open : round(last * Math.exp((random.next() - 0.5) * 2 * move * pace * jump));
    bars.closeTime[t] = 1_700_000_000_000 + (t + 1) * stepMs;
    bars.open[t] = open;
    bars.close[t] = close;
    bars.high[t] = asleep ? open : round(Math.max(open, close) * (1 + random.next() * move * pace));
    bars.low[t] = asleep ? open : round(Math.min(open, close) * (1 - random.next() * move * pace));
    bars.volume[t] = asleep ? 0 : 250 * random.next() ** 3;
    last = close;
  }
  return bars;
}
