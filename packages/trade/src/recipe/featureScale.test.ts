import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { featureParts } from "../features/index.ts";
import { expectScaleFree } from "../features/scaleContract.ts";
import { type BarSeries, type Panel, sliceBars } from "../market/bars.ts";
import { samplePath } from "../store/importSample.ts";
import { readBarFile } from "../store/readBars.ts";

/** Bars with themselves as their market: the context must be there, its numbers are not looked at. */
function panelOf(bars: BarSeries): Panel {
  const context = ["SPY", "QQQ", "VIX"].map((instrument) => ({ ...bars, instrument }));
  return { length: bars.length, closeTime: bars.closeTime, series: [bars, ...context] };
}

describe("feature sets on the sample's BTCUSDT bars", () => {
  // On real prices, unlike on random ones, sums and differences of ticks are often equal: no tie may hang on a rounding.
  it.each(["futures100", "hybrid60", "scanner90"] as const)(
    "%s does not see the unit of prices or of volume",
    async (kind) => {
      const { bars } = await readBarFile(samplePath(), "bars");
      const feature = createPart(featureParts, { kind }, "features.0");
      expect(bars.length).toBeGreaterThan(100_000);
      for (const from of [0, 40_000, 80_000]) {
        expectScaleFree(feature, panelOf(sliceBars(bars, from, from + 5000)), { price: 1000, volume: 10 });
      }
    },
  );
});
