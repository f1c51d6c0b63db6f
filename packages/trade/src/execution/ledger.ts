import { type Fixed8, fromFixed8, mulDown, mulUp, toFixed8 } from "../core/fixed.ts";
import type { Holding, Portfolio } from "../signals/strategy.ts";
import type { BarsEvent, TradingEvent } from "./events.ts";
import type { Fill } from "./order.ts";

interface Position {
  quantity: Fixed8;
  /** signed cash that the open quantity cost: positive for a long, negative for a short */
  basis: Fixed8;
  entryPrice: Fixed8;
  entryTime: number;
  /** quantity as a float, so that a bar without a fill needs no whole-number arithmetic */
  size: number;
  lastPrice: number;
}

/**
 * The account, exact: cash, quantities, fees and profits are whole numbers of 1e-8, and at any time
 *
 *     cash = initialCash + realised - fees - sum(basis)
 *
 * holds to the last unit. What is paid is rounded up and what is received down, so rounding never makes money.
 * Profit is by average cost. Equity is also kept as a float, marked at every bar's close, for decisions and statistics.
 */
export class Ledger implements Portfolio {
  readonly instruments: readonly string[];
  readonly initialCash: Fixed8;
  #cash: Fixed8;
  #fees: Fixed8 = 0n;
  #slippage: Fixed8 = 0n;
  #realised: Fixed8 = 0n;
  #traded: Fixed8 = 0n;
  #cashFloat: number;
  #equity: number;
  #open = 0;
  readonly #positions: readonly Position[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(initialCash: Fixed8, instruments: readonly string[]) {
    this.instruments = instruments;
    this.initialCash = initialCash;
    this.#cash = initialCash;
    this.#cashFloat = fromFixed8(initialCash);
    this.#equity = this.#cashFloat;
    this.#index = new Map(instruments.map((name, i) => [name, i]));
    this.#positions = instruments.map(() => ({
      quantity: 0n,
      basis: 0n,
      entryPrice: 0n,
      entryTime: Number.NaN,
      size: 0,
      lastPrice: Number.NaN,
    }));
  }

  /** Takes an event into account; only fills and bars change anything. */
  apply(event: TradingEvent): void {
    if (event.type === "bars") this.#mark(event);
    else if (event.type === "fill") this.#settle(event.fill);
  }

  #mark(event: BarsEvent): void {
    const { close } = event;
    let equity = this.#cashFloat;
    for (let i = 0; i < this.#positions.length; i++) {
      const position = this.#positions[i]!;
      const price = close[i]!;
      if (!Number.isNaN(price)) position.lastPrice = price;
      if (position.size !== 0) equity += position.size * position.lastPrice;
    }
    this.#equity = equity;
  }

  #settle(fill: Fill): void {
    const position = this.#position(fill.instrument);
    const sign = fill.side === "buy" ? 1n : -1n;
    const notionalOf = fill.side === "buy" ? mulUp : mulDown;
    const closing = closingQuantity(position.quantity, fill);
    const opening = fill.quantity - closing;
    const notional = notionalOf(fill.quantity, fill.price);
    const closingNotional = opening === 0n ? notional : notionalOf(closing, fill.price);
    if (closing > 0n) {
      const held = abs(position.quantity);
      const released = closing === held ? position.basis : (position.basis * closing) / held;
      position.basis -= released;
      this.#realised += -sign * closingNotional - released;
    }
    if (opening > 0n) {
      const kept = abs(position.quantity) - closing;
      position.basis += sign * (notional - closingNotional);
      position.entryPrice = (position.entryPrice * kept + fill.price * opening) / (kept + opening);
      if (kept === 0n) position.entryTime = fill.time;
    }
    const wasOpen = position.quantity !== 0n;
    position.quantity += sign * fill.quantity;
    position.size = fromFixed8(position.quantity);
    position.lastPrice = fromFixed8(fill.price);
    this.#open += Number(position.quantity !== 0n) - Number(wasOpen);
    this.#cash -= sign * notional + fill.fee;
    this.#cashFloat = fromFixed8(this.#cash);
    this.#fees += fill.fee;
    this.#slippage += mulUp(fill.quantity, abs(fill.price - fill.referencePrice));
    this.#traded += notional;
    this.#equity = this.#cashFloat;
    for (const each of this.#positions) {
      if (each.size !== 0) this.#equity += each.size * each.lastPrice;
    }
  }

  /** cash and positions at the last prices, quote currency */
  get equity(): number {
    return this.#equity;
  }
  get cash(): number {
    return this.#cashFloat;
  }
  /** instruments of which something is held */
  get openPositions(): number {
    return this.#open;
  }

  holding(instrument: string): Holding | undefined {
    const position = this.#position(instrument);
    if (position.size === 0) return undefined;
    return {
      instrument,
      quantity: position.size,
      entryPrice: fromFixed8(position.entryPrice),
      entryTime: position.entryTime,
      weight: (position.size * position.lastPrice) / this.#equity,
    };
  }

  /** signed, exact */
  quantityOf(instrument: string): Fixed8 {
    return this.#position(instrument).quantity;
  }
  /** average entry price of what is held */
  entryPriceOf(instrument: string): Fixed8 {
    return this.#position(instrument).entryPrice;
  }
  /** the last close or fill, NaN before the first */
  priceOf(instrument: string): number {
    return this.#position(instrument).lastPrice;
  }

  /** The exact books, quote currency. `openProfit` and `equity` value what is held at the last prices. */
  books(): Books {
    let basis = 0n;
    let value = 0n;
    for (const position of this.#positions) {
      basis += position.basis;
      if (position.quantity !== 0n) value += mulDown(position.quantity, toFixed8(position.lastPrice));
    }
    return {
      cash: this.#cash,
      realised: this.#realised,
      fees: this.#fees,
      slippage: this.#slippage,
      traded: this.#traded,
      basis,
      openProfit: value - basis,
      equity: this.#cash + value,
    };
  }

  #position(instrument: string): Position {
    const index = this.#index.get(instrument);
    if (index === undefined) throw new RangeError(`the ledger does not keep '${instrument}'`);
    return this.#positions[index]!;
  }
}

export interface Books {
  readonly cash: Fixed8;
  /** profit of what was closed, before fees */
  readonly realised: Fixed8;
  readonly fees: Fixed8;
  /** what slippage cost; it is inside the fill prices already, and so inside the profits */
  readonly slippage: Fixed8;
  /** notional of all fills, both sides */
  readonly traded: Fixed8;
  /** signed cash inside open positions */
  readonly basis: Fixed8;
  readonly openProfit: Fixed8;
  readonly equity: Fixed8;
}

/** How much of a fill closes what is held; the rest opens. */
export function closingQuantity(held: Fixed8, fill: { side: Fill["side"]; quantity: Fixed8 }): Fixed8 {
  const isAgainst = fill.side === "buy" ? held < 0n : held > 0n;
  if (!isAgainst) return 0n;
  return least(abs(held), fill.quantity);
}

/** `Math.min` takes no bigint. */
export function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
