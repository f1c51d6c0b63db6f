import type { Panel } from "../market/bars.ts";

/** Class indices of a three-class label; the order is the seed's: BUY, HOLD, SELL. */
export const SIGNALS = ["BUY", "HOLD", "SELL"] as const;
export type Signal = (typeof SIGNALS)[number];

export interface Labels {
  /** one column each of `columns`, NaN where the future is missing */
  readonly values: readonly Float32Array[];
  /** ms UTC at which the label of a row stops being the future; splits purge by it. Infinity where there is no label. */
  readonly knownAt: Float64Array;
}

/** Future outcomes of each bar. */
export interface Labeler {
  readonly columns: readonly string[];
  readonly horizonBars: number;
  label(panel: Panel): Labels;
}
