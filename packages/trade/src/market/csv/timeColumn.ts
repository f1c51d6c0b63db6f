import { DataError, messageOf } from "../../core/errors.ts";
import { parseTime } from "../../core/time.ts";
import { localClock } from "./localTime.ts";

/** The names of a time column, the first that is there is read. */
export const TIME_COLUMNS = ["ts", "timestamp", "datetime", "date"] as const;
export type TimeColumn = (typeof TIME_COLUMNS)[number];

/** ms UTC of a field's text, or a DataError whose message says what is wrong with it (without the place). */
export type TimeReader = (text: string) => number;

/**
 * How a time column is read:
 * - `ts`: whole ms since 1970, below 1e14 (the year 5138).
 * - `timestamp`: whole seconds (below 1e11: until the year 5138), ms (from 1e11: 1973) or microseconds (from 1e14)
 *   since 1970, or ISO 8601.
 * - `datetime`: ISO 8601; without a zone it is wall-clock time of `timezone`.
 * - `date`: a calendar day YYYY-MM-DD, from midnight to midnight UTC whatever the timezone.
 */
export function timeReader(column: TimeColumn, timezone: string): TimeReader {
  const readIso = isoReader(timezone);
  switch (column) {
    case "ts":
      return milliseconds;
    case "timestamp":
      return (text) => (/^\s*-?\d+\s*$/.test(text) ? sinceEpoch(wholeNumber(text)) : readIso(text));
    case "datetime":
      return readIso;
    case "date":
      return cached((text) => {
        if (!/^\s*\d{4}-\d{2}-\d{2}\s*$/.test(text)) throw new DataError("is no day; write YYYY-MM-DD");
        return isoTimeOf(text);
      });
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\s*-?\d+\s*$/.test(text) || !Number.isSafeInteger(value)) {
    throw new DataError("is no whole number of ms since 1970");
  }
  return value;
}

/** A number past the year 5138 counts microseconds or nanoseconds. */
function milliseconds(text: string): number {
  const value = wholeNumber(text);
  if (Math.abs(value) < 1e14) return value;
  throw new DataError(
    "lies past the year 5138 in ms since 1970; microseconds belong in a column 'timestamp'",
  );
}

function sinceEpoch(value: number): number {
  const size = Math.abs(value);
  if (size < 1e11) return value * 1000;
  if (size < 1e14) return value;
  if (value % 1000 !== 0) throw new DataError("is no whole number of ms (read as microseconds since 1970)");
  return value / 1000;
}

function isoReader(timezone: string): TimeReader {
  const toUtc = localClock(timezone);
  return (text) => {
    const trimmed = text.trim();
    if (/^\d+$/.test(trimmed)) throw new DataError("is no ISO 8601 time");
    if (/(Z|[+-]\d{2}:?\d{2})$/.test(trimmed) && trimmed.length > 10) return isoTimeOf(trimmed);
    const utc = toUtc(isoTimeOf(trimmed));
    if (typeof utc === "number") return utc;
    throw new DataError(`${utc} in ${timezone}, whose clock was changed then; write times in UTC`);
  };
}

function isoTimeOf(text: string): number {
  try {
    return parseTime(text, "time");
  } catch (thrown) {
    throw new DataError("is not a time; write 2024-02-28 or 2024-02-28T12:00:00Z", {
      cause: messageOf(thrown),
    });
  }
}

/** Days repeat from symbol to symbol in a file of many. */
function cached(read: TimeReader): TimeReader {
  const known = new Map<string, number>();
  return (text) => {
    const held = known.get(text);
    if (held !== undefined) return held;
    const value = read(text);
    known.set(text, value);
    return value;
  };
}
