/** Price and quantity (base asset) of one level. */
export type BookLevel = readonly [price: number, quantity: number];

/** The best levels of an order book, best first on both sides. */
export interface OrderBook {
  readonly instrument: string;
  /** ms UTC, by the venue's clock where it says it */
  readonly time: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export interface Trade {
  readonly id: string;
  readonly instrument: string;
  /** ms UTC */
  readonly time: number;
  readonly price: number;
  /** in the base asset */
  readonly quantity: number;
  /** who took the liquidity */
  readonly side: "buy" | "sell";
}
