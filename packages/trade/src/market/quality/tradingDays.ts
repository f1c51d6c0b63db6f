import type { Market } from "../instrument.ts";

/** `continuous`: trades without a pause, each missing bar is a gap. `exchange`: has closing hours. */
export type TradingCalendar = "continuous" | "exchange";

/** One day of trading at an exchange, ms UTC. */
export interface TradingSession {
  /** midnight UTC of the exchange's calendar day: where its daily bar starts */
  readonly day: number;
  readonly open: number;
  readonly close: number;
}

/** The days on which an exchange trades, as far as they are known, with their hours. */
export interface TradingDays {
  /** in words: whose calendar */
  readonly name: string;
  /** ms UTC; outside of these it says nothing */
  readonly from: number;
  readonly to: number;
  /** ascending */
  readonly sessions: readonly TradingSession[];
}

/** Crypto trades without a pause, stocks have closing hours. */
export function tradingCalendarOf(market: Market): TradingCalendar {
  return market === "stock" ? "exchange" : "continuous";
}
