import { DAY_MS } from "../../../core/time.ts";
import { zoneOffset } from "../../calendars/zoneOffset.ts";

const newYork = zoneOffset("America/New_York");

/**
 * Midnight UTC of the date that a moment has in New York: where the store begins the daily bar. Venues stamp it with midnight
 * in New York (Alpaca) or Chicago (Schwab), with the open or the last trade (Yahoo).
 */
export function exchangeDay(time: number): number {
  return Number.isFinite(time) ? Math.floor((time + newYork(time)) / DAY_MS) * DAY_MS : Number.NaN;
}
