import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import { offsetReader } from "../csv/localTime.ts";

/** Local time minus UTC, in ms, at a moment (ms UTC). */
export type ZoneOffset = (utcMs: number) => number;

interface YearOfOffsets {
  /** moments (ms UTC, ascending) from which the offset beside them holds; the first is the year's beginning */
  readonly from: readonly number[];
  readonly offset: readonly number[];
}

const known = new Map<string, ZoneOffset>();

/**
 * The offset of a zone from the runtime's own zone tables, quick enough to be asked for every bar: each year's changes of
 * the clock are found once, by bisection to the minute, and kept.
 * @param timezone an IANA name. @throws UsageError for a zone that is not known
 */
export function zoneOffset(timezone: string): ZoneOffset {
  const held = known.get(timezone);
  if (held) return held;
  const read = offsetReader(timezone);
  const years = new Map<number, YearOfOffsets>();
  const offsetAt: ZoneOffset = (utcMs) => {
    if (!Number.isFinite(utcMs)) return Number.NaN;
    const year = new Date(utcMs).getUTCFullYear();
    let table = years.get(year);
    if (!table) {
      table = offsetsOfYear(read, year);
      years.set(year, table);
    }
    let i = table.from.length - 1;
    while (i > 0 && table.from[i]! > utcMs) i--;
    return table.offset[i]!;
  };
  known.set(timezone, offsetAt);
  return offsetAt;
}

function offsetsOfYear(read: ZoneOffset, year: number): YearOfOffsets {
  const end = Date.UTC(year + 1, 0, 1);
  const from = [Date.UTC(year, 0, 1)];
  const offset = [read(from[0]!)];
  // no zone has put its clock forward and back again within a week
  for (let at = from[0]!; at < end; at += 7 * DAY_MS) {
    const next = Math.min(at + 7 * DAY_MS, end);
    const after = read(next);
    const before = offset[offset.length - 1]!;
    if (after === before) continue;
    let low = at;
    let high = next;
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
      if (read(middle) === before) low = middle;
      else high = middle;
    }
    if (high < end) {
      from.push(high);
      offset.push(after);
    }
  }
  return { from, offset };
}
