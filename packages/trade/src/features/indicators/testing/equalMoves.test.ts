import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomColumns } from "../registry/indicatorContract.ts";
import { findIndicator } from "../registry/indicatorParts.ts";

const PRICES = ["open", "high", "low", "close"] as const;

describe("indicators that ask which of two moves is greater", () => {
  it.each(["mfi", "adx", "kvo"])("%s is the same in every unit of the price, ticks and all", (name) => {
    const one = findIndicator(name).create();
    const units = fc.constantFrom(1000, 0.001, 1 / 3, 0.7310585786, 1.0837, 151.62);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), units, (seed, unit) => {
        // Prices of few ticks, so that equal moves and equal means are frequent.
        const columns = randomColumns(seed, 400);
        for (const price of PRICES) {
          columns[price] = columns[price].map((value) => Math.round(value / 100) / 10);
        }
        const before = one.compute(columns);
        for (const price of PRICES) columns[price] = columns[price].map((value) => value * unit);
        for (const [output, column] of Object.entries(one.compute(columns))) {
          const largest = before[output]!.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 1);
          column.forEach((value, t) => {
            const wanted = before[output]![t]!;
            if (Number.isNaN(wanted) ? Number.isNaN(value) : Math.abs(value - wanted) <= 1e-6 * largest)
              return;
            expect.fail(`${output}[${t}] is ${value} at ${unit} times the price, not ${wanted}`);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("mfi, by hand: the means (.3 + .1 + .2) / 3 and (.4 + .1 + .1) / 3 are equal, whatever their last digits", () => {
    expect(0.3 + 0.1 + 0.2).not.toBe(0.4 + 0.1 + 0.1);
    const columns = {
      high: Float64Array.of(0.3, 0.4, 0.3),
      low: Float64Array.of(0.1, 0.1, 0.1),
      close: Float64Array.of(0.2, 0.1, 0.2),
      volume: Float64Array.of(5, 5, 5),
    };
    expect(findIndicator("mfi").create({ period: 2 }).compute(columns).mfi![2]).toBe(50);
  });

  it("adx, by hand: as many ticks up as down are no direction, .3 - .2 and .8 - .7 as well", () => {
    expect(0.3 - 0.2).not.toBe(0.8 - 0.7);
    const columns = {
      high: Float64Array.of(0.7, 0.8),
      low: Float64Array.of(0.3, 0.2),
      close: Float64Array.of(0.5, 0.5),
    };
    const { plusDi, minusDi } = findIndicator("adx").create({ period: 1 }).compute(columns);
    expect([plusDi![1], minusDi![1]]).toEqual([0, 0]);
  });
});
