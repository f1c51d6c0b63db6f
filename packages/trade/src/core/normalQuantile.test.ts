import { expect, it } from "vitest";
import { normalQuantile } from "./normalQuantile.ts";

// Wichura 1988, test values of PPND16; R's qnorm for the others
it.each([
  [0.25, -0.6744897501960817],
  [0.001, -3.090232306167814],
  [1e-20, -9.26234008979841],
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.9, 1.2815515655446004],
])("is at %f the %f of tables", (p, x) => {
  expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)));
});

it("has no value outside, and infinities at the ends", () => {
  expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, NaN, NaN, NaN]);
});
