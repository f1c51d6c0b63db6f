import { expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { parseRange } from "./dataUse.ts";

test("dates, ISO times and milliseconds are read; what is not said stays open", () => {
  expect(parseRange({ from: "2024-03-01", to: "1709337600000" })).toEqual({
    from: 1_709_251_200_000,
    to: 1_709_337_600_000,
  });
  expect(parseRange({ from: "2024-03-01T01:00:00+01:00" })).toEqual({ from: 1_709_251_200_000 });
  expect(parseRange({})).toEqual({});
});

test.each([
  [{ from: "2024-02-30" }, "from: '2024-02-30' is not a time"],
  [{ to: "yesterday" }, "to: 'yesterday' is not a time"],
  [{ from: "" }, "from: '' is not a time"],
  [
    { from: "2024-03-02", to: "2024-03-01" },
    "the range from 2024-03-02T00:00:00Z to 2024-03-01T00:00:00Z is empty",
  ],
  [{ from: "2024-03-01", to: "2024-03-01" }, "'from' has to lie before 'to'"],
])("%o is refused", (range, message) => {
  expect(() => parseRange(range)).toThrow(UsageError);
  expect(() => parseRange(range)).toThrow(message);
});
