import { DataError } from "../../core/errors.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { classCounts } from "../sequence/strideRows.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";

/** One number a class, in the order BUY, HOLD, SELL. */
export type Triple = [number, number, number];

export interface Balance {
  readonly lossWeights: Triple;
  readonly posteriorWeights: Triple;
  readonly representedRows: Triple;
  readonly baseRates: Triple;
}

/**
 * Weights of the classes. `lossWeights` make each class weigh the same in sum over the thinned rows (mean weight 1).
 * `posteriorWeights` are what one row of each class weighed against the market's own frequencies: the loss weight
 * times the share of the class's rows that was kept. `representedRows` are how many of the market's rows a kept one stands
 * for (mean 1 over the kept rows): the return head learns the mean return under them, not that of the thinned rows.
 */
export function balanceOf(
  all: Int32Array,
  kept: Int32Array,
  classes: Float32Array,
  kind: TrainingConfig["classBalance"],
): Balance {
  const n = classCounts(all, classes, 3);
  const k = classCounts(kept, classes, 3);
  const missing = k.indexOf(0);
  if (missing >= 0) {
    throw new DataError(
      `the ${all.length} training rows hold no ${SIGNALS[missing]}: lower the label's threshold, lengthen its horizon or give more bars`,
    );
  }
  const lossWeights = k.map((count) => (kind === "weights" ? kept.length / (3 * count) : 1)) as Triple;
  return {
    lossWeights,
    posteriorWeights: lossWeights.map((w, c) => (w * k[c]!) / n[c]!) as Triple,
    representedRows: k.map((count, c) => ((n[c]! / count) * kept.length) / all.length) as Triple,
    baseRates: n.map((count) => count / all.length) as Triple,
  };
}
