import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { factorsFromEvents } from "./factorsFromEvents.ts";
import { factorEvents } from "./priceFactors.ts";

const day = (n: number): number => n * DAY_MS;
/** a close of 100 + n on day n, weekends (days 5 and 6 of seven) without one */
const closeBefore = (exDay: number) => {
  for (let n = exDay / DAY_MS - 1; n >= 0; n--) if (n % 7 < 5) return { day: day(n), close: 100 + n };
  return null;
};

describe("factorsFromEvents", () => {
  test("worked by hand: a dividend of 2 at a close of 104, then a 4:1 split", () => {
    const factors = factorsFromEvents(
      "X",
      [
        { exDay: day(7), shares: 1, dividend: 2 },
        { exDay: day(10), shares: 4, dividend: 0 },
      ],
      closeBefore,
    );
    expect([...factors.day]).toEqual([day(4), day(9)]);
    expect([...factors.splitFactor]).toEqual([0.25, 0.25]);
    expect(factors.priceFactor[0]).toBeCloseTo(1 - 2 / 104, 15);
    expect(factors.priceFactor[1]).toBe(1);
    expect(factorEvents(factors).map((e) => e.split)).toEqual([1, 0.25]);
  });

  test("split and dividend on one day: the dividend is paid on the new shares", () => {
    // 103 before, 2:1, then 1 a new share: a holder of one old share gets 2 of 103
    const { priceFactor, splitFactor } = factorsFromEvents(
      "X",
      [{ exDay: day(4), shares: 2, dividend: 1 }],
      closeBefore,
    );
    expect(priceFactor[0]).toBeCloseTo(1 - 2 / 103, 15);
    expect(splitFactor[0]).toBe(0.5);
  });

  test("what no bar precedes, and what is no event, is left out", () => {
    const none = factorsFromEvents(
      "X",
      [
        { exDay: 0, shares: 2, dividend: 0 },
        { exDay: day(3), shares: 1, dividend: 0 },
        { exDay: day(4), shares: 1, dividend: 500 },
        { exDay: day(8), shares: 0, dividend: 0 },
      ],
      closeBefore,
    );
    expect(none.length).toBe(0);
  });
});
