import { expect, it } from "vitest";
import { changedParams, overlayText, parseOverlay } from "./overlaySpec.ts";

it("is read back as it was written, and nothing else is read", () => {
  for (const text of ["sma(period=20)", "obv()", "macd(fast=8,slow=21)"]) {
    expect(overlayText(parseOverlay(text)!)).toBe(text);
  }
  for (const text of ["", "sma", "sma(", "(period=1)", "a b()", "sma(x)(y)", `sma(${"x".repeat(201)})`]) {
    expect(parseOverlay(text)).toBeNull();
  }
});

it("names the parameters that were changed", () => {
  const params = [
    { name: "period", preset: 20 },
    { name: "start", preset: "mean" },
  ];
  expect(changedParams(params, { period: "20", start: "mean" })).toBe("");
  expect(changedParams(params, { start: "first", period: " 5 " })).toBe("period=5,start=first");
  expect(changedParams(params, { period: "" })).toBe("");
});
