import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../core/time.ts";
import { allocateBars, type BAR_COLUMNS, type BarSeries } from "../bars.ts";
import { checkBars } from "./checkBars.ts";
import type { QualityReport } from "./qualityReport.ts";
import { tradingCalendarOf } from "./tradingDays.ts";

/** 2023-01-02T00:00Z */
const START = 1672617600000;

/** Hourly bars whose close goes up, down and nowhere by 1 %: median log return 0, robust deviation 1.4826 x ln 1.01. */
function calmBars(length: number): BarSeries {
  const bars = allocateBars("X", length);
  for (let i = 0; i < length; i++) {
    bars.closeTime[i] = START + (i + 1) * HOUR_MS;
    bars.open[i] = 100;
    bars.close[i] = i % 3 === 1 ? 101 : 100;
    bars.high[i] = 102;
    bars.low[i] = 99;
    bars.volume[i] = 5;
  }
  return bars;
}

function found(report: QualityReport): Record<string, { count: number; places: readonly string[] }> {
  return Object.fromEntries(
    report.checks.filter((c) => c.count > 0).map(({ name, count, places }) => [name, { count, places }]),
  );
}

const continuous = { calendar: "continuous" } as const;

describe("checkBars", () => {
  test("clean bars have nothing found and meet the targets", () => {
    const report = checkBars(calmBars(500), HOUR_MS, continuous);
    expect(found(report)).toEqual({});
    expect(report).toMatchObject({
      symbol: "X",
      timeframe: "1h",
      rows: 500,
      from: "2023-01-02T00:00:00Z",
      to: "2023-01-22T20:00:00Z",
      missingShare: 0,
      outlierShare: 0,
      ok: true,
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("a gap is counted in bars, named by its first missing one, and judged against the target", () => {
    const bars = calmBars(996);
    // four bars are missing after the first ten: 4 of 1000
    for (let i = 10; i < 996; i++) bars.closeTime[i] = START + (i + 5) * HOUR_MS;
    const report = checkBars(bars, HOUR_MS, continuous);
    expect(found(report)).toEqual({ gaps: { count: 4, places: ["2023-01-02T10:00:00Z"] } });
    expect(report.missingShare).toBeCloseTo(0.004, 12);
    expect(report.targets[0]).toMatchObject({ name: "missing", target: 0.001, met: false });
    expect(report.ok).toBe(false);
  });

  test("without an exchange's sessions its gaps are not judged", () => {
    const bars = calmBars(100);
    for (let i = 50; i < 100; i++) bars.closeTime[i] = START + (i + 17) * HOUR_MS;
    const report = checkBars(bars, HOUR_MS, { calendar: tradingCalendarOf("stock") });
    expect(report.missingShare).toBeNull();
    expect(report.checks[0]).toMatchObject({ name: "gaps", severity: "not judged" });
    expect(report.targets[0]?.met).toBeNull();
    expect(report.ok).toBe(true);
  });

  test("duplicates and disorder", () => {
    const bars = calmBars(6);
    bars.closeTime[2] = bars.closeTime[1]!;
    bars.closeTime[5] = START;
    const report = checkBars(bars, HOUR_MS, { calendar: "exchange" });
    expect(found(report)).toEqual({
      duplicates: { count: 1, places: ["2023-01-02T01:00:00Z"] },
      order: { count: 1, places: ["2023-01-01T23:00:00Z"] },
    });
    expect(report.ok).toBe(false);
  });

  test.each<[string, (typeof BAR_COLUMNS)[number], number, string, boolean]>([
    ["a price that is not finite", "high", Number.NaN, "nonFinite", false],
    ["high below low", "high", 98, "highBelowLow", false],
    ["close above high", "close", 102.5, "outsideRange", true],
    ["a price of zero", "low", 0, "nonPositivePrice", false],
    ["a volume below zero", "volume", -1, "negativeVolume", false],
    ["no trade", "volume", 0, "zeroVolume", true],
  ])("%s", (_, column, value, name, ok) => {
    const bars = calmBars(400);
    bars[column][3] = value;
    const report = checkBars(bars, HOUR_MS, continuous);
    expect(found(report)).toEqual({ [name]: { count: 1, places: ["2023-01-02T03:00:00Z"] } });
    expect(report.ok).toBe(ok);
  });

  test("a spike is a bar that comes back; a jump stays", () => {
    const bars = calmBars(400);
    // 1.4826 x ln 1.01 is one sigma: ln 1.2 is 12.4 of them
    bars.close[40] = 120;
    bars.high[40] = 121;
    for (let i = 200; i < 400; i++) {
      for (const name of ["open", "high", "low", "close"] as const) bars[name][i]! *= 1.3;
    }
    const report = found(checkBars(bars, HOUR_MS, continuous));
    expect(report.spikes).toEqual({ count: 1, places: ["2023-01-03T16:00:00Z"] });
    expect(report.jumps).toEqual({ count: 1, places: ["2023-01-10T08:00:00Z"] });
    expect(Object.keys(report)).toEqual(["spikes", "jumps"]);
  });

  test("no bars and one bar do not disturb it", () => {
    expect(checkBars(calmBars(0), HOUR_MS, continuous)).toMatchObject({
      rows: 0,
      from: null,
      to: null,
      ok: true,
    });
    expect(checkBars(calmBars(1), HOUR_MS, continuous)).toMatchObject({ rows: 1, missingShare: 0, ok: true });
  });
});
