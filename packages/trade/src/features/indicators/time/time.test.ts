import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";

const at = (...texts: readonly string[]): Float64Array =>
  Float64Array.from(texts, (text) => Date.parse(`${text}Z`));

function compute(name: string, time: Float64Array, params: Record<string, unknown> = {}) {
  return findIndicator(name).create(params).compute({ time });
}

describe("time of day, weekday and month", () => {
  it("hour: midnight, 06:00, noon and 18:00 are the quarters of the circle, also before 1970", () => {
    const { sin, cos } = compute(
      "hour",
      at("2024-01-01T00:00", "2024-01-01T06:00", "1969-12-31T12:00", "2024-07-01T18:00"),
    );
    [0, 1, 0, -1].forEach((wanted, t) => {
      expect(sin![t]).toBeCloseTo(wanted, 12);
    });
    [1, 0, -1, 0].forEach((wanted, t) => {
      expect(cos![t]).toBeCloseTo(wanted, 12);
    });
  });

  it("weekday and month: a bar that ends at midnight belongs to the day before", () => {
    // 2024-01-01 was a Monday; the bar that ends there is Sunday's, of December
    const time = at("2024-01-01T00:00", "2024-01-01T00:05");
    const weekday = compute("weekday", time);
    expect(Math.atan2(weekday.sin![0]!, weekday.cos![0]!)).toBeCloseTo(
      (2 * Math.PI * 6) / 7 - 2 * Math.PI,
      12,
    );
    expect([weekday.sin![1], weekday.cos![1]]).toEqual([0, 1]);
    const month = compute("month", time);
    expect(Math.atan2(month.sin![0]!, month.cos![0]!)).toBeCloseTo(-Math.PI / 6, 12);
    expect([month.sin![1], month.cos![1]]).toEqual([0, 1]);
  });
});

describe("session", () => {
  it("knows New York's hours in winter and summer: open at 09:30, closed at 16:00", () => {
    const winter = compute(
      "session",
      at("2024-01-09T14:30", "2024-01-09T14:35", "2024-01-09T21:00", "2024-01-09T21:05"),
    );
    expect([...winter.open!]).toEqual([0, 1, 1, 0]);
    expect([...winter.sinceOpen!]).toEqual([0, 5, 390, 0]);
    expect([...winter.untilClose!]).toEqual([0, 385, 0, 0]);
    const summer = compute(
      "session",
      at("2024-07-09T13:30", "2024-07-09T13:35", "2024-07-09T20:00", "2024-07-09T20:05"),
    );
    expect([...summer.sinceOpen!]).toEqual([0, 5, 390, 0]);
  });

  it("knows holidays, weekends and early closings, whatever bar was asked before", () => {
    // Independence Day 2024; the Friday after Thanksgiving closes at 13:00
    const time = at(
      "2024-07-04T15:00",
      "2024-07-06T15:00",
      "2024-11-29T18:00",
      "2024-11-29T18:05",
      "2024-07-05T15:00",
    );
    const got = compute("session", time);
    expect([...got.open!]).toEqual([0, 0, 1, 0, 1]);
    expect([...got.sinceOpen!]).toEqual([0, 0, 210, 0, 90]);
    const back = compute("session", time.slice().reverse());
    expect([...back.sinceOpen!].reverse()).toEqual([...got.sinceOpen!]);
  });

  it("tells nothing before 1998 and after 2099, and does not fail at the edge", () => {
    const got = compute(
      "session",
      at("1997-12-31T20:00", "1998-01-02T15:00", "2099-12-31T23:00", "2100-06-01T15:00"),
    );
    expect([...got.open!].map(Number.isFinite)).toEqual([false, true, true, false]);
    expect(got.open![1]).toBe(1);
  });
});
