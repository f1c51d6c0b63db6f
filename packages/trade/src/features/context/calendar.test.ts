import { describe, expect, it } from "vitest";
import { calendar } from "./calendar.ts";

describe("calendar", () => {
  it("gives a daily bar, stamped at the midnight that ends it, the day that it traded", () => {
    // 2020-03-16 was a Monday, 2019-12-31 a Tuesday, 2020-02-29 a Saturday.
    const midnights = ["2020-03-17", "2020-01-01", "2020-03-01"].map((day) => Date.parse(day));
    const days = calendar(Float64Array.from(midnights));
    expect(days.weekdaySin[0]).toBe(0);
    expect(days.weekdayCos[0]).toBe(1);
    // sin and cos of 360/7 degrees and of 5 x 360/7 degrees
    expect(days.weekdaySin[1]).toBeCloseTo(0.7818315, 7);
    expect(days.weekdayCos[1]).toBeCloseTo(0.6234898, 7);
    expect(days.weekdaySin[2]).toBeCloseTo(-0.9749279, 7);
    expect(days.weekdayCos[2]).toBeCloseTo(-0.2225209, 7);
    // March is 60 degrees, December 330, February 30.
    expect(days.monthSin[0]).toBeCloseTo(0.8660254, 7);
    expect(days.monthCos[0]).toBeCloseTo(0.5, 7);
    expect(days.monthSin[1]).toBeCloseTo(-0.5, 7);
    expect(days.monthCos[1]).toBeCloseTo(0.8660254, 7);
    expect(days.monthSin[2]).toBeCloseTo(0.5, 7);
  });

  it("changes at midnight UTC, works before 1970, and is NaN for a time that is none", () => {
    const at = (...times: number[]) => calendar(Float64Array.from(times));
    const friday = Date.parse("2020-03-20T20:00:00Z");
    expect(at(friday).weekdaySin[0]).toBeCloseTo(-0.4338837, 7);
    // 1969-12-29 was a Monday.
    expect(at(Date.parse("1969-12-29T12:00:00Z")).weekdayCos[0]).toBe(1);
    for (const column of Object.values(at(Number.NaN, Number.POSITIVE_INFINITY))) {
      expect([...column]).toEqual([NaN, NaN]);
    }
  });
});
