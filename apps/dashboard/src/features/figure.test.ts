import { expect, it } from "vitest";
import { figure } from "./figure.ts";

it.each([
  [0.00123456, "0.001235"],
  [-12.3456, "−12.35"],
  [1234567.8, "1,234,568"],
  [0.0000123456, "1.235e-5"],
  [-3.2e9, "−3.200e+9"],
  [0, "0"],
  [null, "–"],
  [Number.NaN, "–"],
])("%d is written %s", (value, text) => {
  expect(figure(value)).toBe(text);
});
