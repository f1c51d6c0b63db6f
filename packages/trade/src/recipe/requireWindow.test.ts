import { expect, test } from "vitest";
import type { BarSeries } from "../market/bars.ts";
import { requireWindow } from "./requireWindow.ts";

const ofLength = (length: number): BarSeries => ({ length }) as BarSeries;

test("a window may be as long as the longest series, and no longer", () => {
  expect(() => requireWindow(60, [ofLength(10), ofLength(60)])).not.toThrow();
  expect(() => requireWindow(61, [ofLength(10), ofLength(60)])).toThrow(
    /^model\.window: a window of 61 bars is longer than the 60 bars that there are/,
  );
});

test("where there are no bars at all, these are what is missing", () => {
  expect(() => requireWindow(61, [])).not.toThrow();
  expect(() => requireWindow(61, [ofLength(0)])).not.toThrow();
});
