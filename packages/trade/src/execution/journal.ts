import type { Target } from "../signals/strategy.ts";
import type { BarsEvent, ExpiredEvent, FillEvent, HaltEvent, TradingEvent } from "./events.ts";
import type { Fill, Order } from "./order.ts";

/**
 * Where a run is written down. The loop waits for a decision to be written before its orders leave, so that a
 * restart finds every order that a broker may know of. A durable journal answers with a promise.
 */
export interface Journal {
  write(event: TradingEvent, targets: readonly Target[], orders: readonly Order[]): Promise<void> | undefined;
}

/** A bar at which orders were made. */
export interface DecisionEntry {
  readonly type: "decision";
  readonly time: number;
  readonly targets: readonly Target[];
  readonly orders: readonly Order[];
}

export type JournalEntry = DecisionEntry | FillEvent | ExpiredEvent | HaltEvent;

/** Keeps everything but the bars at which nothing was done. */
export class MemoryJournal implements Journal {
  readonly entries: JournalEntry[] = [];

  write(event: TradingEvent, targets: readonly Target[], orders: readonly Order[]): undefined {
    if (event.type !== "bars") this.entries.push(event);
    else if (orders.length > 0) this.entries.push(decision(event, targets, orders));
  }

  get orders(): readonly Order[] {
    return this.entries.flatMap((entry) => (entry.type === "decision" ? entry.orders : []));
  }
  get fills(): readonly Fill[] {
    return this.entries.flatMap((entry) => (entry.type === "fill" ? [entry.fill] : []));
  }
}

function decision(event: BarsEvent, targets: readonly Target[], orders: readonly Order[]): DecisionEntry {
  return { type: "decision", time: event.time, targets, orders };
}
