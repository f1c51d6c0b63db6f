import { z } from "zod";
import { FLAT } from "../flat.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Balance of power, -1 to 1: bop = (close - open) / (high - low); 0 where the bar has no range.
 * Source: Livshin, Stocks & Commodities 19:8, 2001. The same in TA-Lib and Tulip; TradingView also; StockCharts shows an average of 14.
 */
export const bopIndicator = indicator({
  name: "bop",
  title: "Balance of power",
  formula: "(close - open) / (high - low)",
  source: "Livshin, Stocks & Commodities 19:8, 2001",
  params: z.strictObject({}),
  inputs: ["open", "high", "low", "close"],
  outputs: () => ({ bop: 0 }),
  lookback: () => 0,
  compute({ open, high, low, close }) {
    const bop = newColumn(close.length);
    for (let t = 0; t < bop.length; t++) {
      const range = high[t]! - low[t]!;
      bop[t] = range <= FLAT * Math.abs(close[t]!) ? 0 : (close[t]! - open[t]!) / range;
    }
    return { bop };
  },
});
