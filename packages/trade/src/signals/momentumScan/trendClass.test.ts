import { expect, it } from "vitest";
import { TREND_CLASSES, trendClass } from "./trendClass.ts";

it("follows its rule", () => {
  const named = (...numbers: [number, number, number, number, number]) =>
    TREND_CLASSES[trendClass(...numbers)];
  expect(named(12, 11, 10, 10.5, 9.5)).toBe("strong");
  // below its fast average
  expect(named(10.9, 11, 10, 10.5, 9.5)).toBe("moderate");
  // the fast average falls
  expect(named(12, 11, 10, 11.5, 9.5)).toBe("moderate");
  // the slow average falls
  expect(named(12, 11, 10, 10.5, 10.2)).toBe("weak");
  expect(named(12, 10, 11, 9, 10)).toBe("down");
});

it("sees no trend in rounding, and none where a number is missing", () => {
  expect(trendClass(100, 100 + 1e-8, 100, 99, 99)).toBe(0);
  expect(trendClass(Number.NaN, 11, 10, 10, 9)).toBeNaN();
  expect(trendClass(12, 11, 10, 10, Number.NaN)).toBeNaN();
});
