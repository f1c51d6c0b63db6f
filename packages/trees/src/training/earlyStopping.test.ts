import { expect, it } from "vitest";
import { EarlyStopping } from "./earlyStopping.ts";

it("stops when the best is `patience` rounds old, and keeps the first best", () => {
  const stopping = new EarlyStopping(2);
  expect([0.9, 0.5, 0.6, 0.5].map((m) => stopping.add(m))).toEqual([false, false, false, true]);
  expect(stopping.keptOf(4)).toBe(2);
});

it("without patience it never stops and keeps all", () => {
  const stopping = new EarlyStopping(0);
  expect([0.1, 0.2, 0.3].some((m) => stopping.add(m))).toBe(false);
  expect(stopping.keptOf(3)).toBe(3);
});
