import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../bars.ts";
import { alignPanel } from "./alignPanel.ts";
import { slicePanel } from "./slicePanel.ts";

const options = { barMs: DAY_MS };

/** Daily bars that close at these days; each number says which series, bar and column it is. */
function barsAt(instrument: string, days: readonly number[], mark = 0): BarSeries {
  const bars = allocateBars(instrument, days.length);
  days.forEach((day, t) => {
    bars.closeTime[t] = day * DAY_MS;
    BAR_COLUMNS.forEach((name, c) => {
      bars[name][t] = mark + day * 10 + c;
    });
  });
  return bars;
}

/** Distinct ascending days with holes; ends at different days, may be empty. */
const calendar = fc
  .tuple(fc.nat(30), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }))
  .map(([start, steps]) => {
    let day = start;
    return steps.map((step) => {
      day += step > 3 ? 1 : step * 3;
      return day;
    });
  });

describe("alignPanel", () => {
  it("joins a holiday, a late start and an end by hand", () => {
    const target = barsAt("AAPL", [1, 2, 3, 4, 10, 11]);
    const spy = barsAt("SPY", [2, 4, 5], 1000);
    const panel = alignPanel(target, [spy], { ...options, maxAgeBars: 5 });
    // Day 1: not yet there. 3: still that of day 2. 10: that of day 5, just 5 days old. 11: too old.
    expect([...panel.series[1]!.open]).toEqual([NaN, 1020, 1020, 1040, 1050, NaN]);
    expect([...panel.series[1]!.volume]).toEqual([NaN, 1024, 1024, 1044, 1054, NaN]);
    expect(panel.series[0]).toBe(target);
    expect(panel.series[1]!.closeTime).toBe(target.closeTime);
    expect(panel.length).toBe(6);
  });

  it("takes no bar that closes even a millisecond after the target's", () => {
    const target = barsAt("AAPL", [1, 2]);
    const spy = barsAt("SPY", [1, 2]);
    spy.closeTime[1]! += 1;
    expect([...alignPanel(target, [spy], options).series[1]!.close]).toEqual([13, 13]);
  });

  it("equals a search through all context bars, on any calendars, and never knows more than its bar", () => {
    const maxAge = fc.constantFrom(0, 1, 2.5, 5, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(calendar, fc.array(calendar, { maxLength: 3 }), maxAge, (days, others, maxAgeBars) => {
        const target = barsAt("T", days);
        const context = others.map((c, i) => barsAt(`C${i}`, c, 1e6 * (i + 1)));
        const panel = alignPanel(target, context, { ...options, maxAgeBars });
        expect(panel.series.map((s) => s.instrument)).toEqual(["T", ...context.map((s) => s.instrument)]);
        context.forEach((bars, i) => {
          const joined = panel.series[i + 1]!;
          expect(joined).toHaveLength(days.length);
          days.forEach((day, t) => {
            const known = others[i]!.filter((d) => d <= day && day - d <= maxAgeBars);
            const row = known.length === 0 ? -1 : others[i]!.indexOf(Math.max(...known));
            for (const name of BAR_COLUMNS) {
              expect(joined[name]).toHaveLength(days.length);
              expect(joined[name][t]).toBe(row < 0 ? Number.NaN : bars[name][row]);
            }
          });
        });
      }),
    );
  });

  it("does not change what was known: bars after a time, in any series, leave the rows up to it as they are", () => {
    fc.assert(
      fc.property(calendar, calendar, fc.nat(120), (days, other, cut) => {
        const rows = days.filter((d) => d <= cut).length;
        const whole = alignPanel(barsAt("T", days), [barsAt("C", other)], options);
        const known = alignPanel(
          barsAt("T", days.slice(0, rows)),
          [
            barsAt(
              "C",
              other.filter((d) => d <= cut),
            ),
          ],
          options,
        );
        for (const name of BAR_COLUMNS) {
          expect(known.series[1]![name]).toEqual(slicePanel(whole, 0, rows).series[1]![name]);
        }
      }),
    );
  });

  it("keeps a missing number of the last bar missing instead of taking an older one", () => {
    const vix = barsAt("VIX", [1, 2]);
    vix.close[1] = Number.NaN;
    vix.volume.fill(Number.NaN);
    const joined = alignPanel(barsAt("T", [1, 2]), [vix], options).series[1]!;
    expect([...joined.close]).toEqual([13, NaN]);
    expect([...joined.open]).toEqual([10, 20]);
    expect([...joined.volume]).toEqual([NaN, NaN]);
  });

  it("takes no context, an empty one and an empty target", () => {
    expect(alignPanel(barsAt("T", [1]), [], options).series).toHaveLength(1);
    expect([...alignPanel(barsAt("T", [1]), [barsAt("C", [])], options).series[1]!.close]).toEqual([NaN]);
    expect(alignPanel(barsAt("T", []), [barsAt("C", [1])], options)).toMatchObject({ length: 0 });
  });

  it("refuses what cannot be joined, naming instrument and row", () => {
    const target = barsAt("T", [1, 2]);
    const bad = barsAt("SPY", [1, 2, 3]);
    bad.closeTime[2] = bad.closeTime[1]!;
    expect(() => alignPanel(target, [bad], options)).toThrow(/SPY row 2.*does not follow/);
    bad.closeTime[2] = Number.NaN;
    expect(() => alignPanel(target, [bad], options)).toThrow(/SPY row 2: 'NaN' is not a time/);
    const short = { ...barsAt("QQQ", [1, 2]), low: new Float64Array(1) };
    expect(() => alignPanel(target, [short], options)).toThrow(/QQQ has 1 rows of low where it says 2/);
    const twice = [barsAt("SPY", [1]), barsAt("SPY", [1])];
    expect(() => alignPanel(target, twice, options)).toThrow(/SPY is named twice/);
    expect(() => alignPanel(target, [], { barMs: 0 })).toThrow(/0 ms/);
    expect(() => alignPanel(target, [], { ...options, maxAgeBars: -1 })).toThrow(/-1 bars/);
    expect(() => alignPanel(target, [], { ...options, maxAgeBars: Number.NaN })).toThrow(/NaN bars/);
  });
});
