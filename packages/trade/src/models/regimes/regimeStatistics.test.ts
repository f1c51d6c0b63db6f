import fc from "fast-check";
import { expect, test } from "vitest";
import { regimeStatistics } from "./regimeStatistics.ts";

test("counts, shares, durations of ten rows, by hand", () => {
  const found = regimeStatistics([0, 0, 1, 1, 1, 0, 1, -1, 1, 1], ["calm", "wild", "never"]);
  expect([found.rows, found.steps, found.changes]).toEqual([9, 7, 3]);
  const [calm, wild, never] = found.transitions;
  expect(calm!.to.map((c) => c.count)).toEqual([1, 2, 0]);
  expect(wild!.to.map((c) => c.count)).toEqual([1, 3, 0]);
  expect(calm!.to[1]!.share).toBeCloseTo(2 / 3, 12);
  // Wilson's interval of 1 of 4, as Newcombe 1998 writes it: (2 n p + z² -+ z sqrt(z² + 4 n p q)) / (2 (n + z²))
  const z = 1.959963984540054;
  const root = z * Math.sqrt(z * z + 4 * 4 * 0.25 * 0.75);
  expect(wild!.to[0]!.interval.low).toBeCloseTo((2 + z * z - root) / (2 * (4 + z * z)), 12);
  expect(wild!.to[0]!.interval.high).toBeCloseTo((2 + z * z + root) / (2 * (4 + z * z)), 12);
  expect(never!.to[0]).toEqual({ state: "calm", count: 0, share: null, interval: { low: 0, high: 1 } });
  // whole: calm at row 5, wild at rows 2 to 4; cut off: calm at the start, wild before and after the missing row
  expect(found.durations[0]).toMatchObject({ rows: 3, spells: 1, mean: 1, longest: 1, cutOff: 1 });
  expect(found.durations[1]).toMatchObject({
    rows: 6,
    spells: 1,
    mean: 3,
    median: 3,
    cutOff: 2,
    expected: 4,
  });
  expect(found.durations[0]!.occupancy).toBeCloseTo(1 / 3, 12);
  expect(found.durations[2]).toMatchObject({ rows: 0, spells: 0, mean: null, expected: null });
});

test("one state only is never left; no state at all is refused", () => {
  const { durations, changes } = regimeStatistics([0, 0, 0], ["calm", "wild"]);
  expect(changes).toBe(0);
  expect(durations[0]).toMatchObject({ expected: null, cutOff: 1, expectedInterval: { high: null } });
  expect(() => regimeStatistics([-1, -1], ["calm"])).toThrow(/no row has a regime/);
  expect(() => regimeStatistics([0, 4], ["calm"])).toThrow(/row 1 holds 4/);
  expect(() => regimeStatistics([Number.NaN], ["calm"])).toThrow(/row 0/);
});

test("shares of a state add up to 1 in their intervals, rows and steps add up", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1 }), (states) => {
      if (states.every((s) => s < 0)) return;
      const found = regimeStatistics(states, ["a", "b", "c", "d"]);
      expect(found.rows).toBe(states.filter((s) => s >= 0).length);
      expect(found.durations.reduce((sum, d) => sum + d.occupancy, 0)).toBeCloseTo(1, 12);
      for (const row of found.transitions) {
        expect(row.to.reduce((sum, c) => sum + c.count, 0)).toBe(row.steps);
        for (const { share, interval } of row.to) {
          if (share === null) continue;
          expect(interval.low).toBeLessThanOrEqual(share + 1e-12);
          expect(interval.high).toBeGreaterThanOrEqual(share - 1e-12);
        }
      }
    }),
  );
});
