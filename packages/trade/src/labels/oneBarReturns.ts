import type { Panel } from "../market/bars.ts";
import { barStepMs } from "./barStepMs.ts";

/** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
export type Gaps = "drop" | "allow";

/** ln(c / c[-1]); NaN in the first row, beside a close that is none, and across missing bars unless they are allowed. */
export function oneBarReturns({ closeTime }: Panel, close: Float64Array, gaps: Gaps): Float64Array {
  const stepMs = barStepMs(closeTime);
  const out = new Float64Array(close.length).fill(Number.NaN);
  for (let t = 1; t < out.length; t++) {
    const unbroken = gaps === "allow" || closeTime[t]! - closeTime[t - 1]! === stepMs;
    if (unbroken && close[t]! > 0 && close[t - 1]! > 0) out[t] = Math.log(close[t]! / close[t - 1]!);
  }
  return out;
}
