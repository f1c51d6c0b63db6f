import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { permuteDays } from "./permuteDays.ts";

describe("labels dealt out anew by blocks of days", () => {
  const cases = fc.record({
    perDay: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }),
    days: fc.integer({ min: 1, max: 8 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  });

  test("each row's label goes to one row, and rows of one day stay neighbours in their order", () => {
    fc.assert(
      fc.property(cases, ({ perDay, days, seed }) => {
        const time = perDay.flatMap((rows, d) => new Array<number>(rows).fill(d));
        const dealt = permuteDays(time, { days, seed });
        expect([...dealt].sort((a, b) => a - b)).toEqual([...time.keys()]);
        for (let i = 1; i < dealt.length; i++) {
          const [a, b] = [dealt[i - 1]!, dealt[i]!];
          if (time[a] === time[b]) expect(b).toBe(a + 1);
        }
      }),
    );
  });

  test("the same seed deals the same, another one otherwise; without rows there is nothing to deal", () => {
    const time = Array.from({ length: 60 }, (_, i) => Math.floor(i / 3));
    const deal = (seed: number): string => permuteDays(time, { days: 3, seed }).join();
    expect(deal(1)).toBe(deal(1));
    expect(deal(1)).not.toBe(deal(2));
    expect(permuteDays([], { days: 3, seed: 1 })).toHaveLength(0);
  });
});
