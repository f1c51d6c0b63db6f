import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { rollingDeviation, rollingMoments } from "./rollingMoments.ts";

/** Two passes over the window, in the order of the definition. */
function direct(window: Float64Array, ddof: number): number {
  const mean = window.reduce((a, b) => a + b, 0) / window.length;
  return Math.sqrt(window.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (window.length - ddof));
}

describe("rollingMoments", () => {
  it("gives the numbers of Tulip Indicators, tests/extra.txt (stddev 3, of the population)", () => {
    const x = Float64Array.of(100, 101, 102, 107, 115, 123, 100, 92, 99, 58, 150);
    const wanted = [
      0.816496581, 2.624669291, 5.354126135, 6.531972647, 9.533566431, 13.1402689, 3.559026084, 17.90716802,
      37.63272807,
    ];
    const { mean, deviation } = rollingMoments(x, 3, 0);
    expect([mean[1], deviation[1]]).toEqual([NaN, NaN]);
    expect(mean[2]).toBeCloseTo(101, 12);
    wanted.forEach((value, i) => {
      expect(Math.abs(deviation[2 + i]! / value - 1)).toBeLessThan(1e-8);
    });
  });

  it("divides by n - 1 for a sample: 2 4 4 4 5 5 7 9 has the deviation 2 as a population, sqrt(32/7) as a sample", () => {
    const x = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9);
    expect(rollingMoments(x, 8, 0).deviation[7]).toBeCloseTo(2, 12);
    expect(rollingDeviation(x, 8)[7]).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it("keeps a deviation of 0.0005 on a price of 60,000 after a million bars", () => {
    const random = seededRandom(5);
    const x = Float64Array.from({ length: 1_000_000 }, () => 60_000 + 0.001 * random.next());
    const { deviation } = rollingMoments(x, 20, 0);
    for (const t of [19, 500_000, 999_983, 999_999]) {
      // The prices themselves are rounded to 7e-12: shifting by 60,000 is exact and leaves nothing to cancel.
      const wanted = direct(
        x.slice(t - 19, t + 1).map((value) => value - 60_000),
        0,
      );
      expect(Math.abs(deviation[t]! / wanted - 1)).toBeLessThan(1e-6);
    }
  });

  it("is exactly 0 on constant prices, also right after a spike", () => {
    const x = new Float64Array(100).fill(60_000.1);
    x[37] = 1e12;
    const { mean, deviation } = rollingMoments(x, 10, 1);
    for (let t = 47; t < 100; t++) expect([mean[t], deviation[t]]).toEqual([60_000.1, 0]);
  });

  it("equals two passes over every window", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { maxLength: 60 }),
        fc.integer({ min: 2, max: 15 }),
        (list, period) => {
          const x = Float64Array.from(list);
          const deviation = rollingDeviation(x, period);
          for (let t = 0; t < x.length; t++) {
            if (t < period - 1) expect(deviation[t]).toBeNaN();
            else {
              const wanted = direct(x.subarray(t - period + 1, t + 1), 1);
              expect(Math.abs(deviation[t]! - wanted)).toBeLessThan(1e-9 * (wanted + 1));
            }
          }
        },
      ),
    );
  });

  it("refuses one bar as a sample: it has no deviation", () => {
    expect(() => rollingDeviation(new Float64Array(3), 1)).toThrow(/>= 2/);
  });
});
