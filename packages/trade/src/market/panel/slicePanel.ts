import { type Panel, sliceBars } from "../bars.ts";

/** Rows [from, to) of all series as views on the same memory: nothing is copied. */
export function slicePanel(panel: Panel, from: number, to: number): Panel {
  return {
    length: to - from,
    closeTime: panel.closeTime.subarray(from, to),
    series: panel.series.map((bars) => sliceBars(bars, from, to)),
  };
}
