import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { missingSessions } from "./missingSessions.ts";

const at = (text: string): number => Date.parse(text);

describe("missingSessions", () => {
  // nyse.com/markets/hours-calendars: Thanksgiving 2024 was 28 November; the 29th closed at 13:00 (18:00 UTC)
  test("a weekend and a holiday are no gap, a day of trade is", () => {
    const weekend = { from: at("2024-11-23"), to: at("2024-11-25") };
    const holiday = { from: at("2024-11-28"), to: at("2024-11-29") };
    const day = { from: at("2024-11-26"), to: at("2024-11-28") };
    expect(missingSessions([weekend, day, holiday], DAY_MS)).toEqual([day]);
  });

  test("a night is no gap of minutes, nor the afternoon of a half day; an hour of a session is", () => {
    const night = { from: at("2024-11-26T21:00Z"), to: at("2024-11-27T14:30Z") };
    const afternoon = { from: at("2024-11-29T18:00Z"), to: at("2024-12-02T14:30Z") };
    const hour = { from: at("2024-11-27T15:00Z"), to: at("2024-11-27T15:00Z") + HOUR_MS };
    expect(missingSessions([night, hour, afternoon], 5 * MINUTE_MS)).toEqual([hour]);
  });

  test("what has no end, or lies before the calendar, stays", () => {
    const open = { from: at("2024-11-23"), to: Number.POSITIVE_INFINITY };
    const old = { from: at("1990-01-06"), to: at("1990-01-08") };
    expect(missingSessions([old, open], DAY_MS)).toEqual([old, open]);
  });
});
