import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../core/time.ts";
import { offsetReader } from "../csv/localTime.ts";
import { zoneOffset } from "./zoneOffset.ts";

describe("zoneOffset", () => {
  it("changes New York's clock at 02:00 of the published Sundays, to the ms", () => {
    const offset = zoneOffset("America/New_York");
    // Energy Policy Act of 2005: second Sunday of March, first of November; before, first of April, last of October
    for (const [moment, before, after] of [
      ["2024-03-10T07:00:00Z", -5, -4],
      ["2024-11-03T06:00:00Z", -4, -5],
      ["2006-04-02T07:00:00Z", -5, -4],
      ["2006-10-29T06:00:00Z", -4, -5],
    ] as const) {
      const t = Date.parse(moment);
      expect([offset(t - 1), offset(t)]).toEqual([before * HOUR_MS, after * HOUR_MS]);
    }
  });

  it("equals the runtime's own answer in any zone, at any moment", () => {
    const zones = ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/London", "UTC"];
    const readers = new Map(zones.map((zone) => [zone, offsetReader(zone)]));
    const time = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), time, (zone, t) => {
        expect(zoneOffset(zone)(t)).toBe(readers.get(zone)!(t));
      }),
      { numRuns: 500 },
    );
  });

  it("is NaN at a time that is none, and refuses a zone that is none", () => {
    expect(zoneOffset("Asia/Tokyo")(Number.NaN)).toBeNaN();
    expect(() => zoneOffset("New York")).toThrow(/timezone 'New York' is not known/);
  });
});
