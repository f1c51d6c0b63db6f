import { describe, expect, it } from "vitest";
import { constantRate, cosineRestarts, warmupCosine } from "./schedule.ts";

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

  it("refuses senseless settings", () => {
    expect(() => warmupCosine({ peak: 0, warmupSteps: 1 })).toThrow(/peak/);
    expect(() => cosineRestarts({ peak: 1, periodSteps: 0 })).toThrow(/periodSteps/);
  });
});
