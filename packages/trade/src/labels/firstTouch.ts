import type { BarSeries, Panel } from "../market/bars.ts";
import { barStepMs } from "./barStepMs.ts";
import type { Gaps } from "./oneBarReturns.ts";

/** How a position that was opened at a close came to its end. */
export interface Touch {
  /** the row that ended it: what happened is known at its close */
  readonly row: number;
  /** what the position was closed at */
  readonly price: number;
  /** 1 the upper barrier, -1 the lower, 0 the vertical */
  readonly barrier: -1 | 0 | 1;
}

export interface BarrierPath {
  /** rows after the entry at which the vertical barrier stands, at the latest */
  readonly horizonBars: number;
  /** the vertical barrier stands at the first bar that closes so long after the entry, if that comes sooner */
  readonly horizonMs: number;
  /** `range`: high and low touch; `close`: closes alone do, and are what is paid */
  readonly touch: "range" | "close";
  readonly gaps: Gaps;
}

/** Rows whose highest and lowest price are kept together: a quiet stretch is passed in one step. */
const BLOCK = 64;

/**
 * Finds what a price path meets first after a row. Each bar after the entry, in order:
 *   an open at or beyond a barrier ends it at the open (the gap is paid, either way);
 *   a high at or above `upper`, or a low at or below `lower`, ends it at the barrier's own price;
 *   where one bar has both, `bothFirst` says which was first, for the order inside a bar is not in the data;
 *   at the vertical barrier it ends at the close.
 * With `touch: "close"` only the close is looked at. A bar's range reaches to its open and close where a vendor's does not.
 *
 * null where the data end before any of them, a bar on the way has no price, or, with `gaps: "drop"`, is missing; and where
 * one bar has both and `bothFirst` is 0. No bar after the one that ended it is read.
 */
export function firstTouch(panel: Panel, bars: BarSeries, path: BarrierPath) {
  const { closeTime, length } = panel;
  const { open, close } = bars;
  const { horizonBars, horizonMs, gaps } = path;
  const stepMs = barStepMs(closeTime);
  const usesRange = path.touch === "range";
  const top = new Float64Array(length);
  const bottom = new Float64Array(length);
  const blocks = Math.ceil(length / BLOCK);
  const blockTop = new Float64Array(blocks).fill(Number.NEGATIVE_INFINITY);
  const blockBottom = new Float64Array(blocks).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t < length; t++) {
    const whole =
      isPrice(close[t]!) && (!usesRange || [open, bars.high, bars.low].every((c) => isPrice(c[t]!)));
    const unbroken = gaps === "allow" || t === 0 || closeTime[t]! - closeTime[t - 1]! === stepMs;
    const usable = whole && unbroken;
    top[t] = usable ? (usesRange ? Math.max(bars.high[t]!, open[t]!, close[t]!) : close[t]!) : Number.NaN;
    bottom[t] = usable ? (usesRange ? Math.min(bars.low[t]!, open[t]!, close[t]!) : close[t]!) : Number.NaN;
    // a block with a row that ends the search is never passed in one step
    const block = Math.floor(t / BLOCK);
    blockTop[block] = Math.max(blockTop[block]!, usable ? top[t]! : Number.POSITIVE_INFINITY);
    blockBottom[block] = Math.min(blockBottom[block]!, usable ? bottom[t]! : Number.NEGATIVE_INFINITY);
  }

  return (entry: number, upper: number, lower: number, bothFirst: -1 | 0 | 1): Touch | null => {
    const end = Math.min(entry + horizonBars, length - 1);
    const deadline = closeTime[entry]! + horizonMs;
    for (let t = entry + 1; t <= end; t++) {
      if (t % BLOCK === 0) {
        const block = t / BLOCK;
        const after = t + BLOCK;
        const quiet = blockTop[block]! < upper && blockBottom[block]! > lower;
        if (quiet && after <= end && closeTime[after - 1]! < deadline) {
          t = after - 1;
          continue;
        }
      }
      if (Number.isNaN(top[t]!)) return null;
      const touchesUpper = top[t]! >= upper;
      const touchesLower = bottom[t]! <= lower;
      if (touchesUpper || touchesLower) {
        if (!usesRange) return { row: t, price: close[t]!, barrier: touchesUpper ? 1 : -1 };
        if (open[t]! >= upper) return { row: t, price: open[t]!, barrier: 1 };
        if (open[t]! <= lower) return { row: t, price: open[t]!, barrier: -1 };
        const barrier = touchesUpper && touchesLower ? bothFirst : touchesUpper ? 1 : -1;
        if (barrier === 0) return null;
        return { row: t, price: barrier > 0 ? upper : lower, barrier };
      }
      if (t - entry === horizonBars || closeTime[t]! >= deadline)
        return { row: t, price: close[t]!, barrier: 0 };
    }
    return null;
  };
}

function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}
