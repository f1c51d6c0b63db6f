import { type Fixed8, fromFixed8, mulDown, mulUp } from "../core/fixed.ts";
import { closingQuantity } from "./ledger.ts";
import type { Fill } from "./order.ts";

/** A round trip from flat to flat. Floats, for reading and statistics; the exact amounts are in the fills. */
export interface Trade {
  readonly instrument: string;
  readonly side: "long" | "short";
  /** ms UTC of the first fill and of the last */
  readonly entryTime: number;
  readonly exitTime: number;
  /** average fill prices */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** units of the base asset that were opened */
  readonly quantity: number;
  /** bars during which it was open, the entry bar and (where it was left inside) the exit bar included; at least 1 */
  readonly bars: number;
  /** net profit in quote currency: everything received less everything paid, fees included */
  readonly profit: number;
  /** net profit as a fraction of the entry notional */
  readonly netReturn: number;
  readonly fees: number;
  /** what slippage cost, already inside the prices */
  readonly slippage: number;
  readonly entryReason: string;
  /** `signal` for an order of the strategy */
  readonly exitReason: "signal" | "stop" | "target" | "endOfData";
}

interface OpenTrade {
  instrument: string;
  direction: 1n | -1n;
  held: Fixed8;
  entryTime: number;
  entryBar: number;
  entryReason: string;
  opened: Fixed8;
  paidIn: Fixed8;
  paidOut: Fixed8;
  fees: Fixed8;
  slippage: Fixed8;
}

/**
 * The round trips of a run, in the order in which they ended. What is still open is left out.
 * A fill across zero ends one trade and begins the next, its fee shared by quantity.
 */
export function tradesOf(fills: readonly Fill[]): readonly Trade[] {
  const open = new Map<string, OpenTrade>();
  const trades: Trade[] = [];
  for (const fill of fills) {
    const trade = open.get(fill.instrument);
    const closing = closingQuantity(trade ? trade.direction * trade.held : 0n, fill);
    const opening = fill.quantity - closing;
    const notionalOf = fill.side === "buy" ? mulUp : mulDown;
    const notional = notionalOf(fill.quantity, fill.price);
    const closingNotional = opening === 0n ? notional : notionalOf(closing, fill.price);
    const closingFee = opening === 0n ? fill.fee : (fill.fee * closing) / fill.quantity;
    const gap =
      fill.price > fill.referencePrice ? fill.price - fill.referencePrice : fill.referencePrice - fill.price;
    if (trade && closing > 0n) {
      trade.paidOut += closingNotional;
      trade.fees += closingFee;
      trade.slippage += mulUp(closing, gap);
      trade.held -= closing;
      if (trade.held === 0n) {
        trades.push(finish(trade, fill));
        open.delete(fill.instrument);
      }
    }
    if (opening > 0n) {
      const into = open.get(fill.instrument) ?? begin(fill);
      open.set(fill.instrument, into);
      into.held += opening;
      into.opened += opening;
      into.paidIn += notional - closingNotional;
      into.fees += fill.fee - closingFee;
      into.slippage += mulUp(opening, gap);
    }
  }
  return trades;
}

function begin(fill: Fill): OpenTrade {
  return {
    instrument: fill.instrument,
    direction: fill.side === "buy" ? 1n : -1n,
    held: 0n,
    entryTime: fill.time,
    entryBar: fill.bar,
    entryReason: fill.reason,
    opened: 0n,
    paidIn: 0n,
    paidOut: 0n,
    fees: 0n,
    slippage: 0n,
  };
}

function finish(trade: OpenTrade, last: Fill): Trade {
  const profit = fromFixed8(trade.direction * (trade.paidOut - trade.paidIn) - trade.fees);
  const quantity = fromFixed8(trade.opened);
  const paidIn = fromFixed8(trade.paidIn);
  return {
    instrument: trade.instrument,
    side: trade.direction > 0n ? "long" : "short",
    entryTime: trade.entryTime,
    exitTime: last.time,
    entryPrice: paidIn / quantity,
    exitPrice: fromFixed8(trade.paidOut) / quantity,
    quantity,
    bars: Math.max(1, last.bar - trade.entryBar + (last.isAtOpen ? 0 : 1)),
    profit,
    netReturn: profit / paidIn,
    fees: fromFixed8(trade.fees),
    slippage: fromFixed8(trade.slippage),
    entryReason: trade.entryReason,
    exitReason: last.kind === "order" ? "signal" : last.kind,
  };
}
