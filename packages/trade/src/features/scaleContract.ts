import { expect } from "vitest";
import { type Panel, PRICE_COLUMNS } from "../market/bars.ts";
import type { Feature } from "./feature.ts";
import { clonePanel } from "./featureContract.ts";

/**
 * For tests: the panel's first instrument with prices and volume in other units gives the columns that it gave, each
 * value within 1e-6 of itself, or of 1 where it is smaller; NaN where it was.
 */
export function expectScaleFree(
  feature: Feature,
  panel: Panel,
  units: { readonly price: number; readonly volume: number },
): void {
  const scaled = clonePanel(panel);
  const target = scaled.series[0]!;
  const { mark = [], closeAtMark = [], openInterest = [] } = scaled.beside ?? {};
  for (const [columns, unit] of [
    [[mark, closeAtMark], units.price],
    [[openInterest], units.volume],
  ] as const) {
    for (const column of columns) for (let t = 0; t < column.length; t++) column[t] = column[t]! * unit;
  }
  for (let t = 0; t < panel.length; t++) {
    for (const name of PRICE_COLUMNS) target[name][t]! *= units.price;
    target.volume[t]! *= units.volume;
  }
  const before = feature.compute(panel);
  const wrong: Record<string, string> = {};
  feature.compute(scaled).forEach((column, f) => {
    for (let t = 0; t < column.length; t++) {
      const value = column[t]!;
      const wanted = before[f]![t]!;
      const same = Number.isNaN(wanted)
        ? Number.isNaN(value)
        : Math.abs(value - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
      if (!same) wrong[feature.columns[f]!] ??= `row ${t}: ${value} instead of ${wanted}`;
    }
  });
  expect(wrong).toEqual({});
}
