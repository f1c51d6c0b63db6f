import type { Feature } from "../feature.ts";
import { zScore } from "../indicators/zScore.ts";
import { narrow } from "../narrow.ts";

/**
 * The same columns, each told in deviations from its own last `lookbackBars` values (`zScore`: the row's own among them; 0
 * where they did not vary; NaN while there are fewer, or one of them is missing). Causal and fitted on nothing, so that it
 * is a part of the features: their memory grows by `lookbackBars` - 1, and live and training rows come by the same path.
 * It magnifies: in a market at rest, what an average of infinite memory still keeps of its past becomes a whole deviation.
 */
export function rollingFeature(feature: Feature, lookbackBars: number): Feature {
  return {
    columns: feature.columns,
    docs: feature.docs.map((doc) => ({
      ...doc,
      formula: `(x - mean) / deviation of the last ${lookbackBars} values of x = ${doc.formula}`,
    })),
    lookback: feature.lookback + lookbackBars - 1,
    ...(feature.needs ? { needs: feature.needs } : {}),
    compute: (panel) => feature.compute(panel).map((column) => rollingColumn(column, lookbackBars)),
  };
}

function rollingColumn(column: Float32Array, lookbackBars: number): Float32Array {
  return narrow(zScore(Float64Array.from(column), lookbackBars));
}
