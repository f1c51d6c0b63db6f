import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarSplit, holdBack, unionCalendar } from "./calendarSplit.ts";

/** Two symbols on days 1..20 and 11..20, outcomes known two days on. */
function twoSymbols() {
  const days = [
    ...Array.from({ length: 20 }, (_, i) => i + 1),
    ...Array.from({ length: 10 }, (_, i) => i + 11),
  ];
  return {
    closeTime: Float64Array.from(days),
    knownAt: Float64Array.from(days, (day) => day + 2),
    rows: Int32Array.from(days, (_, i) => i),
  };
}

test("by hand: days and not rows are shared out, at the same moments for both symbols", () => {
  const input = twoSymbols();
  const split = calendarSplit(input, { train: 0.5, validation: 0.25, test: 0.25, embargoBars: 1 }, 5);
  const days = (rows: Int32Array) => [...rows].map((row) => input.closeTime[row]);
  // 20 days: validation begins on day 11, test on day 16; a row stays when day + 2 <= first day - 1
  expect(days(split.train.rows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(days(split.validation.rows)).toEqual([11, 12, 13, 11, 12, 13]);
  expect(days(split.test.rows)).toEqual([16, 17, 18, 19, 20, 16, 17, 18, 19, 20]);
  // day 10 of one symbol, day 15 of two look beyond the boundary itself; days 9 and twice 14 only into the embargo
  expect(split.purged).toBe(3);
  expect(split.embargoed).toBe(3);
  expect(split.validation).toMatchObject({ from: 11, to: 13, knownUntil: 15 });
});

const calendars = fc.array(
  fc.tuple(fc.nat(30), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 20, maxLength: 60 })),
  { minLength: 1, maxLength: 4 },
);

test("on any calendars: no row of a part knows of the next part, embargo included, whatever the symbol", () => {
  fc.assert(
    fc.property(calendars, fc.nat(3), fc.nat(4), (symbols, ahead, embargoBars) => {
      const closeTime: number[] = [];
      const knownAt: number[] = [];
      for (const [start, steps] of symbols) {
        let day = start;
        const own = steps.map((step) => {
          day += step;
          return day;
        });
        own.forEach((time, i) => {
          closeTime.push(time);
          knownAt.push(own[i + ahead] ?? Number.POSITIVE_INFINITY);
        });
      }
      const input = {
        closeTime: Float64Array.from(closeTime),
        knownAt: Float64Array.from(knownAt),
        rows: Int32Array.from(closeTime.keys()).filter((row) => Number.isFinite(knownAt[row]!)),
      };
      let split: ReturnType<typeof calendarSplit>;
      try {
        split = calendarSplit(input, { train: 0.6, validation: 0.2, test: 0.2, embargoBars }, 5);
      } catch (thrown) {
        expect(String(thrown)).toMatch(/no rows are left/);
        return;
      }
      const calendar = unionCalendar(input.closeTime);
      for (const [earlier, later] of [
        [split.train, split.validation],
        [split.validation, split.test],
      ] as const) {
        const first = later === split.test ? later.from : Math.min(later.from, split.test.from);
        const limit = calendar[calendar.indexOf(first) - embargoBars]!;
        for (const row of earlier.rows) expect(input.knownAt[row]!).toBeLessThanOrEqual(limit);
      }
      const kept = [split.train, split.validation, split.test].flatMap((part) => [...part.rows]);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.length + split.purged + split.embargoed).toBe(input.rows.length);
    }),
    { numRuns: 60 },
  );
});

test("held back: the last days, and nothing before them that looks into them", () => {
  const input = twoSymbols();
  const { kept, heldBack } = holdBack(input, input.rows, 0.25, 1);
  const days = (rows: Int32Array) => [...rows].map((row) => input.closeTime[row]!);
  expect(Math.min(...days(heldBack))).toBe(16);
  expect(heldBack.length).toBe(10);
  expect(Math.max(...days(kept))).toBe(13);
  expect(() => holdBack(input, input.rows, 0.9999, 1)).toThrow(
    /heldBack: 0.9999 .* leaves 0 rows to train on/,
  );
});

test("a part without rows is refused by name", () => {
  const input = twoSymbols();
  expect(() => calendarSplit(input, { train: 0.9, validation: 0.05, test: 0.05, embargoBars: 1 }, 5)).toThrow(
    /^split.validation: no rows are left of 2 \(30 usable on 20 days in all\)/,
  );
});
