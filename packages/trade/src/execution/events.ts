import type { Fixed8 } from "../core/fixed.ts";
import type { Fill } from "./order.ts";

/**
 * A bar of every instrument has closed. Columns hold one value an instrument, in the order of the ledger's
 * instruments; NaN marks an instrument without a bar. The memory is used again for the next event: copy what is kept.
 */
export interface BarsEvent {
  readonly type: "bars";
  /** close time of the bars, ms UTC */
  time: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface FillEvent {
  readonly type: "fill";
  readonly time: number;
  readonly fill: Fill;
}

/** An order, or the rest of one, that will never fill. */
export interface ExpiredEvent {
  readonly type: "expired";
  readonly time: number;
  readonly orderId: string;
  readonly quantity: Fixed8;
  readonly reason: string;
}

/** Nothing that follows can be trusted: the loop ends and the run is invalid. */
export interface HaltEvent {
  readonly type: "halt";
  readonly time: number;
  readonly reason: string;
}

export type TradingEvent = BarsEvent | FillEvent | ExpiredEvent | HaltEvent;
