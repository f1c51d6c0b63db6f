import { expect, it } from "vitest";
import { type OrionError, UsageError } from "../core/errors.ts";
import { assertOutOfSample } from "./outOfSample.ts";

const training = { from: 1000, to: 2000 };

it.each([
  [0, 999, true],
  [2001, 3000, true],
  [0, 1000, false],
  [2000, 3000, false],
  [1500, 1600, false],
  [0, 5000, false],
])("bars from %d to %d may be traded: %s", (from, to, isAllowed) => {
  const ask = (inSample: boolean): void => assertOutOfSample({ from, to }, training, inSample);
  expect(() => ask(true)).not.toThrow();
  if (isAllowed) expect(() => ask(false)).not.toThrow();
  else {
    expect(() => ask(false)).toThrow(/--in-sample/);
    try {
      ask(false);
    } catch (error) {
      expect((error as OrionError).exitCode).toBe(4);
    }
  }
});

it("refuses a range that runs backwards, or is no number", () => {
  expect(() => assertOutOfSample({ from: 5, to: 4 }, training, false)).toThrow(UsageError);
  expect(() => assertOutOfSample({ from: Number.NaN, to: 4 }, training, false)).toThrow(UsageError);
});
