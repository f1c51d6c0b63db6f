import { DAY_MS, isoTime } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import type { Findings } from "./findings.ts";

/** Where most series of the same source begin and end, ms UTC: medians over them. */
export interface Cohort {
  readonly source: string;
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Fewer series do not tell what is usual. */
export const LEAST_COHORT = 3;
/** Bars that a beginning or an end may lie apart: a holiday week, an update under way. */
const BARS_APART = 7;

/** A beginning after the others', an end before theirs, bars from before a listing. */
export function checkEnds(
  bars: BarSeries,
  barMs: number,
  known: {
    readonly beginners: Cohort | null;
    readonly enders: Cohort | null;
    readonly listedAt: number | null;
  },
  findings: Findings,
): void {
  if (bars.length === 0) return;
  const first = bars.closeTime[0]! - barMs;
  const last = bars.closeTime[bars.length - 1]!;
  const { beginners, enders, listedAt } = known;
  const apart = BARS_APART * Math.max(barMs, DAY_MS);
  if (beginners && beginners.series >= LEAST_COHORT && first > beginners.from + apart) {
    const note = `most of ${beginners.series} series of ${beginners.source} begin ${isoTime(beginners.from)}`;
    findings.add("lateStart", first, first + barMs, 1, note);
  }
  if (enders && enders.series >= LEAST_COHORT && last < enders.to - apart) {
    const note = `most of ${enders.series} series of ${enders.source} end ${isoTime(enders.to)}`;
    findings.add("stopped", last - barMs, last, 1, note);
  }
  if (listedAt === null) return;
  for (let i = 0; i < bars.length && bars.closeTime[i]! <= listedAt; i++) {
    findings.addRow("beforeListing", bars, i, barMs, `listed ${isoTime(listedAt)}`);
  }
}
