import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { rollingRegression } from "./rollingRegression.ts";

/** Norris, NIST Statistical Reference Datasets (linear regression, public domain): y, x of 36 readings. */
const NORRIS = [
  ...[
    0.1, 0.2, 338.8, 337.4, 118.1, 118.2, 888.0, 884.6, 9.2, 10.1, 228.1, 226.5, 668.5, 666.3, 998.5, 996.3,
  ],
  ...[449.1, 448.6, 778.9, 777.0, 559.2, 558.2, 0.3, 0.4, 0.1, 0.6, 778.1, 775.5, 668.8, 666.9, 339.3, 338.0],
  ...[
    448.9, 447.5, 10.8, 11.6, 557.7, 556.0, 228.3, 228.1, 998.0, 995.8, 888.8, 887.6, 119.6, 120.2, 0.3, 0.3,
  ],
  ...[
    0.6, 0.3, 557.6, 556.8, 339.3, 339.1, 888.0, 887.2, 998.5, 999.0, 778.9, 779.0, 10.2, 11.1, 117.6, 118.3,
  ],
  ...[228.9, 229.2, 668.4, 669.1, 449.2, 448.9, 0.2, 0.5],
];
const norris = {
  y: Float64Array.from(NORRIS.filter((_, i) => i % 2 === 0)),
  x: Float64Array.from(NORRIS.filter((_, i) => i % 2 === 1)),
};

/** Two passes over a window, in the order of the definition. */
function direct(y: Float64Array, x: Float64Array) {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((value, i) => {
    xx += (value - meanX) ** 2;
    yy += (y[i]! - meanY) ** 2;
    xy += (value - meanX) * (y[i]! - meanY);
  });
  return { beta: xy / xx, correlation: xy / Math.sqrt(xx * yy) };
}

describe("rollingRegression", () => {
  it("gives Anscombe's first set (1973): slope 0.500, correlation 0.816", () => {
    const x = Float64Array.of(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5);
    const y = Float64Array.of(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68);
    const { beta, correlation } = rollingRegression(y, x, 11);
    expect(beta[9]).toBeNaN();
    expect(beta[10]).toBeCloseTo(0.5, 3);
    expect(correlation[10]).toBeCloseTo(0.816, 3);
  });

  it("gives the certified slope and R squared of NIST's Norris to 12 digits, wherever the window is cut", () => {
    for (const before of [0, 1, 17, 35, 36, 50]) {
      const pad = Float64Array.from({ length: before }, (_, i) => 500 + 300 * Math.sin(i));
      const y = Float64Array.of(...pad, ...norris.y);
      const x = Float64Array.of(...pad.toReversed(), ...norris.x);
      const { beta, correlation } = rollingRegression(y, x, 36);
      expect(beta[before + 35]).toBeCloseTo(1.00211681802045, 12);
      expect(correlation[before + 35]! ** 2).toBeCloseTo(0.999993745883712, 12);
    }
  });

  it("equals two passes over every window", () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { maxLength: 60 }),
        fc.integer({ min: 3, max: 15 }),
        (pairs, period) => {
          // Tenths added by turns keep every window varying: the rule at rest is tested apart.
          const y = Float64Array.from(pairs, ([v], i) => v + (i % 3) / 10 + 1);
          const x = Float64Array.from(pairs, ([, v], i) => v * 0.04 + ((i % 3) - 1) / 5);
          const { beta, correlation } = rollingRegression(y, x, period);
          for (let t = 0; t < y.length; t++) {
            if (t < period - 1) {
              expect([beta[t], correlation[t]]).toEqual([NaN, NaN]);
              continue;
            }
            const wanted = direct(y.slice(t - period + 1, t + 1), x.slice(t - period + 1, t + 1));
            expect(Math.abs(beta[t]! - wanted.beta)).toBeLessThan(1e-9 * (1 + Math.abs(wanted.beta)));
            if (Number.isFinite(wanted.correlation)) {
              expect(Math.abs(correlation[t]! - wanted.correlation)).toBeLessThan(1e-6);
            }
          }
        },
      ),
    );
  });

  it("keeps its digits on values far from 0 after a million rows", () => {
    const random = seededRandom(3);
    const x = Float64Array.from({ length: 1_000_000 }, () => 60_000 + random.next());
    const y = x.map((value) => 2 * value + 0.5 * random.next());
    const { beta, correlation } = rollingRegression(y, x, 60);
    for (const t of [59, 500_003, 999_999]) {
      const shifted = (c: Float64Array, by: number) => c.slice(t - 59, t + 1).map((v) => v - by);
      const wanted = direct(shifted(y, 120_000), shifted(x, 60_000));
      expect(beta[t]).toBeCloseTo(wanted.beta, 8);
      expect(correlation[t]).toBeCloseTo(wanted.correlation, 8);
    }
  });

  it("is the market's own beta 1, twice it 2, against it -1, and 0 where nothing moves", () => {
    const random = seededRandom(9);
    const market = Float64Array.from({ length: 80 }, () => 0.01 * (random.next() - 0.5));
    const last = (y: Float64Array, x = market) => {
      const { beta, correlation } = rollingRegression(y, x, 60);
      return [beta[79]!, correlation[79]!];
    };
    const close = (pair: number[], wanted: number[]) =>
      pair.forEach((v, i) => {
        expect(v).toBeCloseTo(wanted[i]!, 12);
      });
    close(last(market), [1, 1]);
    close(last(market.map((r) => 2 * r + 0.001)), [2, 1]);
    close(last(market.map((r) => -r)), [-1, -1]);
    // A steady climb has no deviation: neither its own nor another's moves go with it.
    expect(last(new Float64Array(80).fill(0.003))).toEqual([0, 0]);
    expect(last(market, new Float64Array(80).fill(0.003))).toEqual([0, 0]);
  });

  it("forgets a hole with the window that held it and gives no infinity", () => {
    const random = seededRandom(2);
    const x = Float64Array.from({ length: 60 }, () => random.next());
    const y = x.map((v) => v + random.next());
    const holed = x.slice();
    holed[20] = Number.POSITIVE_INFINITY;
    const whole = rollingRegression(y, x, 10);
    const { beta, correlation } = rollingRegression(y, holed, 10);
    for (let t = 9; t < 60; t++) {
      const hit = t >= 20 && t < 30;
      expect(beta[t]).toBe(hit ? NaN : whole.beta[t]);
      expect(correlation[t]).toBe(hit ? NaN : whole.correlation[t]);
    }
    const huge = rollingRegression(
      x,
      x.map((v) => v * 1e200),
      10,
    );
    expect(huge.beta.every((v) => Number.isNaN(v) || Number.isFinite(v))).toBe(true);
  });

  it("refuses a window of one and columns of different lengths", () => {
    expect(() => rollingRegression(new Float64Array(3), new Float64Array(3), 1)).toThrow(/>= 2/);
    expect(() => rollingRegression(new Float64Array(3), new Float64Array(4), 2)).toThrow(/3 and 4 rows/);
  });
});
