import { FIXED_ONE, type Fixed8, fromFixed8, mulDown, mulUp, toFixed8 } from "../../core/fixed.ts";
import { isoTime } from "../../core/time.ts";
import type { Panel } from "../../market/bars.ts";
import type { Protection } from "../../signals/strategy.ts";
import { affordable, type Costs, type ExactCosts, exactCosts, feeOf, slippedPrice } from "../costs.ts";
import type { BarsEvent, TradingEvent } from "../events.ts";
import type { InstrumentRules } from "../instrumentRules.ts";
import { closingQuantity, Ledger, least } from "../ledger.ts";
import type { Fill, FillKind, Order, Side } from "../order.ts";
import { isTradable, toStep } from "../plan.ts";
import type { Account, Broker, Ports } from "../ports.ts";

export interface SimulatedBrokerOptions {
  readonly panel: Panel;
  readonly timeframeMs: number;
  readonly initialCash: Fixed8;
  readonly costs: Costs;
  rulesOf(instrument: string): InstrumentRules;
  /**
   * What two bars further apart than one bar are. "halt": missing data; under an open position the run ends. "ride": a
   * market that was closed; positions are kept and orders fill at the next bar there is.
   */
  readonly onGap?: "halt" | "ride";
}

/** A resting exit: distances as wanted, and the levels from the entry fill price. */
interface Guard {
  readonly protection: Protection;
  readonly stop: number;
  readonly target: number;
  readonly stopExact: Fixed8;
  readonly targetExact: Fixed8;
}

/**
 * A broker and its market, from recorded bars.
 *
 * - A market order decided at the close of a bar fills at the next bar's open, worse by the slippage, plus fee.
 *   It is good for that bar only: when the bar is missing it expires (but see `onGap`).
 * - Stop and target are measured from the average entry fill price and are live from the entry fill on, the rest of
 *   the entry bar included. Of a bar's prices the open comes first: a bar that opens at or past a level fills there,
 *   at the open (worse than the stop, better than the target). Inside the bar the order of high and low is unknown,
 *   so a bar that touches both levels counts as the stop.
 * - A stop is a market order: slippage and fee. A target is a resting limit order: fee, no slippage.
 * - Market orders go before the exits of the same open.
 * - Nothing is borrowed: gross notional stays within the equity. A fill that would exceed it is cut to what can be
 *   paid, and the rest expires.
 * - A missing bar under an open position halts the run (but see `onGap`). A short that has lost the whole equity halts it too.
 * - At the end of the data what is held is closed at the last close, with slippage and fee.
 */
export class SimulatedBroker implements Broker, Ports {
  readonly broker: Broker = this;
  readonly #options: SimulatedBrokerOptions;
  readonly #costs: ExactCosts;
  readonly #book: Ledger;
  readonly #guards = new Map<string, Guard>();
  readonly #instruments: readonly string[];
  #pending: Order[] = [];
  #exits = 0;
  #row = 0;

  constructor(options: SimulatedBrokerOptions) {
    this.#options = options;
    this.#costs = exactCosts(options.costs);
    this.#instruments = options.panel.series.map((s) => s.instrument);
    this.#book = new Ledger(options.initialCash, this.#instruments);
  }

