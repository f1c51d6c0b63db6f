import { describe, expect, test } from "vitest";
import { fromNewYork, newYorkWall, usSession } from "./session.ts";

const day = (text: string): number => Date.parse(text);
const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

describe("US sessions", () => {
  // nyse.com/markets/hours-calendars and its press releases of earlier years
  test.each([
    "2021-01-01",
    "2021-04-02",
    "2021-12-24",
    "2022-06-20",
    "2022-12-26",
    "2023-01-02",
    "2024-01-15",
    "2024-02-19",
    "2024-03-29",
    "2024-05-27",
    "2024-06-19",
    "2024-07-04",
    "2024-09-02",
    "2024-11-28",
    "2024-12-25",
    "2026-07-03",
    "2024-03-09",
  ])("closed on %s", (text) => {
    expect(usSession(day(text))).toBeNull();
  });

  test.each([
    ["2024-07-03", "17:00"],
    ["2024-11-29", "18:00"],
    ["2024-12-24", "18:00"],
    ["2023-07-03", "17:00"],
    ["2024-07-05", "20:00"],
    ["2021-12-31", "21:00"],
    ["2021-06-18", "20:00"],
  ])("on %s until %s UTC", (text, close) => {
    expect(iso(usSession(day(text))?.close)).toBe(`${text}T${close}:00.000Z`);
  });

  test("daylight saving: 2024 began it on 10 March and ended it on 3 November", () => {
    expect(iso(usSession(day("2024-03-08"))?.open)).toBe("2024-03-08T14:30:00.000Z");
    expect(iso(usSession(day("2024-03-11"))?.open)).toBe("2024-03-11T13:30:00.000Z");
    expect(iso(usSession(day("2024-11-04"))?.open)).toBe("2024-11-04T14:30:00.000Z");
    // 01:30 comes twice in the night of the change back; 02:30 does not exist in spring
    expect(newYorkWall(Date.parse("2024-11-03T06:30:00Z"))).toBe(Date.parse("2024-11-03T01:30:00Z"));
    for (const wall of ["2024-03-10T01:59:00Z", "2024-03-10T03:00:00Z", "2024-07-01T00:00:00Z"]) {
      expect(newYorkWall(fromNewYork(Date.parse(wall)))).toBe(Date.parse(wall));
    }
  });
});
