import { readFileSync } from "node:fs";
import { allocateBars, type BarSeries } from "../../market/bars.ts";

/** 1,000 dollar bars of the E-mini S&P 500, closes only; the file names their source. */
export function dollarBars(): BarSeries {
  const lines = readFileSync(new URL("./dollarBars.csv", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .slice(3);
  const bars = allocateBars("ES", lines.length);
  for (const [t, line] of lines.entries()) {
    const [time, close] = line.split(",");
    bars.closeTime[t] = Date.parse(`${time!.replace(" ", "T")}Z`);
    bars.close[t] = Number(close);
  }
  return bars;
}
