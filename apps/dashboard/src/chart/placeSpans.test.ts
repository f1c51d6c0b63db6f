import type { QualityPlace } from "@orion/trade/wire";
import { expect, it } from "vitest";
import { placeSpans } from "./placeSpans.ts";

const minute = (n: number): string => new Date(n * 60_000).toISOString();
const place = (from: number, to: number, kind = "spikes"): QualityPlace => ({
  ...{ from: minute(from), to: minute(to), kind, severity: "warning", count: 1, note: "" },
});
// bars of minutes 10 to 14, a gap, then 20 to 24
const time = [10, 11, 12, 13, 14, 20, 21, 22, 23, 24].map((n) => n * 60_000);
const spansOf = (...places: QualityPlace[]) =>
  placeSpans(time, 60_000, places).map(({ from, to }) => [from, to]);

it("a bar is covered from edge to edge, a stretch from its first to its last bar", () => {
  expect(spansOf(place(11, 12))).toEqual([[0.5, 1.5]]);
  expect(spansOf(place(11, 14))).toEqual([[0.5, 3.5]]);
  expect(spansOf(place(13, 22))).toEqual([[2.5, 6.5]]);
});

it("a gap stands between its neighbours", () => {
  const [[from, to]] = spansOf(place(15, 20, "gaps")) as [[number, number]];
  expect(from).toBeGreaterThan(4);
  expect(to).toBeLessThan(5);
});

it("what lies outside has no span, what begins before is cut", () => {
  expect(spansOf(place(5, 10), place(25, 30))).toEqual([]);
  expect(spansOf(place(5, 12))).toEqual([[-0.5, 1.5]]);
  expect(placeSpans([], 60_000, [place(1, 2)])).toEqual([]);
});
