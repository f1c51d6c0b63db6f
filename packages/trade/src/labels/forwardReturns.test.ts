import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { labelParts } from "./index.ts";
import { labelContract } from "./labelContract.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "forwardReturns", ...config }, "label");

function barsOf(...closes: number[]): BarSeries {
  const bars = allocateBars("TEST", closes.length);
  bars.close.set(closes);
  closes.forEach((_, t) => {
    bars.closeTime[t] = (t + 1) * 300_000;
  });
  return bars;
}

describe.each([{}, { horizons: [2, 7] }, { horizons: [1, 3, 20], returns: "log", gaps: "allow" }])(
  "forwardReturns %j",
  (config) => {
    labelContract(() => make(config));
  },
);

describe("forwardReturns", () => {
  it("gives a column a horizon, all known at the close of the longest, by hand", () => {
    const labeler = make({ horizons: [1, 3] });
    expect([labeler.columns, labeler.horizonBars]).toEqual([["return1", "return3"], 3]);
    const { values, knownAt } = labeler.label(singlePanel(barsOf(100, 110, 121, 90, 99)));
    expect(values.map((v) => [...v])).toEqual([
      [0.1, 0.1, NaN, NaN, NaN].map(Math.fround),
      [-0.1, -0.1, NaN, NaN, NaN].map(Math.fround),
    ]);
    expect([...knownAt]).toEqual([1_200_000, 1_500_000, Infinity, Infinity, Infinity]);
  });

  it("gives log returns", () => {
    const { values } = make({ returns: "log" }).label(singlePanel(barsOf(1, Math.E, 1)));
    expect([...values[0]!]).toEqual([1, -1, NaN]);
  });

  it("names a setting that cannot be", () => {
    expect(() => make({ horizons: [0] })).toThrow(/label\.horizons\.0/);
    expect(() => make({ horizons: [] })).toThrow(/label\.horizons/);
    expect(() => make({ horizons: [3, 3] })).toThrow(/label\.horizons: horizons do not ascend/);
    expect(() => make({ returns: "percent" })).toThrow(/label\.returns/);
  });
});
