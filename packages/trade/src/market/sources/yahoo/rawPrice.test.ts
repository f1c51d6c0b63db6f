import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printedPrice, rawPrice, rawVolume } from "./rawPrice.ts";

describe("prices as they were traded", () => {
  // Apple on 2020-08-28, the Friday before its 4:1 split: Yahoo shows 124.80750274658203, the tape 499.23
  test("a split is taken out again", () => {
    expect(rawPrice(124.80750274658203, 4)).toBe(499.23);
    expect(rawVolume(187_630_000, 4)).toBe(46_907_500);
  });

  test("a reverse split too, and a price without one is the one printed", () => {
    // 1:10: 12.34 became 123.40
    expect(rawPrice(Math.fround(123.4), 0.1)).toBe(12.34);
    expect(rawPrice(187.14999389648438, 1)).toBe(187.15);
    // the S&P 500 on 2023-12-29
    expect(rawPrice(4769.830078125, 1)).toBe(4769.83);
  });

  test("every price in cents below 100,000 comes back from single precision", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (cents) => {
        expect(printedPrice(Math.fround(cents / 100))).toBe(cents / 100);
      }),
    );
  });

  test("what was no single-precision number stays", () => {
    expect(printedPrice(123.4567890123)).toBe(123.4567890123);
    expect(printedPrice(Number.NaN)).toBeNaN();
  });
});
