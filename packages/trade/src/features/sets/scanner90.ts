import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import { timeframeMs } from "../../core/time.ts";
import type { Feature } from "../feature.ts";
import { panelBars } from "../panelBars.ts";
import { higherBars, onRows, requireTimeframe } from "./higherBars.ts";
import { type SetColumn, tableColumns } from "./indicatorColumns.ts";
import { longest } from "./longest.ts";
import { priceColumns } from "./priceColumns.ts";

const TIMEFRAME = /^[1-9]\d{0,3}[mhd]$/;
const timeframe = z.string().regex(TIMEFRAME, "is no timeframe such as 1m, 5m, 1h or 1d");

const config = z.strictObject({
  /** the bars' own timeframe and longer ones made of them, such as 1m, 5m, 30m, 1h, 6h, 1d; only the bars themselves unless given */
  timeframes: z
    .array(timeframe)
    .min(1)
    .max(8)
    .superRefine((names, context) => {
      if (!names.every((name) => TIMEFRAME.test(name))) return;
      const lengths = names.map(timeframeMs);
      lengths.forEach((ms, i) => {
        if (i > 0 && ms <= lengths[i - 1]!)
          context.addIssue({ code: "custom", message: `'${names[i]}' does not ascend` });
        else if (ms % lengths[0]! !== 0)
          context.addIssue({
            code: "custom",
            message: `'${names[i]}' is no whole multiple of '${names[0]}'`,
          });
      });
    })
    .optional(),
});

/** A year of trading days: what remembers longer would find too few days, and too many minutes. */
const LONGEST_MEMORY = 252;

/** Slow windows, which the next timeframe's quick ones tell as well. */
const SLOW = new Set([
  "realised100",
  "realisedRatio20x100",
  "vwapDistance100",
  "volumeOscillator20x100",
  "volumeZScore100",
  "zScore100",
  "donchianPosition55",
  "donchianWidth55",
  "regressionSlope50",
  "regressionFit50",
  "highDistance250",
  "lowDistance250",
]);

const table: readonly SetColumn[] = priceColumns.filter(
  ({ name, lookback }) => lookback <= LONGEST_MEMORY && !SLOW.has(name),
);

/**
 * What a scan of many stocks looks at: those columns of `priceColumns` that remember no more than 252 bars, free of scale,
 * on the bars themselves or, with `timeframes`, on each of several. Then the first one is that of the bars, the others are
 * joined from them in UTC (`resample`), and names end in the timeframe: rsi14At30m.
 *
 * Row t knows of a longer bar only once it has closed: until then it has the one before, through the whole of the
 * forming one. A missing bar is left out of the longer ones.
 *
 * `lookback` counts in bars of the panel: for the longest timeframe its columns' memory and two bars more, one still forming
 * and one that the history enters midway. For days of one-minute bars that is most of a year; six timeframes are six times
 * the columns.
 */
export const scanner90: Part<"scanner90", typeof config, Feature> = {
  kind: "scanner90",
  config,
  create({ timeframes }) {
    const memory = longest(table);
    if (timeframes === undefined) {
      const docs = table.map(({ name, formula, source }) => ({ name, formula, source }));
      return {
        columns: docs.map((doc) => doc.name),
        docs,
        lookback: memory,
        compute(panel) {
          return tableColumns(table, panelBars(panel));
        },
      };
    }
    const lengths = timeframes.map(timeframeMs);
    const [own = 0] = lengths;
    const docs = timeframes.flatMap((at, i) =>
      table.map(({ name, formula, source }) => ({
        name: `${name}At${at}`,
        formula: i === 0 ? formula : `${formula}; on the last ${at} bar that has closed`,
        source,
      })),
    );
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: Math.max(...lengths.map((ms, i) => (i === 0 ? memory : (memory + 2) * (ms / own)))),
      compute(panel) {
        const bars = panelBars(panel);
        requireTimeframe(bars, own, "scanner90");
        return lengths.flatMap((ms, i) => {
          if (i === 0) return tableColumns(table, bars);
          const higher = higherBars(bars, own, ms);
          return tableColumns(table, higher.bars).map((column) => onRows(column, higher.seen));
        });
      },
    };
  },
};
