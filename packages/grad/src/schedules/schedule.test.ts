import { describe, expect, it } from "vitest";
import { constantRate, cosineRestarts, endsCycle, oneCycle, warmupCosine, withWarmup } from "./schedule.ts";

describe("schedules", () => {
  it("constant", () => expect(constantRate(3e-4)(17, 100)).toBe(3e-4));

  it("warm-up over 4 steps to 1, half way down at the middle of the rest, floor at the end", () => {
    const rate = warmupCosine({ peak: 1, warmupSteps: 4, floor: 0.2 });
    expect([0, 1, 2, 3].map((s) => rate(s, 24))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(rate(4, 24)).toBeCloseTo(1, 12);
    expect(rate(14, 24)).toBeCloseTo(0.6, 12);
    expect(rate(24, 24)).toBeCloseTo(0.2, 12);
  });

  it("restarts after 10 steps, then after 20 (SGDR with factor 2)", () => {
    const rate = cosineRestarts({ peak: 2, periodSteps: 10, factor: 2 });
    expect(rate(0, 0)).toBe(2);
    expect(rate(5, 0)).toBeCloseTo(1, 12);
    expect(rate(10, 0)).toBe(2);
    expect(rate(20, 0)).toBeCloseTo(1, 12);
    expect(rate(30, 0)).toBe(2);
  });

  it("tells the last step of each cycle: the one before the rate jumps back to its peak", () => {
    for (const [periodSteps, factor, warmupSteps] of [
      [10, 2, 0],
      [3, 1, 4],
      [2.5, 1.5, 1],
      [1, 1, 0],
    ] as const) {
      const rate = withWarmup(cosineRestarts({ peak: 1, periodSteps, factor }), warmupSteps);
      const ends = endsCycle({ periodSteps, factor, warmupSteps });
      for (let step = 0; step < 60; step++) {
        const jumps = step >= warmupSteps && rate(step + 1, 99) >= rate(step, 99);
        expect(ends(step), `${periodSteps} x ${factor}, step ${step}`).toBe(jumps);
      }
    }
    const ends = endsCycle({ periodSteps: 10, factor: 2 });
    expect(Array.from({ length: 80 }, (_, i) => i).filter(ends)).toEqual([9, 29, 69]);
  });

  it("one cycle over 11 steps: 0.1 up to 1 at step 4, half way at steps 2 and 7, 0 at the end", () => {
    const rate = oneCycle({ peak: 1, riseShare: 0.4, initialFactor: 0.1, finalFactor: 0 });
    for (const [step, expected] of [
      [0, 0.1],
      [2, 0.55],
      [4, 1],
      [7, 0.5],
      [10, 0],
    ] as const)
      expect(rate(step, 11)).toBeCloseTo(expected, 12);
    expect(rate(99, 11)).toBeCloseTo(0, 12);
  });

  it("puts a linear rise before any schedule, which then begins at its first step", () => {
    const rate = withWarmup(cosineRestarts({ peak: 2, periodSteps: 10 }), 3);
    expect([0, 1, 2, 3].map((s) => rate(s, 23))).toEqual([0.5, 1, 1.5, 2]);
    expect(rate(8, 23)).toBeCloseTo(1, 12);
    const seen: number[] = [];
    withWarmup((step, total) => seen.push(step, total), 3)(22, 23);
    expect(seen).toEqual([19, 20]);
    expect(withWarmup(constantRate(0.1), 0)(0, 5)).toBe(0.1);
  });

  it("refuses senseless settings", () => {
    expect(() => warmupCosine({ peak: 0, warmupSteps: 1 })).toThrow(/peak/);
    expect(() => cosineRestarts({ peak: 1, periodSteps: 0 })).toThrow(/periodSteps/);
    expect(() => endsCycle({ periodSteps: 4, factor: 0.5 })).toThrow(/factor/);
    expect(() => oneCycle({ peak: 1, riseShare: 1 })).toThrow(/riseShare/);
    expect(() => oneCycle({ peak: 1, initialFactor: 0 })).toThrow(/initialFactor/);
    expect(() => withWarmup(constantRate(1), -1)).toThrow(/withWarmup/);
  });
});
