import { upperBound } from "../../core/columns.ts";
import { DataError, UsageError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { type Candidate, candidateOf, topRanked } from "./candidate.ts";
import { type Dropped, detailOf, judge, type Verdict } from "./dropReasons.ts";
import { barsNeeded, lastMeasures, type MeasureRow, tailBars } from "./momentumMeasures.ts";
import { momentumScore } from "./momentumScore.ts";
import { parseScanOptions, type ScanOptions, type ScanOptionsInput } from "./scanOptions.ts";
import { isStill, orderFault, soundFrom } from "./soundTail.ts";
import { newestClose, recentCloses } from "./universeClock.ts";

export interface MomentumScan {
  /** close of the universe's newest bar, ms UTC: no later bar was looked at */
  readonly asOf: number;
  /** symbols given */
  readonly scanned: number;
  /** symbols that got a score; the rest was dropped */
  readonly ranked: number;
  /** best score first, equal scores by symbol */
  readonly candidates: readonly Candidate[];
  /** by symbol */
  readonly dropped: readonly Dropped[];
}

/**
 * Measures every symbol at its last bar by `asOf`, drops those that could not be traded or measured with the reason named,
 * and ranks the rest by `momentumScore`. Only the last `tailBars` of each series are computed. The answer does not depend on
 * the order of the series.
 *
 * The universe's newest close is the latest that one in twenty symbols has reached, so that a single stray bar does not
 * make all others stale; bars after it are not looked at.
 * @param asOf ms UTC; bars that closed later are not there. Default: all are
 * @throws DataError when there is no series, or no bar by `asOf` in any; UsageError for options that do not fit or a symbol given twice
 */
export function momentumScan(
  series: readonly BarSeries[],
  options: ScanOptionsInput & { readonly asOf?: number | undefined } = {},
): MomentumScan {
  const { asOf = Number.POSITIVE_INFINITY, ...given } = options;
  const checked = parseScanOptions(given);
  if (Number.isNaN(asOf)) throw new UsageError("scan.asOf: is not a time: give ms since 1970");
  if (series.length === 0)
    throw new DataError("scan: the universe is empty: give the bars of at least one symbol");
  const names = new Set<string>();
  for (const { instrument } of series) {
    if (names.has(instrument)) throw new UsageError(`scan: ${instrument} is given twice: give it once`);
    names.add(instrument);
  }
  const unsorted = series.map(orderFault);
  const sorted = series.filter((_, i) => unsorted[i] === null);
  const newest = newestClose(sorted, asOf);
  if (Number.isNaN(newest)) {
    const by = Number.isFinite(asOf) ? ` by ${isoTime(asOf)}` : "";
    throw new DataError(
      `scan: none of ${series.length} symbols has a usable bar${by}: ${unsorted.find((f) => f !== null) ?? "import more bars"}`,
    );
  }
  const recent = recentCloses(sorted, newest, checked.filters.staleBars + 1);
  const oldest = recent.length > checked.filters.staleBars ? recent[0]! : Number.NEGATIVE_INFINITY;
  const ranked: { symbol: string; score: number; row: MeasureRow; price: number; asOf: number }[] = [];
  const dropped: Dropped[] = [];
  for (const [i, bars] of series.entries()) {
    const symbol = bars.instrument;
    const fault = unsorted[i];
    const found = fault
      ? ({ reason: "unsorted", detail: fault } as const)
      : measured(bars, upperBound(bars.closeTime, newest, bars.length), oldest, newest, checked);
    if ("reason" in found) dropped.push({ symbol, ...found });
    else ranked.push({ symbol, score: momentumScore(found.row, checked), ...found });
  }
  return {
    asOf: newest,
    scanned: series.length,
    ranked: ranked.length,
    candidates: topRanked(ranked, checked.top).map((r) =>
      candidateOf(r.symbol, r.asOf, r.price, r.score, r.row),
    ),
    dropped: dropped.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  };
}

/** One symbol from its rows [0, end): what it was measured by, or why it drops out. */
function measured(
  bars: BarSeries,
  end: number,
  oldest: number,
  newest: number,
  options: ScanOptions,
): { row: MeasureRow; price: number; asOf: number } | Verdict {
  if (end === 0) return { reason: "missing", detail: `it has no bar by ${isoTime(newest)}` };
  const last = bars.closeTime[end - 1]!;
  if (last < oldest) {
    const detail = `its last bar closed ${isoTime(last)}, the universe's newest ${isoTime(newest)}`;
    return { reason: "stale", detail };
  }
  const { row: from, fault } = soundFrom(bars, Math.max(0, end - tailBars(options.windows)), end);
  const needed = barsNeeded(options.windows);
  if (end - from < needed) {
    if (fault) return { reason: "broken", detail: fault };
    return { reason: "short", detail: `it has ${end - from} bars of the ${needed} that are needed` };
  }
  const { haltBars } = options.filters;
  let stillBars = 0;
  while (stillBars < haltBars && end - 1 - stillBars > from && isStill(bars, end - 1 - stillBars))
    stillBars++;
  const row = lastMeasures(sliceBars(bars, from, end), options.windows);
  const price = bars.close[end - 1]!;
  const reason = judge(price, row, stillBars, options);
  if (reason) return { reason, detail: detailOf(reason, price, row, options) };
  return { row, price, asOf: last };
}