  submit(orders: readonly Order[]): undefined {
    this.#pending.push(...orders);
  }
  cancel(ids: readonly string[]): undefined {
    this.#pending = this.#pending.filter((order) => !ids.includes(order.id));
  }
  close(): undefined {
    this.#pending = [];
  }
  account(): Account {
    return {
      cash: this.#book.books().cash,
      positions: this.#instruments
        .map((instrument) => ({ instrument, quantity: this.#book.quantityOf(instrument) }))
        .filter((position) => position.quantity !== 0n),
    };
  }

  *events(stop: AbortSignal): Iterable<TradingEvent> {
    const { panel, timeframeMs, onGap = "halt" } = this.#options;
    const { series, closeTime, length } = panel;
    const book = this.#book;
    const column = (): Float64Array => new Float64Array(series.length);
    const bar: BarsEvent = {
      type: "bars",
      time: 0,
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
    for (let row = 0; row < length; row++) {
      if (stop.aborted) return;
      this.#row = row;
      const time = closeTime[row]!;
      for (let i = 0; i < series.length; i++) {
        const from = series[i]!;
        bar.open[i] = from.open[row]!;
        bar.high[i] = from.high[row]!;
        bar.low[i] = from.low[row]!;
        bar.close[i] = from.close[row]!;
        bar.volume[i] = from.volume[row]!;
      }
      bar.time = time;
      const isBusy = this.#pending.length > 0 || book.openPositions > 0;
      if (isBusy) {
        const before = row === 0 ? time - timeframeMs : closeTime[row - 1]!;
        const isGap = onGap === "halt" && time - before !== timeframeMs;
        if (onGap === "halt") {
          const reason = this.#gapReason(bar, isGap, before);
          if (reason !== null) {
            yield { type: "halt", time, reason };
            return;
          }
        }
        yield* this.#fillOrders(bar, isGap);
        if (this.#guards.size > 0) yield* this.#fillExits(bar);
      }
      book.apply(bar);
      yield bar;
      if (book.openPositions > 0 && !(book.equity > 0)) {
        yield { type: "halt", time, reason: `the equity is gone at ${isoTime(time)}` };
        return;
      }
    }
    if (length > 0) yield* this.#finish(closeTime[length - 1]!);
  }

  /** Why the run cannot go on at this bar: an instrument that is held has no bar before or at it. */
  #gapReason(bar: BarsEvent, isGap: boolean, before: number): string | null {
    if (this.#book.openPositions === 0) return null;
    for (let i = 0; i < this.#instruments.length; i++) {
      const instrument = this.#instruments[i]!;
      if (this.#book.quantityOf(instrument) === 0n) continue;
      if (isGap) {
        return `${instrument}: bars are missing between ${isoTime(before)} and ${isoTime(bar.time)} while a position is open`;
      }
      if (!Number.isFinite(bar.open[i]! + bar.high[i]! + bar.low[i]! + bar.close[i]!)) {
        return `${instrument}: the bar of ${isoTime(bar.time)} is missing while a position is open`;
      }
    }
    return null;
  }

  *#fillOrders(bar: BarsEvent, isGap: boolean): Iterable<TradingEvent> {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    for (const order of pending) {
      const i = this.#instruments.indexOf(order.instrument);
      const open = bar.open[i]!;
      const expire = (quantity: Fixed8, reason: string): TradingEvent => ({
        type: "expired",
        time: bar.time,
        orderId: order.id,
        quantity,
        reason,
      });
      if (isGap || !Number.isFinite(open)) {
        yield expire(order.quantity, "the bar after the decision is missing");
        continue;
      }
      const reference = toFixed8(open);
      const price = slippedPrice(reference, order.side, this.#costs);
      const quantity = this.#payable(order, price);
      if (quantity > 0n) {
        const fill = this.#settle(order, "order", reference, price, quantity, bar, true, order.id);
        this.#guard(order);
        yield fill;
      }
      if (quantity < order.quantity) {
        yield expire(
          order.quantity - quantity,
          order.reduceOnly ? "nothing is left to close" : "more than the account can pay for at this open",
        );
      }
    }
  }

  /** The part of an order that closes, and as much of the rest as the equity covers. */
  #payable(order: Order, price: Fixed8): Fixed8 {
    const closing = closingQuantity(this.#book.quantityOf(order.instrument), order);
    // an order across zero only closes: what it would open is not sized against the equity that closing leaves
    if (order.reduceOnly || closing > 0n) return closing;
    const rules = this.#options.rulesOf(order.instrument);
    // proceeds of a short are no money to spend: they and the debt both count against the equity
    let free = this.#book.books().cash;
    for (const instrument of this.#instruments) {
      const quantity = this.#book.quantityOf(instrument);
      if (quantity < 0n) free -= 2n * mulUp(-quantity, toFixed8(this.#book.priceOf(instrument)));
    }
    const most = toStep(affordable(free, price, this.#costs), rules);
    const quantity = least(most, order.quantity);
    return isTradable(quantity, fromFixed8(price), rules) ? quantity : 0n;
  }

  /** Sets or moves the exits after an order has filled. */
  #guard(order: Order): void {
    const { instrument } = order;
    const held = this.#book.quantityOf(instrument);
    const protection = order.protection ?? this.#guards.get(instrument)?.protection;
    if (held === 0n || !protection) {
      this.#guards.delete(instrument);
      return;
    }
    const entry = this.#book.entryPriceOf(instrument);
    const level = (distance: number): Fixed8 => mulDown(entry, FIXED_ONE + toFixed8(distance));
    const direction = held > 0n ? 1 : -1;
    const never = (isBelow: boolean): number =>
      isBelow ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const stopExact = protection.stop === null ? 0n : level(-direction * protection.stop);
    const targetExact = protection.target === null ? 0n : level(direction * protection.target);
    this.#guards.set(instrument, {
      protection,
      stopExact,
      targetExact,
      stop: protection.stop === null ? never(direction > 0) : fromFixed8(stopExact),
      target: protection.target === null ? never(direction < 0) : fromFixed8(targetExact),
    });
  }

  *#fillExits(bar: BarsEvent): Iterable<TradingEvent> {
    for (let i = 0; i < this.#instruments.length; i++) {
      const instrument = this.#instruments[i]!;
      const guard = this.#guards.get(instrument);
      if (!guard) continue;
      const isLong = this.#book.quantityOf(instrument) > 0n;
      const open = bar.open[i]!;
      const high = bar.high[i]!;
      const low = bar.low[i]!;
      const opensPastStop = isLong ? open <= guard.stop : open >= guard.stop;
      const opensPastTarget = isLong ? open >= guard.target : open <= guard.target;
      if (opensPastStop) yield this.#exit(instrument, "stop", toFixed8(open), bar, true);
      else if (opensPastTarget) yield this.#exit(instrument, "target", toFixed8(open), bar, true);
      else if (isLong ? low <= guard.stop : high >= guard.stop) {
        yield this.#exit(instrument, "stop", guard.stopExact, bar, false);
      } else if (isLong ? high >= guard.target : low <= guard.target) {
        yield this.#exit(instrument, "target", guard.targetExact, bar, false);
      }
    }
  }

  *#finish(time: number): Iterable<TradingEvent> {
    const pending = this.#pending;
    this.#pending = [];
    for (const order of pending) {
      yield {
        type: "expired",
        time,
        orderId: order.id,
        quantity: order.quantity,
        reason: "the data end before it could fill",
      };
    }
    if (this.#book.openPositions === 0) return;
    for (const instrument of this.#instruments) {
      if (this.#book.quantityOf(instrument) === 0n) continue;
      const reference = toFixed8(this.#book.priceOf(instrument));
      yield this.#exit(instrument, "endOfData", reference, { time }, false);
    }
  }

  #exit(
    instrument: string,
    kind: Exclude<FillKind, "order">,
    reference: Fixed8,
    bar: { time: number },
    isAtOpen: boolean,
  ): TradingEvent {
    const held = this.#book.quantityOf(instrument);
    const side: Side = held > 0n ? "sell" : "buy";
    const price = kind === "target" ? reference : slippedPrice(reference, side, this.#costs);
    this.#guards.delete(instrument);
    this.#exits += 1;
    const quantity = held > 0n ? held : -held;
    const id = `x${this.#exits}`;
    return this.#settle(
      { instrument, side, reason: kind },
      kind,
      reference,
      price,
      quantity,
      bar,
      isAtOpen,
      id,
    );
  }

  #settle(
    what: { instrument: string; side: Side; reason: string },
    kind: FillKind,
    referencePrice: Fixed8,
    price: Fixed8,
    quantity: Fixed8,
    bar: { time: number },
    isAtOpen: boolean,
    orderId: string,
  ): TradingEvent {
    const fill: Fill = {
      orderId,
      instrument: what.instrument,
      side: what.side,
      kind,
      reason: what.reason,
      time: isAtOpen ? bar.time - this.#options.timeframeMs : bar.time,
      barTime: bar.time,
      bar: this.#row,
      isAtOpen,
      quantity,
      price,
      referencePrice,
      fee: feeOf(quantity, price, this.#costs),
    };
    const event: TradingEvent = { type: "fill", time: fill.time, fill };
    this.#book.apply(event);
    return event;
  }
}
