import type { Fixed8 } from "../core/fixed.ts";
import type { Protection } from "../signals/strategy.ts";

export type Side = "buy" | "sell";

/** A market order as it leaves the loop. */
export interface Order {
  readonly id: string;
  readonly instrument: string;
  readonly side: Side;
  /** units of the base asset, always positive */
  readonly quantity: Fixed8;
  /** when it was decided, ms UTC */
  readonly time: number;
  /** it may only make a position smaller */
  readonly reduceOnly: boolean;
  readonly reason: string;
  /** exits that rest at the broker once the order has filled; null for none */
  readonly protection: Protection | null;
}

/** Why a fill happened: an order of the loop, a resting exit, or the end of the data. */
export type FillKind = "order" | "stop" | "target" | "endOfData";

export interface Fill {
  /** the order that filled; resting exits and the end of data have an id of their own */
  readonly orderId: string;
  readonly instrument: string;
  readonly side: Side;
  readonly kind: FillKind;
  readonly reason: string;
  /** ms UTC: the open of the bar, or its close for what happened inside it */
  readonly time: number;
  /** close time of the bar that it happened in, ms UTC */
  readonly barTime: number;
  /** that bar's number, counted from 0 at the first bar of the run */
  readonly bar: number;
  /** at the open of that bar rather than inside it */
  readonly isAtOpen: boolean;
  readonly quantity: Fixed8;
  /** what was paid or received a unit, slippage included */
  readonly price: Fixed8;
  /** the market's price before slippage */
  readonly referencePrice: Fixed8;
  /** quote currency, never negative */
  readonly fee: Fixed8;
}
