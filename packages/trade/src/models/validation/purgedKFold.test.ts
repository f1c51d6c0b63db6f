import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PurgedKFoldConfig, purgedKFold } from "./purgedKFold.ts";

const config = (given: object): PurgedKFoldConfig => PurgedKFoldConfig.parse(given);
const bars = (rows: number, horizon: number) => ({
  time: Float64Array.from({ length: rows }, (_, t) => t),
  knownAt: Float64Array.from({ length: rows }, (_, t) => t + horizon),
});

describe("purgedKFold", () => {
  it("purges both sides and embargoes the later one, by hand", () => {
    // 12 rows, outcome 2 bars later, 3 folds; the middle one tests 4 to 7, whose outcomes reach bar 9.
    // Before it rows 3 (known at 5 > 4) fall; row 2 is known at 4, when the first test row decides. After it row 8 falls
    // (8 < 9); bar 9 and 10 are the embargo of 2; row 11 stays.
    const folds = purgedKFold(bars(12, 2), config({ folds: 3, embargoBars: 2 }));
    expect([...folds[1]!.test]).toEqual([4, 5, 6, 7]);
    expect([...folds[1]!.train]).toEqual([0, 1, 2, 11]);
    expect([folds[1]!.purged, folds[1]!.embargoed]).toEqual([2, 2]);
    expect([...folds[0]!.train]).toEqual([7, 8, 9, 10, 11]);
    expect([...folds[2]!.train]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("is an ordinary k-fold where outcomes are known at once and nothing is embargoed", () => {
    const folds = purgedKFold(bars(10, 0), config({ folds: 5, embargoBars: 0 }));
    folds.forEach(({ train, test }) => {
      expect([train.length, test.length]).toEqual([8, 2]);
    });
  });

  it("counts the embargo in bars of the calendar when one is given", () => {
    const sparse = { time: Float64Array.of(0, 10, 20, 30), knownAt: Float64Array.of(0, 10, 20, 30) };
    const rows = (calendar?: Float64Array) =>
      purgedKFold({ ...sparse, ...(calendar ? { calendar } : {}) }, config({ folds: 4, embargoBars: 2 }))[0]!
        .train;
    expect([...rows()]).toEqual([2, 3]);
    expect([...rows(Float64Array.from({ length: 31 }, (_, t) => t))]).toEqual([1, 2, 3]);
  });

  it("tests each row once and never trains on a row that shares its future, whatever times and spans", () => {
    const input = fc.record({
      time: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 20, maxLength: 120 }),
      spans: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 120, maxLength: 120 }),
      folds: fc.integer({ min: 2, max: 6 }),
      embargoBars: fc.integer({ min: 0, max: 5 }),
    });
    let whole = 0;
    fc.assert(
      fc.property(input, ({ time: times, spans, folds: count, embargoBars }) => {
        const time = Float64Array.from(times);
        const knownAt = time.map((t, i) => t + spans[i]!);
        let folds: ReturnType<typeof purgedKFold>;
        try {
          folds = purgedKFold({ time, knownAt }, config({ folds: count, embargoBars }));
        } catch (error) {
          expect(String(error)).toMatch(/folds: fold/);
          return;
        }
        whole++;
        const tested = folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
        expect(tested).toEqual(times.map((_, i) => i));
        const different = [...new Set(times)].sort((a, b) => a - b);
        folds.forEach(({ train, test, purged, embargoed }, k) => {
          const next = folds[k + 1];
          if (next)
            expect(Math.max(...[...test].map((i) => time[i]!))).toBeLessThan(
              Math.min(...[...next.test].map((i) => time[i]!)),
            );
          const first = Math.min(...[...test].map((i) => time[i]!));
          const last = Math.max(...[...test].map((i) => knownAt[i]!));
          const after = different.filter((t) => t >= last).slice(0, embargoBars);
          for (const i of train) {
            // (time, knownAt] and (first, last] have nothing in common
            expect(knownAt[i]! <= first || time[i]! >= last).toBe(true);
            if (knownAt[i]! > first) expect(after).not.toContain(time[i]);
          }
          expect(train.length + test.length + purged + embargoed).toBe(times.length);
        });
      }),
    );
    expect(whole).toBeGreaterThan(30);
  });

  it("refuses what it cannot cut, naming it", () => {
    expect(() => purgedKFold(bars(0, 1), config({}))).toThrow(/no rows/);
    expect(() => purgedKFold(bars(3, 0), config({ folds: 5 }))).toThrow(/fold \d of 5 has no rows/);
    expect(() => purgedKFold(bars(10, 100), config({}))).toThrow(/no training rows left/);
    expect(() =>
      purgedKFold({ time: Float64Array.of(1, 2), knownAt: Float64Array.of(1) }, config({})),
    ).toThrow(/1 label times for 2 rows/);
    expect(() =>
      purgedKFold({ time: Float64Array.of(1, 2), knownAt: Float64Array.of(0, 3) }, config({})),
    ).toThrow(/row 0 decides at 1 and is known at 0/);
    expect(() =>
      purgedKFold({ time: Float64Array.of(1, 2), knownAt: Float64Array.of(1, Number.NaN) }, config({})),
    ).toThrow(/row 1/);
  });
});
