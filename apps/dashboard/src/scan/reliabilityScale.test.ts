import fc from "fast-check";
import { expect, it } from "vitest";
import { knownBins, shareScale } from "./reliabilityScale.ts";

it("puts an axis between round figures", () => {
  expect(shareScale([0.123, 0.4]).ticks).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(shareScale([0.3358, 0.3462])).toMatchObject({ from: 0.335, to: 0.35 });
  expect(shareScale([0, 1])).toMatchObject({ from: 0, to: 1 });
  expect(shareScale([])).toMatchObject({ from: 0, to: 1 });
});

it("holds every share, with at most seven ticks that ascend", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
      const { from, to, ticks } = shareScale(values);
      expect(from).toBeLessThanOrEqual(Math.min(...values));
      expect(to).toBeGreaterThanOrEqual(Math.max(...values));
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!)).toBe(true);
    }),
  );
});

it("leaves out bins without rows", () => {
  const bin = { from: 0, to: 0.5, rows: 3, told: 0.3, share: 0.2, low: 0.1, high: 0.6 };
  expect(knownBins([bin, { ...bin, rows: 0, told: null, share: null }])).toEqual([bin]);
});
