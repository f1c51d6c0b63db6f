import { describe, expect, it } from "vitest";
import { randomPanel } from "../featureContract.ts";
import { contextClose } from "./contextClose.ts";

describe("contextClose", () => {
  it("finds the instrument beside the target, also the target's own name, whatever the order", () => {
    const panel = randomPanel(1, 5, ["SPY", "TEST", "VIX"]);
    expect(contextClose(panel, "VIX")).toEqual(panel.series[3]!.close);
    expect(contextClose(panel, "TEST")).toEqual(panel.series[2]!.close);
  });

  it("takes an index without volume, and no bar that is missing or impossible", () => {
    const panel = randomPanel(1, 4, ["VIX"]);
    const vix = panel.series[1]!;
    vix.volume.fill(Number.NaN);
    vix.close[1] = Number.NaN;
    vix.low[2] = 2 * vix.high[2]!;
    expect([...contextClose(panel, "VIX")]).toEqual([vix.close[0], NaN, NaN, vix.close[3]]);
  });

  it("says which instrument is missing and what there is", () => {
    const panel = randomPanel(1, 4, ["SPY"]);
    expect(() => contextClose(panel, "QQQ")).toThrow(/no context 'QQQ' \(it holds TEST, SPY\)/);
    expect(() => contextClose({ ...panel, series: [] }, "QQQ")).toThrow(/it holds nothing/);
    const short = { ...panel.series[1]!, low: new Float64Array(3) };
    expect(() => contextClose({ ...panel, series: [panel.series[0]!, short] }, "SPY")).toThrow(
      /SPY has 3 rows.*panel of 4/,
    );
  });
});
