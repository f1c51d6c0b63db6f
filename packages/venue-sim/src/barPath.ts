import { dice, seedOf } from "./fault.ts";

/** Trades that a bar is broken into. */
export const POINTS = 16;

export interface Point {
  /** ms UTC, within the bar */
  readonly time: number;
  readonly price: number;
  /** 0 where the bar has no volume (an index): the price moves, nothing is traded */
  readonly quantity: number;
  readonly isBuyerMaker: boolean;
}

interface BarOf {
  readonly from: number;
  readonly to: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * A synthetic way through a recorded bar, the same for the same seed: POINTS trades, the first at the bar's open and its
 * first instant, the last at its close, one of them at the high and one at the low, none outside; prices rounded to
 * `priceDecimals`. Quantities are whole multiples of 10^-quantityDecimals (finer where the volume is too small to be
 * shared among them), and add up to the volume. Nothing inside a bar is recorded: this is invention that agrees with it.
 */
export function barPath(
  bar: BarOf,
  seed: number,
  name: string,
  priceDecimals: number,
  quantityDecimals: number,
): Point[] {
  const random = dice(seedOf(seed, name, bar.from));
  const first = 2 + Math.floor(random() * 5);
  const second = first + 3 + Math.floor(random() * 5);
  const isHighFirst = random() < 0.5;
  const anchors: readonly (readonly [number, number])[] = [
    [0, bar.open],
    [first, isHighFirst ? bar.high : bar.low],
    [second, isHighFirst ? bar.low : bar.high],
    [POINTS - 1, bar.close],
  ];
  const scale = 10 ** priceDecimals;
  const range = bar.high - bar.low;
  const quantities = share(bar.volume, quantityDecimals, random);
  const span = bar.to - bar.from;
  return quantities.map((quantity, k) => {
    const right = Math.max(
      1,
      anchors.findIndex(([at]) => at >= k),
    );
    const [fromAt, fromPrice] = anchors[right - 1]!;
    const [toAt, toPrice] = anchors[right]!;
    const straight = fromPrice + ((toPrice - fromPrice) * (k - fromAt)) / (toAt - fromAt);
    const wandered = Math.round((straight + (random() - 0.5) * 0.15 * range) * scale) / scale;
    const isAnchor = anchors.some(([at]) => at === k);
    const price = isAnchor
      ? anchors.find(([at]) => at === k)![1]
      : Math.min(bar.high, Math.max(bar.low, wandered));
    const jitter = k === 0 ? 0 : 0.9 * random();
    return {
      time: bar.from + Math.floor((span * (k + jitter)) / POINTS),
      price,
      quantity,
      isBuyerMaker: random() < 0.5,
    };
  });
}

/** POINTS parts of `volume` in whole units, each at least one unit; zeros where there is no volume. */
function share(volume: number, decimals: number, random: () => number): number[] {
  if (!(volume > 0)) return new Array<number>(POINTS).fill(0);
  let places = decimals;
  while (volume * 10 ** places < 4 * POINTS && places < 15) places++;
  const scale = 10 ** places;
  const units = Math.round(volume * scale);
  const weights = Array.from({ length: POINTS }, () => 0.2 + random());
  const total = weights.reduce((sum, w) => sum + w, 0);
  const parts = weights.map((w) => Math.max(1, Math.floor((units * w) / total)));
  const rest = units - parts.reduce((sum, p) => sum + p, 0);
  // what flooring left over goes to the largest part; it is positive, or smaller than that part
  parts[parts.indexOf(Math.max(...parts))]! += rest;
  return parts.map((p) => p / scale);
}
