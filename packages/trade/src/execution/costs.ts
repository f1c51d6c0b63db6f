import { z } from "zod";
import { FIXED_ONE, type Fixed8, mulUp, toFixed8 } from "../core/fixed.ts";
import type { Side } from "./order.ts";

/** What trading costs. Defaults are the seed's: fee 0.1 %, slippage 0.05 %. */
export const costsSchema = z.strictObject({
  /** basis points of the notional, each side */
  feeBps: z.number().min(0).max(1000).default(10),
  /** basis points by which a market or stop order fills worse than the market's price */
  slippageBps: z.number().min(0).max(1000).default(5),
});
export type Costs = z.output<typeof costsSchema>;

/** Costs in the ledger's exact numbers: rates to 1e-8, every rounding against the account. */
export interface ExactCosts {
  readonly feeRate: Fixed8;
  readonly slippageRate: Fixed8;
}

export function exactCosts(costs: Costs): ExactCosts {
  return { feeRate: toFixed8(costs.feeBps / 1e4), slippageRate: toFixed8(costs.slippageBps / 1e4) };
}

/** The price of a market order: buys above, sells below the market's price by the slippage. */
export function slippedPrice(reference: Fixed8, side: Side, { slippageRate }: ExactCosts): Fixed8 {
  const slip = mulUp(reference, slippageRate);
  if (side === "buy") return reference + slip;
  return reference > slip ? reference - slip : 1n;
}

/** The fee of a fill, rounded up to 1e-8 of the quote currency. */
export function feeOf(quantity: Fixed8, price: Fixed8, { feeRate }: ExactCosts): Fixed8 {
  return mulUp(mulUp(quantity, price), feeRate);
}

/** The most that `cash` buys at `price` with the fee paid too, rounded down. */
export function affordable(cash: Fixed8, price: Fixed8, { feeRate }: ExactCosts): Fixed8 {
  if (cash <= 0n) return 0n;
  // two units of 1e-8 are kept back for the roundings of notional and fee
  const spendable = cash - 2n;
  const quantity = (spendable * FIXED_ONE * FIXED_ONE) / (price * (FIXED_ONE + feeRate));
  return quantity > 0n ? quantity : 0n;
}

/**
 * Net return of a round trip as a fraction of the entry notional, in floats: for statistics over many trades.
 * @param direction 1 long, -1 short
 * @param entry the market's price at entry, @param exit at exit; both filled as market orders
 */
export function roundTripReturn(entry: number, exit: number, direction: 1 | -1, costs: Costs): number {
  const slip = costs.slippageBps / 1e4;
  const fee = costs.feeBps / 1e4;
  const paid = entry * (1 + direction * slip);
  const received = exit * (1 - direction * slip);
  return (direction * (received - paid) - fee * (paid + received)) / paid;
}
