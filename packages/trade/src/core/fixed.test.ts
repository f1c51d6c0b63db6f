import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divDown, FIXED_ONE, fromFixed8, mulDown, mulUp, toFixed8 } from "./fixed.ts";

const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });

describe("amounts of 1e-8", () => {
  test.each([
    [0, 0n],
    [1, 100_000_000n],
    [0.1, 10_000_000n],
    [16537.5, 1_653_750_000_000n],
    [-0.00000001, -1n],
    [1.999999996, 200_000_000n],
    [123456789.25, 12_345_678_925_000_000n],
  ])("%d", (value, fixed) => {
    expect(toFixed8(value)).toBe(fixed);
  });

  test("a tenth added ten times is one", () => {
    expect(Array.from({ length: 10 }, () => toFixed8(0.1)).reduce((a, b) => a + b)).toBe(FIXED_ONE);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d is none", (value) => {
    expect(() => toFixed8(value)).toThrow(RangeError);
  });

  test("up to 3e7 a float holds every amount", () => {
    const small = fc.bigInt({ min: -3n * 10n ** 15n, max: 3n * 10n ** 15n });
    fc.assert(fc.property(small, (a) => toFixed8(fromFixed8(a)) === a));
  });

  test("products and quotients are rounded towards the side that is said", () => {
    // 1e-8 x 0.5 lies between 0 and 1e-8
    expect([mulDown(1n, FIXED_ONE / 2n), mulUp(1n, FIXED_ONE / 2n)]).toEqual([0n, 1n]);
    expect([mulDown(-1n, FIXED_ONE / 2n), mulUp(-1n, FIXED_ONE / 2n)]).toEqual([-1n, 0n]);
    expect([divDown(FIXED_ONE, 3n * FIXED_ONE), divDown(-FIXED_ONE, 3n * FIXED_ONE)]).toEqual([
      33_333_333n,
      -33_333_334n,
    ]);
    expect(mulDown(toFixed8(1.5), toFixed8(-2.5))).toBe(toFixed8(-3.75));
  });

  test("rounding never takes more than one unit, on the right side", () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const exact = a * b;
        expect(mulDown(a, b) * FIXED_ONE <= exact && exact < (mulDown(a, b) + 1n) * FIXED_ONE).toBe(true);
        expect(mulUp(a, b) * FIXED_ONE >= exact && exact > (mulUp(a, b) - 1n) * FIXED_ONE).toBe(true);
      }),
    );
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 17n }), (a, b) => {
        const quotient = divDown(a, b);
        expect(quotient * b <= a * FIXED_ONE && a * FIXED_ONE < (quotient + 1n) * b).toBe(true);
      }),
    );
  });
});
