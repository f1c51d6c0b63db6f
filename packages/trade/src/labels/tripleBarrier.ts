import { z } from "zod";
import type { Part } from "../core/parts.ts";
import { barrierKeys, barrierOutcomes } from "./barrierSetup.ts";
import type { Labeler } from "./labeler.ts";

const config = z.strictObject({
  ...barrierKeys,
  /** the label where the vertical barrier was met: 0, or the sign of the return there */
  vertical: z.enum(["zero", "sign"]).default("zero"),
});

/**
 * Which of three barriers the price meets first after the close of a row: one above, one below, one in time (`barrierKeys`
 * for where they stand, `firstTouch` for what counts as meeting one).
 *
 *   class          0 (BUY), 1 (HOLD), 2 (SELL): label 1, 0, -1
 *   forwardReturn  price at which the barrier was met / close of the row - 1: the barrier's own price, the open where the
 *                  price gapped through it, the close at the vertical one
 *   label          1 the upper, -1 the lower, at the vertical one 0 or the sign of the return
 *   barrier        1 the upper, -1 the lower, 0 the vertical
 *   touchBars      rows from the entry to the bar that met it
 *   target         the unit of the barriers, a fraction
 *
 * The side is nobody's yet, so `profit` is the distance of the upper barrier and `stop` that of the lower; where one bar holds
 * both, the lower came first (`bothTouched`): a buyer is not told of gains that may not have been. knownAt[t] = the close of
 * the bar that met it, at the latest closeTime[t + horizonBars]. NaN and Infinity where there is no event, no target, or no
 * known outcome. Of the last rows only those that met a barrier early have a label, which are not a fair sample: a split purges
 * the rest, and an embargo of `horizonBars` leaves all of them out.
 *
 * Source: Lopez de Prado, Advances in Financial Machine Learning, 2018, 3.4-3.5, snippets 3.2-3.5 and exercise 3.3. His barriers
 * are met by a close beyond them, these also at them; his sideless barriers both stand `profit` targets away.
 */
export const tripleBarrier: Part<"tripleBarrier", typeof config, Labeler> = {
  kind: "tripleBarrier",
  config,
  create: (c) => ({
    columns: ["class", "forwardReturn", "label", "barrier", "touchBars", "target"],
    horizonBars: c.horizonBars,
    label(panel) {
      const outcomeOf = barrierOutcomes(panel, c);
      const { closeTime, length } = panel;
      const values = Array.from({ length: 6 }, () => new Float32Array(length).fill(Number.NaN));
      const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
      for (let t = 0; t < length; t++) {
        const outcome = outcomeOf(t, 1);
        if (!outcome) continue;
        const { barrier, row } = outcome;
        const label = barrier === 0 && c.vertical === "sign" ? Math.sign(outcome.return) : barrier;
        const cells = [1 - label, outcome.return, label, barrier, row - t, outcome.target];
        for (let i = 0; i < cells.length; i++) values[i]![t] = cells[i]!;
        knownAt[t] = closeTime[row]!;
      }
      return { values, knownAt };
    },
  }),
};
