import fc from "fast-check";
import { expect, test } from "vitest";
import { barFault } from "../../market/barFault.ts";
import { BAR_COLUMNS } from "../../market/bars.ts";
import { barsChangedAfter, barsUntil } from "./alteredBars.ts";
import { toyBars } from "./testing/toyPipeline.ts";

const bars = toyBars(120);
const all = [...bars.targets, ...bars.context];

test("another future: the same bits up to the moment, sound bars and other prices after it, nothing of the original touched", () => {
  const kept = structuredClone(all);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 119 }), fc.integer({ min: 0, max: 500 }), (at, seed) => {
      const moment = all[0]!.closeTime[at]!;
      const changed = barsChangedAfter(bars, moment, seed);
      [...changed.targets, ...changed.context].forEach((series, s) => {
        for (const name of BAR_COLUMNS)
          expect(series[name].subarray(0, at + 1)).toEqual(all[s]![name].subarray(0, at + 1));
        for (let t = at + 1; t < series.length; t++) {
          expect(
            barFault(series.open[t]!, series.high[t]!, series.low[t]!, series.close[t]!, series.volume[t]!),
          ).toBeNull();
          expect(Math.abs(series.close[t]! / all[s]!.close[t]! - 1)).toBeGreaterThan(0.01);
        }
      });
    }),
    { numRuns: 30 },
  );
  expect(all).toEqual(kept);
});

test("cut off: what had closed by the moment, of every series", () => {
  const moment = all[0]!.closeTime[40]! + 1;
  const cut = barsUntil(bars, moment);
  expect([...cut.targets, ...cut.context].map((series) => series.length)).toEqual([41, 41, 41, 41]);
  expect(barsUntil(bars, 0).targets[0]!.length).toBe(0);
});
