import type { BarSeries } from "../bars.ts";
import type { Findings } from "./findings.ts";

/** The mark price is an index price smoothed: past this distance one of both is off, or the market was in turmoil. */
export const MARK_TOLERANCE = 0.005;

/**
 * Distance of the mark price's close from the last traded price at the same moment.
 * @returns how many moments both have
 */
export function checkMark(mark: BarSeries, markMs: number, last: BarSeries, findings: Findings): number {
  let common = 0;
  for (let i = 0, j = 0; i < mark.length && j < last.length; ) {
    const time = mark.closeTime[i]!;
    if (last.closeTime[j]! < time) j++;
    else if (last.closeTime[j]! > time) i++;
    else {
      common++;
      const distance = mark.close[i]! / last.close[j]! - 1;
      if (Math.abs(distance) > MARK_TOLERANCE) {
        const note = `mark ${mark.close[i]}, last ${last.close[j]}: ${(distance * 100).toFixed(2)} %`;
        findings.add("markDistance", time - markMs, time, 1, note);
      }
      i++;
      j++;
    }
  }
  return common;
}
