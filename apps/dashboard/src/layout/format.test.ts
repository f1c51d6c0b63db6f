import { expect, it } from "vitest";
import {
  bytes,
  duration,
  givenPercent,
  number,
  percent,
  price,
  signedPercent,
  timeframeSeconds,
  utc,
} from "./format.ts";

it("percent writes a fraction with a true minus, and no sign on what rounds to zero", () => {
  expect(percent(-0.0123)).toBe("−1.23 %");
  expect(percent(12.345, 1)).toBe("1,234.5 %");
  expect(percent(-0.00001)).toBe("0.00 %");
  expect(percent(null)).toBe("–");
  expect(percent(Number.NaN)).toBe("–");
});

it("a share that was given is told as it was given", () => {
  expect(givenPercent(0.7)).toBe("70 %");
  expect(givenPercent(0.55)).toBe("55 %");
  expect(givenPercent(0.383)).toBe("38.3 %");
  expect(givenPercent(0.12345)).toBe("12.345 %");
});

it("signedPercent marks gains", () => {
  expect(signedPercent(0.0023, 3)).toBe("+0.230 %");
  expect(signedPercent(-0.5, 0)).toBe("−50 %");
  expect(signedPercent(0)).toBe("0.00 %");
  expect(signedPercent(0.00001)).toBe("0.00 %");
});

it("numbers and prices are grouped and have the decimals of their size", () => {
  expect(number(4123139)).toBe("4,123,139");
  expect(number(-0.001, 2)).toBe("0.00");
  expect(price(61500.1)).toBe("61,500.10");
  expect(price(0.2531)).toBe("0.253100");
});

it("durations name two units at most", () => {
  expect(duration(59.6)).toBe("1 min 0 s");
  expect(duration(45)).toBe("45 s");
  expect(duration(3 * 3600 + 125)).toBe("3 h 2 min");
  expect(duration(86_400 * (730 + 190))).toBe("2 y 190 d");
  expect(duration(null)).toBe("–");
});

it("times are UTC whatever the zone of the reader", () => {
  expect(utc("2024-05-14T15:40:00Z")).toBe("2024-05-14 15:40");
  expect(utc(1_715_701_200_000)).toBe("2024-05-14 15:40");
});

it.each([
  ["5m", 300],
  ["4h", 14_400],
  ["1d", 86_400],
  ["2w", 1_209_600],
])("%s lasts %i s", (timeframe, seconds) => {
  expect(timeframeSeconds(timeframe)).toBe(seconds);
});

it.each([
  [0, "0 B"],
  [840, "840 B"],
  [999.9, "1.0 kB"],
  [5_432_100, "5.4 MB"],
  [99_970_000, "100 MB"],
  [12_340_000_000, "12.3 GB"],
])("%i bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});
