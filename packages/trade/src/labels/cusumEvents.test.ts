import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cusumEvents } from "./cusumEvents.ts";
import { walkingBars } from "./labelContract.ts";
import { dollarBars } from "./testing/dollarBars.ts";

/** Closes whose log moves are given. */
const closesOf = (...moves: number[]) => {
  let log = 0;
  return Float64Array.from([0, ...moves], (move) => {
    log += move;
    return Math.exp(log);
  });
};

describe("cusumEvents", () => {
  it("finds the 9 events that mlfinpy's tests have on its dollar bars at 0.02", () => {
    expect(cusumEvents(dollarBars().close, 0.02)).toHaveLength(9);
  });

  it("follows by hand: each side is summed on its own and starts again after its event", () => {
    // up 1 2.5! 0 1 0   2 3.5! 0   ; down 0 0 0 0 -1 (then back) ... in hundredths, threshold 2
    const moves = [1, 1.5, 0.5, -1.2, -1.2, 1, 1.1, 3].map((m) => m / 100);
    // up: 1, 2.5 event -> 0, 0.5, 0, 0, 1, 2.1 event -> 0, 3 event; down: 0 0 0 -1.2, -2.4 event -> 0, 0, 0, 0
    expect([...cusumEvents(closesOf(...moves), 0.02)]).toEqual([2, 5, 7, 8]);
  });

  it("takes a threshold a row, and none where it is not known yet", () => {
    const close = closesOf(0.03, 0.03, 0.03);
    expect([...cusumEvents(close, Float64Array.of(0.02, NaN, 0.02, 0.02))]).toEqual([2, 3]);
    expect([...cusumEvents(close, Float64Array.of(0.02, NaN, 0.07, 0.02))]).toEqual([3]);
    expect([...cusumEvents(new Float64Array(5).fill(9), new Float64Array(5))]).toEqual([]);
  });

  it("is causal, carries a move over a missing price, and leaves out what is none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 200 }), (seed, cut) => {
        const { close } = walkingBars(seed, { gaps: true });
        const events = cusumEvents(close, 0.02);
        expect([...cusumEvents(close.subarray(0, cut), 0.02)]).toEqual([...events.filter((t) => t < cut)]);
        expect(events.every((t) => close[t]! > 0)).toBe(true);
      }),
    );
    expect([...cusumEvents(Float64Array.of(100, NaN, 103, Infinity, -5, 0, 103), 0.02)]).toEqual([2]);
    expect([...cusumEvents(new Float64Array(0), 0.02)]).toEqual([]);
    expect([...cusumEvents(Float64Array.of(5), 0.02)]).toEqual([]);
  });

  it("refuses a threshold that is none", () => {
    for (const h of [0, -1, NaN]) expect(() => cusumEvents(closesOf(1), h)).toThrow(/cusum: a threshold of/);
    expect(() => cusumEvents(closesOf(1), Float64Array.of(1, -1))).toThrow(/less than 0/);
    expect(() => cusumEvents(closesOf(1), Float64Array.of(1))).toThrow(/1 thresholds for 2 closes/);
  });
});
