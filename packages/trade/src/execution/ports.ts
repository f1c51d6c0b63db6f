import type { Fixed8 } from "../core/fixed.ts";
import type { TradingEvent } from "./events.ts";
import type { Order } from "./order.ts";

/** What a broker says is there; compared with the ledger after every restart and at the end of a run. */
export interface Account {
  readonly cash: Fixed8;
  /** signed, without the instruments of which nothing is held */
  readonly positions: readonly { readonly instrument: string; readonly quantity: Fixed8 }[];
}

/** A broker answers with a promise where it must wait and without one where it need not. */
export interface Broker {
  submit(orders: readonly Order[]): Promise<void> | undefined;
  cancel(ids: readonly string[]): Promise<void> | undefined;
  account(): Promise<Account> | Account;
  close(): Promise<void> | undefined;
}

/**
 * All that differs between backtest, paper and live. Events are totally ordered and a bar's fills precede it.
 * A source that never waits gives a plain iterable, and the loop then runs without waiting.
 */
export interface Ports {
  readonly broker: Broker;
  events(stop: AbortSignal): Iterable<TradingEvent> | AsyncIterable<TradingEvent>;
}
