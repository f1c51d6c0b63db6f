import { timeframeMs } from "../../core/time.ts";
import { Findings, makeReport, missingRanges, type QualityReport } from "../../market/index.ts";
import { readOpenInterest, type StoredSeries, type Workspace } from "../../store/index.ts";

/** Steps that are missing between the first and the last: contracts trade without a pause. */
export async function openInterestReport(workspace: Workspace, stored: StoredSeries): Promise<QualityReport> {
  const { symbol, market, timeframe } = stored;
  const { length, time } = await readOpenInterest(workspace, { symbol, market, timeframe: timeframe! });
  const stepMs = timeframeMs(timeframe!);
  const findings = new Findings();
  const [first, last] = [time[0] ?? 0, time[length - 1] ?? 0];
  for (const { from, to } of missingRanges(time, stepMs, first - stepMs, last)) {
    findings.add("gaps", from + stepMs, to, Math.round((to - from) / stepMs), "no row");
  }
  const expected = length === 0 ? 0 : (last - first) / stepMs + 1;
  return makeReport({
    head: {
      ...{ symbol, market, timeframe, rows: length, comparisons: [] },
      kind: "openInterest",
      calendar: "the clock: trade without a pause",
    },
    from: length > 0 ? first : null,
    to: length > 0 ? last : null,
    findings,
    made: ["gaps"],
    looked: { gaps: expected },
    missingShare: expected === 0 ? null : findings.count("gaps") / expected,
    outlierShare: 0,
  });
}
