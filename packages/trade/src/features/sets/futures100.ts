import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import { BESIDE } from "../../market/bars.ts";
import type { Feature } from "../feature.ts";
import { narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { besideOf, besideTable } from "./besideTable.ts";
import { fundingClock } from "./fundingClock.ts";
import { asIs, barIndicators, indicatorColumn as column, type SetColumn } from "./indicatorColumns.ts";
import { longest } from "./longest.ts";
import { priceColumns } from "./priceColumns.ts";

const clock: readonly SetColumn[] = [
  ...["hour", "weekday", "month"].flatMap((cycle) => [
    column(`${cycle}Sin`, cycle, {}, asIs, "sin"),
    column(`${cycle}Cos`, cycle, {}, asIs, "cos"),
  ]),
  ...fundingClock,
];

const config = z.strictObject({
  /** what is read beside the bars, three columns each; nothing unless given. The recipe names it under universe.beside too */
  beside: z
    .array(z.enum(BESIDE))
    .refine((kinds) => new Set(kinds).size === kinds.length, "names a kind twice")
    .default([]),
  /** bars of its means, deviations and longer change: a day of five-minute bars unless given, a settlement needs 96 */
  besideBars: z.int().min(2).max(20_000).default(288),
});

const table: readonly SetColumn[] = [...priceColumns, ...clock];

/**
 * The feature set of crypto futures: what prices and volume tell (`priceColumns`: returns, trend, momentum, volatility,
 * volume, shape of the bar, statistics of the returns), and the clock: 130 columns. `beside` adds what the market of the
 * future itself tells, three columns each: the rate of funding, the basis to the mark price, the change of open interest.
 *
 * Every column is free of scale: prices, volume or contracts in other units change nothing, so that a model of one contract
 * can be fed with another. Funding and basis are fractions as they are.
 *
 * Rows are NaN until a column has its first value, where a bar is missing or impossible, which begins every history anew,
 * and where nothing fresh was known of what stands beside the bars.
 * `lookback` counts averages of infinite memory until they have forgotten all but 1e-7 of their start.
 */
export const futures100: Part<"futures100", typeof config, Feature> = {
  kind: "futures100",
  config,
  create({ beside, besideBars }) {
    const more = besideTable(beside, besideBars);
    const docs = [...table, ...more].map(({ name, formula, source }) => ({ name, formula, source }));
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: Math.max(longest(table), ...more.map((c) => c.lookback)),
      needs: { beside },
      compute(panel) {
        const on = barIndicators(panelBars(panel));
        const known = besideOf(panel, beside, "futures100");
        return [...table.map((c) => c.of(on)), ...more.map((c) => c.of(known))].map(narrow);
      },
    };
  },
};
