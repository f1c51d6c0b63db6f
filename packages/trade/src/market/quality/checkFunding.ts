import { HOUR_MS } from "../../core/time.ts";
import type { FundingSeries } from "../funding.ts";
import type { Findings } from "./findings.ts";

/** Most perpetuals settle each 8 hours; an exchange may go to 4 or 1 in turmoil. */
export const USUAL_INTERVAL_MS = 8 * HOUR_MS;
/** Binance caps BTCUSDT at 0.3 % per 8 hours: a rate there is as extreme as it can be. */
const EXTREME_RATE = 0.003;
/** No large exchange lets a funding pass 4 %. */
const IMPOSSIBLE_RATE = 0.04;

/** Intervals other than 8 hours, extreme and impossible rates. A place reaches from the funding before to the funding. */
export function checkFunding(funding: FundingSeries, findings: Findings): void {
  for (let i = 0; i < funding.length; i++) {
    const time = funding.time[i]!;
    const rate = funding.rate[i]!;
    const before = i > 0 ? funding.time[i - 1]! : time - USUAL_INTERVAL_MS;
    const interval = time - before;
    if (interval !== USUAL_INTERVAL_MS) {
      findings.add("interval", before, time, 1, `${interval / HOUR_MS} h after the one before`);
    }
    const size = Math.abs(rate);
    const note = `${(rate * 100).toFixed(4)} %`;
    if (!(size <= IMPOSSIBLE_RATE)) findings.add("impossibleRate", time, time, 1, note);
    else if (size >= EXTREME_RATE) findings.add("extremeRate", time, time, 1, note);
  }
}
