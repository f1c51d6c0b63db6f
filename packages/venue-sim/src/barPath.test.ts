import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barPath, POINTS } from "./barPath.ts";

const cents = fc.integer({ min: 100, max: 10_000_000 }).map((c) => c / 100);
const bar = fc
  .tuple(
    cents,
    cents,
    cents,
    cents,
    fc.integer({ min: 0, max: 1_000_000_000 }),
    fc.integer({ min: 1, max: 1440 }),
  )
  .map(([a, b, c, d, volume, minutes]) => ({
    from: 1_700_000_000_000,
    to: 1_700_000_000_000 + minutes * 60_000,
    open: a,
    close: b,
    high: Math.max(a, b, c, d),
    low: Math.min(a, b, c, d),
    volume: volume / 1000,
  }));

describe("barPath", () => {
  test("agrees with its bar: open, high, low, close, volume, times", () => {
    fc.assert(
      fc.property(bar, fc.integer(), (b, seed) => {
        const path = barPath(b, seed, "x", 2, 3);
        const prices = path.map((p) => p.price);
        expect(path).toHaveLength(POINTS);
        expect([prices[0], prices.at(-1)]).toEqual([b.open, b.close]);
        expect([Math.max(...prices), Math.min(...prices)]).toEqual([b.high, b.low]);
        const times = path.map((p) => p.time);
        expect(times).toEqual([...times].sort((x, y) => x - y));
        expect(times[0]).toBe(b.from);
        expect(times.at(-1)).toBeLessThan(b.to);
        // in exact units: thousandths, or what a small volume needs
        const exact = path.reduce((sum, p) => sum + BigInt(Math.round(p.quantity * 1e6)), 0n);
        if (b.volume >= 0.064 || b.volume === 0) expect(exact).toBe(BigInt(Math.round(b.volume * 1e6)));
        expect(path.every((p) => (b.volume > 0 ? p.quantity > 0 : p.quantity === 0))).toBe(true);
      }),
    );
  });

  test("the same seed gives the same path, another another", () => {
    const b = { from: 0, to: 60_000, open: 10, high: 12, low: 9, close: 11, volume: 100 };
    expect(barPath(b, 1, "x", 2, 3)).toEqual(barPath(b, 1, "x", 2, 3));
    expect(barPath(b, 1, "x", 2, 3)).not.toEqual(barPath(b, 2, "x", 2, 3));
  });
});
