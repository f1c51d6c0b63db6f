import { z } from "zod";
import { DataError } from "../core/errors.ts";
import type { Part } from "../core/parts.ts";
import type { Panel } from "../market/bars.ts";
import { barrierKeys, barrierOutcomes } from "./barrierSetup.ts";
import type { Labeler, Labels } from "./labeler.ts";
import { sideRule, sidesOf } from "./sideRule.ts";
import { soleSeries } from "./soleSeries.ts";

const keys = {
  ...barrierKeys,
  /** a position that ended at the vertical barrier. sign: paid if it gained; zero: it did not pay */
  vertical: z.enum(["zero", "sign"]).default("sign"),
  /** what a trade costs in and out, as a fraction: a gain below it did not pay */
  costBand: z.number().nonnegative().lt(1).default(0),
};
export const metaLabelConfig = z.strictObject(keys);
export type MetaLabelConfig = z.output<typeof metaLabelConfig>;
const config = z.strictObject({ ...keys, side: sideRule });

const columns = ["paid", "sideReturn", "side", "barrier", "touchBars", "target"] as const;

/**
 * Whether acting on a side paid: the rule of `side` takes a position at each close, barriers end it (`barrierKeys`).
 *
 *   paid        1 if the position's return is above `costBand`, else 0
 *   sideReturn  of the position: side x (price at which it ended / close of the row - 1)
 *   side        1 long, -1 short
 *   barrier     1 the profit, -1 the stop, 0 the vertical
 *   touchBars   rows from the entry to the bar that ended it
 *   target      the unit of the barriers, a fraction
 *
 * Where one bar holds profit and stop, the stop came first. knownAt[t] = the close of the bar that ended it, at the latest
 * closeTime[t + horizonBars]; NaN and Infinity where the rule takes no side, and as for `tripleBarrier`.
 *
 * Source: Lopez de Prado, Advances in Financial Machine Learning, 2018, 3.6, snippets 3.6-3.7 (costs are not in them).
 */
export const metaLabel: Part<"metaLabel", typeof config, Labeler> = {
  kind: "metaLabel",
  config,
  create: ({ side, ...c }) => ({
    columns,
    horizonBars: c.horizonBars,
    label: (panel) => metaLabels(panel, sidesOf(side, soleSeries(panel, ["close"]).close), c),
  }),
};

/**
 * The same for the sides of a primary model, one a row, each known at the row's close: 1 long, -1 short, 0 or NaN none.
 * A side that was learned must be out of fold: on rows that the model was fitted on it has seen what it is judged by.
 * @throws DataError when a side is none of these, or there is not one a row
 */
export function metaLabels(panel: Panel, sides: ArrayLike<number>, c: MetaLabelConfig): Labels {
  const { closeTime, length } = panel;
  if (sides.length !== length) throw new DataError(`meta-labels: ${sides.length} sides for ${length} rows`);
  const outcomeOf = barrierOutcomes(panel, c);
  const values = columns.map(() => new Float32Array(length).fill(Number.NaN));
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t < length; t++) {
    const side = sides[t]!;
    if (Number.isNaN(side) || side === 0) continue;
    if (side !== 1 && side !== -1)
      throw new DataError(`meta-labels: row ${t}: ${side} is no side: 1 is long, -1 short, 0 none`);
    const outcome = outcomeOf(t, side);
    if (!outcome) continue;
    const gained = outcome.return > c.costBand;
    const paid = gained && (outcome.barrier !== 0 || c.vertical === "sign") ? 1 : 0;
    // the touch speaks of above and below, the position of profit and stop
    const barrier = outcome.barrier === 0 ? 0 : side * outcome.barrier;
    const cells = [paid, outcome.return, side, barrier, outcome.row - t, outcome.target];
    for (let i = 0; i < cells.length; i++) values[i]![t] = cells[i]!;
    knownAt[t] = closeTime[outcome.row]!;
  }
  return { values, knownAt };
}
