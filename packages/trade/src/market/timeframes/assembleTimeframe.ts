import { upperBound } from "../../core/columns.ts";
import { DataError, UsageError } from "../../core/errors.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../bars.ts";
import { resample } from "../resample.ts";

/** Bars of one instrument as they are stored at one timeframe. */
export interface TimeframeSource {
  readonly timeframe: string;
  readonly bars: BarSeries;
}

export interface AssembleRequest {
  /** the timeframe that is wanted */
  readonly timeframe: string;
  /** bars that are wanted, the newest ones */
  readonly rows: number;
  /** ms UTC: nothing that closes later is looked at */
  readonly at: number;
  /** relative distance of two sources' closes, in the middle of their common bars, from which on they do not belong together */
  readonly seamTolerance?: number;
}

/** The newest bars of a timeframe, and where they come from. */
export interface AssembledTimeframe {
  readonly timeframe: string;
  /** at most `rows`, oldest first, none closing after `at` */
  readonly bars: BarSeries;
  /** oldest first: from which stored timeframe each stretch of bars was made */
  readonly stretches: readonly { readonly from: string; readonly rows: number }[];
}

/** Half a percent: two vendors' last trades of an hour differ by less, a split or a dividend of a year by more. */
const SEAM_TOLERANCE = 0.005;
/** Common bars that are compared at a seam. */
const SEAM_BARS = 20;

/**
 * The newest `rows` bars of a timeframe as known at `at`, from whatever stored timeframes divide it. Bars of the longest such
 * timeframe come first; what it does not hold (the last hours, or years that only a shorter one has) is joined from the next
 * shorter one (`resample`), so that a series is as long as the stored bars together allow. A bar that has not closed by `at` is
 * never there, and one that `at` leaves unfinished is left out.
 *
 * Where two sources meet they must tell the same price: the middle of |ln(close / close)| over their last common bars is at most
 * `seamTolerance`. Two that have no bar in common cannot be compared and are not joined: the longer one is taken alone.
 * Prices adjusted for splits beside raw ones are found this way.
 *
 * @throws DataError when sources disagree, naming both and the bar; UsageError for a request that cannot be
 */
export function assembleTimeframe(
  sources: readonly TimeframeSource[],
  { timeframe, rows, at, seamTolerance = SEAM_TOLERANCE }: AssembleRequest,
): AssembledTimeframe {
  const wantedMs = timeframeMs(timeframe);
  if (!Number.isInteger(rows) || rows < 1)
    throw new UsageError(
      `timeframe ${timeframe}: ${rows} bars are not possible: give a whole number above 0`,
    );
  if (!Number.isFinite(at)) throw new UsageError(`timeframe ${timeframe}: '${at}' is not a time`);
  const usable = sources
    .map((source) => ({ ...source, ms: timeframeMs(source.timeframe) }))
    .filter(({ ms }) => wantedMs % ms === 0)
    .sort((a, b) => b.ms - a.ms);
  const parts = usable
    .map(({ timeframe: from, bars, ms }) => ({ from, bars: newestOf(bars, ms, wantedMs, rows, at) }))
    .filter(({ bars }) => bars.length > 0);
  let joined = parts[0];
  if (!joined) {
    const instrument = sources[0]?.bars.instrument ?? "";
    return { timeframe, bars: allocateBars(instrument, 0), stretches: [] };
  }
  let origin: string[] = new Array<string>(joined.bars.length).fill(joined.from);
  for (const part of parts.slice(1)) {
    const common = compareSeam(joined.bars, part.bars, joined.from, part.from, timeframe, seamTolerance);
    if (common === 0) continue;
    const union = unionOf(joined.bars, part.bars, origin, part.from);
    joined = { from: joined.from, bars: union.bars };
    origin = union.origin;
  }
  const from = Math.max(0, joined.bars.length - rows);
  const stretches: { from: string; rows: number }[] = [];
  for (const name of origin.slice(from)) {
    const last = stretches.at(-1);
    if (last?.from === name) last.rows++;
    else stretches.push({ from: name, rows: 1 });
  }
  return { timeframe, bars: sliceBars(joined.bars, from, joined.bars.length), stretches };
}

/** The last bars of a source that had closed by `at`, as bars of the wanted length; a few more than wanted, for the seam. */
function newestOf(bars: BarSeries, fromMs: number, toMs: number, rows: number, at: number): BarSeries {
  const end = upperBound(bars.closeTime, at, bars.length);
  if (fromMs === toMs) return sliceBars(bars, Math.max(0, end - rows), end);
  // markets that close leave their bars far apart in time: rows are counted and not hours
  const most = (rows + 1) * (toMs / fromMs);
  const tail = sliceBars(bars, Math.max(0, end - most), end);
  const longer = resample(tail, fromMs, toMs, at).bars;
  return sliceBars(longer, Math.max(0, longer.length - rows), longer.length);
}

/** @returns how many bars both have. @throws DataError when their closes differ */
function compareSeam(
  a: BarSeries,
  b: BarSeries,
  aName: string,
  bName: string,
  timeframe: string,
  tolerance: number,
): number {
  const distances: number[] = [];
  let newest = Number.NaN;
  for (let i = a.length - 1, j = b.length - 1; i >= 0 && j >= 0 && distances.length < SEAM_BARS; ) {
    const gap = a.closeTime[i]! - b.closeTime[j]!;
    if (gap > 0) i--;
    else if (gap < 0) j--;
    else {
      if (distances.length === 0) newest = a.closeTime[i]!;
      distances.push(Math.abs(Math.log(a.close[i--]! / b.close[j--]!)));
    }
  }
  if (distances.length === 0) return 0;
  distances.sort((x, y) => x - y);
  const middle = distances[distances.length >> 1]!;
  if (!(middle <= tolerance)) {
    throw new DataError(
      `${a.instrument}: its ${bName} bars joined to ${timeframe} and its ${aName} bars differ by ${(100 * Math.expm1(middle)).toFixed(1)} % ` +
        `(middle of ${distances.length} bars up to ${isoTime(newest)}): one of them may be adjusted for splits or dividends; import both raw or both adjusted`,
    );
  }
  return distances.length;
}

/** Bars of both, one each close time, of `a` where both have it. */
function unionOf(
  a: BarSeries,
  b: BarSeries,
  aOrigin: readonly string[],
  bName: string,
): { bars: BarSeries; origin: string[] } {
  const out = allocateBars(a.instrument, a.length + b.length);
  const origin: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const aTime = i < a.length ? a.closeTime[i]! : Number.POSITIVE_INFINITY;
    const bTime = j < b.length ? b.closeTime[j]! : Number.POSITIVE_INFINITY;
    const isOwn = aTime <= bTime;
    if (aTime === bTime) j++;
    const [from, row] = isOwn ? [a, i++] : [b, j++];
    out.closeTime[origin.length] = from.closeTime[row]!;
    for (const name of BAR_COLUMNS) out[name][origin.length] = from[name][row]!;
    origin.push(isOwn ? aOrigin[row]! : bName);
  }
  return { bars: sliceBars(out, 0, origin.length), origin };
}
