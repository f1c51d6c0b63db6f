import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../core/time.ts";
import { dailyVolatility } from "./dailyVolatility.ts";
import { walkingBars } from "./labelContract.ts";
import { dollarBars } from "./testing/dollarBars.ts";

const hours = (n: number) => Float64Array.from({ length: n }, (_, t) => t * HOUR_MS);

describe("dailyVolatility", () => {
  it("gives the figures of mlfinpy's test_daily_volatility on its dollar bars", () => {
    const { closeTime, close } = dollarBars();
    const found = dailyVolatility(closeTime, close, 100);
    expect(found.at(-1)).toBeCloseTo(0.00896823893217064, 14);
    // 960 rows have a day behind them; a deviation needs two of them
    expect(found.filter((s) => !Number.isNaN(s))).toHaveLength(959);
  });

  it("is the weighted deviation, corrected for bias, of the returns seen so far, written out", () => {
    const { close } = walkingBars(4);
    close[80] = Number.NaN;
    const closeTime = hours(close.length);
    const span = 30;
    const found = dailyVolatility(closeTime, close, span, 5);
    for (const t of [28, 29, 60, 79, 100, 199]) {
      let [w, w2, wr] = [0, 0, 0];
      const terms: [number, number][] = [];
      // the last bar more than a day before is 25 hours back
      for (let i = 25; i <= t; i++) {
        const r = close[i]! / close[i - 25]! - 1;
        const weight = (1 - 2 / (span + 1)) ** (t - i);
        if (Number.isNaN(r)) continue;
        terms.push([weight, r]);
        w += weight;
        w2 += weight * weight;
        wr += weight * r;
      }
      const variance = terms.reduce((sum, [weight, r]) => sum + weight * (r - wr / w) ** 2, 0) / w;
      const expected = Math.sqrt((variance * w * w) / (w * w - w2));
      if (terms.length < 5) expect(found[t]).toBeNaN();
      else expect(found[t]).toBeCloseTo(expected, 12);
    }
    expect(found[80]).toBeNaN();
    expect(found[105]).toBeNaN();
  });

  it("reads nothing that comes later, is 0 for a constant price, and NaN or refused for the rest", () => {
    const { close } = walkingBars(5);
    const whole = dailyVolatility(hours(200), close, 10);
    expect(dailyVolatility(hours(120), close.subarray(0, 120), 10)).toEqual(whole.subarray(0, 120));
    const still = dailyVolatility(hours(60), new Float64Array(60).fill(7), 10);
    expect([...still.subarray(26)].every((s) => s === 0)).toBe(true);
    expect(dailyVolatility(hours(0), new Float64Array(0), 10)).toHaveLength(0);
    for (const none of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0])
      expect(dailyVolatility(hours(60), new Float64Array(60).fill(none), 10).every(Number.isNaN)).toBe(true);
    expect(() => dailyVolatility(hours(60), new Float64Array(60), 0)).toThrow(/a span of 0 bars/);
    expect(() => dailyVolatility(hours(60), new Float64Array(60), 10, 1)).toThrow(/after 1 returns/);
  });
});
