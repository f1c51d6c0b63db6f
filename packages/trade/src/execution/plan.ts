import { type Fixed8, toFixed8 } from "../core/fixed.ts";
import type { Target } from "../signals/strategy.ts";
import type { InstrumentRules } from "./instrumentRules.ts";
import type { Order, Side } from "./order.ts";

/** What planning needs to know of the account; the ledger is one. */
export interface PlanAccount {
  readonly equity: number;
  quantityOf(instrument: string): Fixed8;
  priceOf(instrument: string): number;
}

export interface PlanOptions {
  rulesOf(instrument: string): InstrumentRules;
  /** false: a negative weight is a wish to hold nothing */
  readonly allowShort: boolean;
  /** fraction of the notional kept back for fee and slippage, so that a weight of 1 can be paid for */
  readonly costReserve: number;
  nextOrderId(): string;
}

const NO_ORDERS: readonly Order[] = [];

/**
 * The orders that lead from what is held to the wanted weights, at the last prices:
 *
 *     wanted quantity = weight x equity / (price x (1 + costReserve)), towards zero to a multiple of the step
 *
 * A change below the exchange's smallest quantity or notional is not traded. A change of sides is two orders:
 * one that closes, then one that opens. An account without equity opens nothing.
 */
export function plan(
  targets: readonly Target[],
  account: PlanAccount,
  now: number,
  options: PlanOptions,
): readonly Order[] {
  if (targets.length === 0) return NO_ORDERS;
  const orders: Order[] = [];
  for (const target of targets) {
    const price = account.priceOf(target.instrument);
    if (!(price > 0) || !Number.isFinite(target.weight)) {
      throw new RangeError(`cannot plan weight ${target.weight} of ${target.instrument} at price ${price}`);
    }
    const rules = options.rulesOf(target.instrument);
    const held = account.quantityOf(target.instrument);
    const weight = target.weight < 0 && !options.allowShort ? 0 : target.weight;
    const wanted = wantedQuantity(weight, account.equity, price * (1 + options.costReserve), rules);
    const add = (change: Fixed8, reduceOnly: boolean): void => {
      const quantity = change < 0n ? -change : change;
      if (!isTradable(quantity, price, rules)) return;
      const side: Side = change > 0n ? "buy" : "sell";
      orders.push({
        id: options.nextOrderId(),
        instrument: target.instrument,
        side,
        quantity,
        time: now,
        reduceOnly,
        reason: target.reason,
        protection: reduceOnly ? null : (target.protection ?? null),
      });
    };
    if (held !== 0n && wanted !== 0n && held > 0n !== wanted > 0n) {
      add(-held, true);
      add(wanted, false);
    } else {
      const shrinks = held > 0n ? wanted < held : held < 0n && wanted > held;
      add(wanted - held, shrinks);
    }
  }
  return orders;
}

/** Whether an exchange with these rules takes an order of this size. */
export function isTradable(quantity: Fixed8, price: number, rules: InstrumentRules): boolean {
  const size = Number(quantity) / 1e8;
  return quantity > 0n && size >= rules.minQuantity && size * price >= rules.minNotional;
}

/** Towards zero to a multiple of the exchange's step. */
export function toStep(quantity: Fixed8, rules: InstrumentRules): Fixed8 {
  const step = toFixed8(rules.quantityStep);
  return (quantity / step) * step;
}

function wantedQuantity(weight: number, equity: number, unitCost: number, rules: InstrumentRules): Fixed8 {
  if (weight === 0 || !(equity > 0)) return 0n;
  return toStep(toFixed8((weight * equity) / unitCost), rules);
}
