import type { Panel } from "../market/bars.ts";

/** A wanted holding: a signed fraction of equity, and why. */
export interface Target {
  readonly instrument: string;
  readonly weight: number;
  readonly reason: string;
}

/** What is held of one instrument. Floats: these are for deciding; the ledger keeps exact amounts. */
export interface Holding {
  readonly instrument: string;
  /** signed, in units of the base asset */
  readonly quantity: number;
  /** average entry price, quote currency */
  readonly entryPrice: number;
  /** ms UTC */
  readonly entryTime: number;
  /** signed fraction of equity at the last price */
  readonly weight: number;
}

/** The account as a strategy may see it. */
export interface Portfolio {
  readonly equity: number;
  readonly cash: number;
  holding(instrument: string): Holding | undefined;
}

/** All that is known at `now` (ms UTC): the last rows of the panel, closed bars only, and the account. */
export interface View {
  readonly now: number;
  readonly panel: Panel;
  readonly portfolio: Portfolio;
}

/** Turns what is known into wanted weights. An instrument that is not named keeps what it has. */
export interface Strategy {
  /** closed bars it needs to see */
  readonly lookback: number;
  decide(view: View): Promise<readonly Target[]> | readonly Target[];
}
