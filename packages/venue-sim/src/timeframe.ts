const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-01 was a Thursday; exchanges begin a week on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const unitMs = { s: 1000, m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS, w: WEEK_MS } as const;

/** The length of a bar in ms from `1s 1m 5m 1h 1d 1w`; `1M`, a calendar month, has none: NaN. */
export function timeframeMs(timeframe: string): number {
  if (timeframe === "1M") return Number.NaN;
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(timeframe);
  if (!match) throw new RangeError(`'${timeframe}' is no bar length: write 1m, 5m, 1h, 1d, 1w or 1M`);
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** Start of the bar that holds `at`, UTC: whole multiples since 1970, weeks from Monday, months by the calendar. */
export function barStart(timeframe: string, at: number): number {
  if (timeframe === "1M") {
    const day = new Date(at);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth());
  }
  const ms = timeframeMs(timeframe);
  const origin = ms % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  return Math.floor((at - origin) / ms) * ms + origin;
}

/** First instant after the bar that starts at `start`. */
export function barEnd(timeframe: string, start: number): number {
  if (timeframe !== "1M") return start + timeframeMs(timeframe);
  const day = new Date(start);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1);
}

/** Rough length for ordering: a month counts 30 days. */
export const timeframeLength = (timeframe: string): number =>
  timeframe === "1M" ? 30 * DAY_MS : timeframeMs(timeframe);
