import { DAY_MS } from "../core/time.ts";

const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was the first Monday of the epoch: weekly bars start on Mondays, at exchanges too. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** The latest bar start at or before `ms`. Bars are aligned to the epoch in UTC, whole weeks to Mondays. */
export function floorToGrid(ms: number, timeframeMs: number): number {
  const offset = timeframeMs % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  return Math.floor((ms - offset) / timeframeMs) * timeframeMs + offset;
}

/** Whether `ms` is a bar start of this timeframe. */
export function isOnGrid(ms: number, timeframeMs: number): boolean {
  return floorToGrid(ms, timeframeMs) === ms;
}
