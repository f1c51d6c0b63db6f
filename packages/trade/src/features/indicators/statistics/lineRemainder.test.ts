import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineRemainder } from "./lineRemainder.ts";

describe("lineRemainder", () => {
  it("by hand: around the line 5/6 + x/2 through 1, 2, 2 are left -1/6, 1/3 and -1/6 a third of whose squares is 1/18", () => {
    const out = lineRemainder(Float64Array.of(9, 1, 2, 2, 3, 4), 3);
    expect(out.subarray(0, 2).every(Number.isNaN)).toBe(true);
    expect(out[3]).toBeCloseTo(1 / 18, 14);
    // 2, 3, 4 is a line
    expect(out[5]).toBeCloseTo(0, 14);
  });

  it("equals the squares around each window's own line of least squares; a hole costs the windows that hold it", () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const number = fc.oneof(
      { weight: 20, arbitrary: value },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), fc.integer({ min: 3, max: 12 }), (list, m) => {
        lineRemainder(Float64Array.from(list), m).forEach((got, t) => {
          const window = list.slice(Math.max(0, t - m + 1), t + 1);
          const wanted = window.length < m ? Number.NaN : aroundLine(window);
          if (Number.isNaN(wanted)) expect(got).toBeNaN();
          else expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-7);
        });
      }),
    );
  });

  it("leaves nothing where nothing moves, also behind a jump", () => {
    const out = lineRemainder(
      Float64Array.from({ length: 40 }, (_, t) => (t < 11 ? 7.3 : 0.1)),
      8,
    );
    expect([out[10], out[18], out[25], out[39]]).toEqual([0, 0, 0, 0]);
  });
});

/** The mean square that is left around the line of least squares, from its definition. */
function aroundLine(window: readonly number[]): number {
  const n = window.length;
  const middle = (n - 1) / 2;
  const mean = window.reduce((a, b) => a + b, 0) / n;
  const spread = window.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = window.reduce((sum, y, i) => sum + (i - middle) * (y - mean), 0) / spread;
  return window.reduce((sum, y, i) => sum + (y - mean - slope * (i - middle)) ** 2, 0) / n;
}
