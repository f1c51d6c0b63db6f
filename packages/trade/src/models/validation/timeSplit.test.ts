import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TimeSplitConfig, timeSplit, timeSplitSchema } from "./timeSplit.ts";
import { usableRows } from "./usableRows.ts";

/** Bars a minute apart with labels `horizon` bars ahead; all rows usable. */
function rowsOf(length: number, horizon: number) {
  const closeTime = Float64Array.from({ length }, (_, t) => (t + 1) * 60_000);
  const knownAt = closeTime.map((_, t) => closeTime[t + horizon] ?? Number.POSITIVE_INFINITY);
  return { closeTime, knownAt, rows: Array.from({ length: Math.max(0, length - horizon) }, (_, t) => t) };
}
const config = (given: object = {}): TimeSplitConfig => timeSplitSchema.parse(given);

describe("timeSplit", () => {
  it("cuts 70/15/15 by time, purged and embargoed, by hand", () => {
    // 103 bars, horizon 3: 100 rows; cuts at 70 and 85. Embargo 5: train may know up to bar 65, so rows 0 to 62.
    const split = timeSplit(rowsOf(103, 3), config({ embargoBars: 5 }), 10);
    expect([split.train.rows.length, split.validation.rows.length, split.test.rows.length]).toEqual([
      63, 8, 15,
    ]);
    expect([...split.validation.rows]).toEqual([70, 71, 72, 73, 74, 75, 76, 77]);
    expect([split.train.from, split.train.to, split.train.knownUntil]).toEqual(
      [1, 63, 66].map((bar) => bar * 60_000),
    );
    expect([split.test.from, split.test.to]).toEqual([86, 100].map((bar) => bar * 60_000));
    // Outcomes of rows 68, 69 (and 83, 84) lie beyond the first decision of the next part.
    expect([split.purged, split.embargoed]).toEqual([4, 10]);
  });

  it("has an embargo of one window unless it is said otherwise, and none when that is said", () => {
    expect(timeSplit(rowsOf(1000, 1), config(), 20).embargoBars).toBe(20);
    const none = timeSplit(rowsOf(101, 1), config({ embargoBars: 0 }), 20);
    // knownAt of row 69 is the decision of row 70: known in time.
    expect([none.train.rows.length, none.purged, none.embargoed]).toEqual([70, 0, 0]);
  });

  it("keeps the parts apart, in order and purged, whatever the gaps, labels and settings", () => {
    const input = fc.record({
      steps: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 30, maxLength: 300 }),
      horizons: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 300, maxLength: 300 }),
      dropped: fc.array(fc.boolean(), { minLength: 300, maxLength: 300 }),
      embargoBars: fc.integer({ min: 0, max: 6 }),
      train: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
    });
    let whole = 0;
    fc.assert(
      fc.property(input, ({ steps, horizons, dropped, embargoBars, train }) => {
        let time = 0;
        const closeTime = Float64Array.from(steps, (step) => (time += step));
        const knownAt = closeTime.map((_, t) => closeTime[t + horizons[t]!] ?? Number.POSITIVE_INFINITY);
        const rows = steps.flatMap((_, t) => (dropped[t] || knownAt[t] === Infinity ? [] : [t]));
        const given = config({ train, validation: (1 - train) / 2, test: (1 - train) / 2, embargoBars });
        let split: ReturnType<typeof timeSplit>;
        try {
          split = timeSplit({ closeTime, knownAt, rows }, given, 4);
        } catch (error) {
          expect(String(error)).toMatch(/split\.(train|validation|test): no rows are left/);
          return;
        }
        whole++;
        const parts = [split.train, split.validation, split.test];
        const kept = parts.flatMap((part) => [...part.rows]);
        // Ascending over all parts: in order, no row twice.
        for (let i = 1; i < kept.length; i++) expect(kept[i]).toBeGreaterThan(kept[i - 1]!);
        for (const row of kept) expect(rows).toContain(row);
        expect(kept.length + split.purged + split.embargoed).toBe(rows.length);
        for (const [earlier, later] of [
          [split.train, split.validation],
          [split.validation, split.test],
          [split.train, split.test],
        ] as const) {
          const first = later.rows[0]!;
          expect(Math.max(...[...earlier.rows].map((row) => knownAt[row]!))).toBe(earlier.knownUntil);
          expect(earlier.knownUntil).toBeLessThanOrEqual(closeTime[first - embargoBars]!);
          expect(earlier.to).toBeLessThan(later.from);
        }
      }),
    );
    expect(whole).toBeGreaterThan(20);
  });

  it("names the part that is left empty", () => {
    expect(() => timeSplit(rowsOf(0, 1), config(), 5)).toThrow(/split\.train: no rows/);
    expect(() => timeSplit(rowsOf(60, 50), config(), 5)).toThrow(/split\.train/);
    expect(() => timeSplit(rowsOf(103, 3), config({ embargoBars: 16 }), 5)).toThrow(
      /split\.validation: no rows are left of 15/,
    );
  });

  it("refuses shares that do not add up and rows that are none", () => {
    expect(() => config({ train: 0.8 })).toThrow(/add up to 1/);
    expect(() => config({ train: 1, validation: 0, test: 0 })).toThrow();
    const input = rowsOf(50, 1);
    expect(() => timeSplit({ ...input, rows: [3, 2] }, config(), 5)).toThrow(/row 2 at place 1/);
    expect(() => timeSplit({ ...input, rows: [50] }, config(), 5)).toThrow(/row 50 at place 0/);
    expect(() => timeSplit({ ...input, rows: [Number.NaN] }, config(), 5)).toThrow(/row NaN/);
    expect(() => timeSplit({ ...input, knownAt: new Float64Array(50) }, config(), 5)).toThrow(
      /known before its own bar/,
    );
    expect(() => timeSplit({ ...input, knownAt: new Float64Array(2) }, config(), 5)).toThrow(
      /2 label times for 50/,
    );
    expect(() => timeSplit(input, config(), 0)).toThrow(/window of 0/);
  });
});

describe("usableRows", () => {
  it("needs finite features in the whole window and finite labels in the row", () => {
    const a = Float32Array.of(NaN, 1, 1, 1, 1, 1, 1, 1);
    const b = Float32Array.of(1, 1, 1, 1, Infinity, 1, 1, 1);
    const label = Float32Array.of(1, 1, 1, 1, 1, 1, 1, NaN);
    expect([...usableRows([a, b], 2, [label])]).toEqual([2, 3, 6]);
    expect([...usableRows([a, b], 2)]).toEqual([2, 3, 6, 7]);
    expect([...usableRows([], 2)]).toEqual([]);
    expect([...usableRows([a], 100)]).toEqual([]);
  });
});
