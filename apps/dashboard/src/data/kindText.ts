import type { SeriesKind } from "@orion/trade/wire";

/** What rows of a kind are called. */
export const kindText: Record<SeriesKind, string> = {
  bars: "bars",
  mark: "mark prices",
  funding: "funding rates",
  openInterest: "open interest",
};
