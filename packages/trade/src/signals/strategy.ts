import type { Panel } from "../market/bars.ts";

/** Exits that rest at the broker while a position is open, as fractions of the entry fill price (0.02 is 2 %). */
export interface Protection {
  /** loss at which the position is closed, null for none */
  readonly stop: number | null;
  /** gain at which the position is closed, null for none */
  readonly target: number | null;
}

/** A wanted holding: a signed fraction of equity, and why. */
export interface Target {
  readonly instrument: string;
  readonly weight: number;
  readonly reason: string;
  /** set by a risk rule; travels with the order that opens the position */
  readonly protection?: Protection;
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
  /** undefined while nothing is held */
  holding(instrument: string): Holding | undefined;
}

/**
 * All that is known at `now` (ms UTC): the last rows of the panel, closed bars only, and the account.
 * Valid only until the decision is made: the loop uses the same memory for the next bar.
 */
export interface View {
  readonly now: number;
  /** at most the strategy's `lookback` rows, oldest first, the bar that closed at `now` last */
  readonly panel: Panel;
  readonly portfolio: Portfolio;
}

/** Turns what is known into wanted weights. An instrument that is not named keeps what it has. */
export interface Strategy {
  /** closed bars it needs to see; 0 when it reads none */
  readonly lookback: number;
  decide(view: View): Promise<readonly Target[]> | readonly Target[];
}
