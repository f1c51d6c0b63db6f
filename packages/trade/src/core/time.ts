import { UsageError } from "./errors.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const unitMs = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS } as const;

/**
 * The length of a bar in ms from its usual name: `1m 5m 15m 1h 4h 1d 1w`.
 * @throws UsageError for anything else.
 */
export function timeframeMs(timeframe: string): number {
  const match = /^([1-9]\d{0,3})([mhdw])$/.exec(timeframe);
  if (!match) {
    throw new UsageError(
      `timeframe '${timeframe}' is not understood: write a number and m, h, d or w, such as 5m or 1h`,
    );
  }
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** The usual name of a bar length in ms: 300000 is `5m`. */
export function timeframeName(ms: number): string {
  for (const [unit, size] of [
    ["d", DAY_MS],
    ["h", HOUR_MS],
    ["m", MINUTE_MS],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  throw new UsageError(`a bar of ${ms} ms is no whole number of minutes`);
}

/** ms since 1970 as ISO 8601 UTC, without the milliseconds when they are zero. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/**
 * Reads a time that a user wrote: ISO 8601 (a date alone is midnight UTC; without a zone it is UTC), or ms since 1970.
 * @param where names the option or field in the error
 */
export function parseTime(text: string, where: string): number {
  const trimmed = text.trim();
  if (/^\d{11,14}$/.test(trimmed)) return Number(trimmed);
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(
      trimmed,
    );
  if (match) {
    const [, y, mo, d, h = "0", mi = "0", s = "0", frac = "0", zone = "Z"] = match;
    const ms = Date.UTC(
      Number(y),
      Number(mo) - 1,
      Number(d),
      Number(h),
      Number(mi),
      Number(s),
      Number(frac.padEnd(3, "0")),
    );
    const date = new Date(ms);
    const isReal =
      // Date.UTC reads the years 0 to 99 as 1900 to 1999
      date.getUTCFullYear() === Number(y) &&
      date.getUTCMonth() === Number(mo) - 1 &&
      date.getUTCDate() === Number(d) &&
      Number(h) < 24 &&
      Number(mi) < 60 &&
      Number(s) < 60;
    const offset = zoneOffsetMs(zone);
    if (isReal && offset !== null) return ms - offset;
  }
  throw new UsageError(
    `${where}: '${text}' is not a time: write 2024-02-28, 2024-02-28T12:00:00Z or ms since 1970`,
  );
}

/** Local time minus UTC; null where there is no such zone (they lie between -12:00 and +14:00). */
function zoneOffsetMs(zone: string): number | null {
  if (zone === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  const digits = zone.replace(/[^\d]/g, "");
  const minutes = Number(digits.slice(2, 4));
  const offset = sign * (Number(digits.slice(0, 2)) * HOUR_MS + minutes * MINUTE_MS);
  return minutes < 60 && offset >= -12 * HOUR_MS && offset <= 14 * HOUR_MS ? offset : null;
}
