import { describe, expect, it } from "vitest";
import { normalCdf } from "./normalCdf.ts";
import { normalQuantile } from "./normalQuantile.ts";

describe("the normal distribution", () => {
  // Abramowitz and Stegun, table 26.1
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.99865010196837],
    [-1.5, 0.066807201268858],
  ])("Phi(%d) = %d", (x, p) => {
    expect(normalCdf(x)).toBeCloseTo(p, 14);
  });

  it("has the quantiles of the tables", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.05)).toBeCloseTo(-1.644853626951473, 12);
    expect(normalQuantile(0.999)).toBeCloseTo(3.090232306167813, 11);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1.1)).toBeNaN();
  });
});
