import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { isoTime, parseTime, timeframeMs, timeframeName } from "./time.ts";

describe("timeframes", () => {
  test.each([
    ["1m", 60_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["4h", 14_400_000],
    ["1d", 86_400_000],
  ])("%s is %i ms, and back", (name, ms) => {
    expect(timeframeMs(name)).toBe(ms);
    expect(timeframeName(ms)).toBe(name);
  });

  test("equal lengths have one name", () => {
    expect(timeframeName(timeframeMs("60m"))).toBe("1h");
    expect(timeframeName(timeframeMs("1w"))).toBe("7d");
  });

  test.each(["", "5", "m", "0m", "5M", "-5m", "5 m", "5.5m", "5s", "99999m"])("'%s' is none", (text) => {
    expect(() => timeframeMs(text)).toThrow(UsageError);
  });

  test.each([0, -60_000, 30_000, 90_001, Number.NaN])("%d ms has no name", (ms) => {
    expect(() => timeframeName(ms)).toThrow(UsageError);
  });
});

describe("times", () => {
  // 1672531200 is 2023-01-01T00:00:00Z: date -u -d 2023-01-01 +%s
  test.each([
    ["2023-01-01", 1672531200000],
    ["2023-01-01T00:00", 1672531200000],
    [" 2023-01-01 00:00:00 ", 1672531200000],
    ["2023-01-01T00:00:00.5Z", 1672531200500],
    ["2023-01-01T02:30:00+02:30", 1672531200000],
    ["2022-12-31T19:00:00-0500", 1672531200000],
    ["1672531200000", 1672531200000],
    ["2024-02-29", 1709164800000],
    ["1969-12-31", -86_400_000],
  ])("%s", (text, ms) => {
    expect(parseTime(text, "--from")).toBe(ms);
  });

  test.each([
    "",
    "yesterday",
    "2023-02-29",
    "2023-13-01",
    "2023-00-01",
    "2023-01-01T24:00",
    "2023-01-01T00:60",
    "2023-01-01T00:00:60",
    "2023-1-1",
    "2023-01-01T00:00+99:00",
    "2023-01-01T00:00+01:75",
    "0023-01-01",
    "1672531200",
    "NaN",
  ])("'%s' is none, and the option is named", (text) => {
    expect(() => parseTime(text, "--from")).toThrow(UsageError);
    expect(() => parseTime(text, "--from")).toThrow("--from: ");
  });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) }), (ms) => {
        expect(parseTime(isoTime(ms), "x")).toBe(ms);
      }),
    );
    expect(isoTime(1672531200000)).toBe("2023-01-01T00:00:00Z");
  });
});
