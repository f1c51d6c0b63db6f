import { z } from "zod";
import { linear } from "../linear.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";
import { roc } from "./roc.ts";

/**
 * Know sure thing: kst = 1 r1 + 2 r2 + 3 r3 + 4 r4, ri = SMA(ROC(x, roc_i), sma_i) in percent; signal = SMA(kst, signal).
 * Default ROC 10, 15, 20, 30, SMA 10, 10, 10, 15, signal 9. NaN before the longest of them.
 * Source: Pring, Stocks & Commodities 10:9, 1992, the short-term set. The same in StockCharts and TradingView; Pring's long-term set counts months.
 */
export const kstIndicator = indicator({
  name: "kst",
  title: "Know sure thing",
  formula: "kst = r1 + 2 r2 + 3 r3 + 4 r4, ri = SMA(ROC(close, roc_i), sma_i), signal = SMA(kst, signal)",
  source: "Pring, Stocks & Commodities 10:9, 1992",
  params: z.strictObject({
    roc1: bars(10),
    roc2: bars(15),
    roc3: bars(20),
    roc4: bars(30),
    sma1: bars(10),
    sma2: bars(10),
    sma3: bars(10),
    sma4: bars(15),
    signal: bars(9),
  }),
  inputs: ["close"],
  outputs: (p) => ({ kst: warmUp(p), signal: warmUp(p) + p.signal - 1 }),
  lookback: (p) => warmUp(p) + p.signal - 1,
  compute({ close }, p) {
    const kst = newColumn(close.length);
    pairs(p).forEach(([change, average], i) => {
      const part = roc(close, change);
      linear(kst, 1, sma(part, average, part), i + 1, kst);
    });
    return { kst, signal: sma(kst, p.signal) };
  },
});

type Periods = Record<"roc1" | "roc2" | "roc3" | "roc4" | "sma1" | "sma2" | "sma3" | "sma4", number>;

function pairs(p: Periods): readonly (readonly [number, number])[] {
  return [
    [p.roc1, p.sma1],
    [p.roc2, p.sma2],
    [p.roc3, p.sma3],
    [p.roc4, p.sma4],
  ];
}

function warmUp(p: Periods): number {
  return Math.max(...pairs(p).map(([change, average]) => change + average - 1));
}
