import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import type { Part } from "../../core/parts.ts";
import { contextClose } from "../context/contextClose.ts";
import type { Feature } from "../feature.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { findIndicator } from "../indicators/registry/indicatorParts.ts";
import { narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { directionColumns } from "./directionColumns.ts";
import { hybridContextColumns } from "./hybridContext.ts";
import { difference, YEAR } from "./hybridKernels.ts";
import {
  asIs,
  barIndicators,
  indicatorColumn as column,
  distance,
  ratioColumn,
  returnColumns,
  type SetColumn,
} from "./indicatorColumns.ts";
import { barColumns, flowColumns, macdLine, volumeRatioColumn } from "./kernelColumns.ts";
import { longest } from "./longest.ts";

const instrument = z.string().min(1).max(40);

const config = z
  .strictObject({
    /** instruments of the panel beside the target, by role: market index, growth index, volatility index, sector fund */
    context: z
      .tuple([instrument, instrument, instrument, instrument.optional()])
      .refine((names) => new Set(names).size === names.length, "names an instrument twice")
      .default(["SPY", "QQQ", "VIX"]),
    /** by symbol the fund of its sector, in place of one fund for all: its two columns then end in Sector */
    sectorFunds: z.record(instrument, instrument).optional(),
  })
  .refine(({ context, sectorFunds }) => context[3] === undefined || sectorFunds === undefined, {
    path: ["sectorFunds"],
    message: "name one fund in `context` or one by symbol, not both",
  });

/** What columns call the fund that is another for each symbol. */
const SECTOR = "Sector";

/** Trading days of a month. */
const MONTH = 21;

/** The year's return without that of its last month, which tends to turn back. */
const yearBeforeLastMonth: SetColumn = {
  name: `momentum${YEAR}x${MONTH}`,
  formula: `ln(close[-${MONTH}] / close[-${YEAR}])`,
  source: "Jegadeesh and Titman 1993: the year without its last month",
  lookback: YEAR,
  of: ({ bars: { close } }) => difference(logReturn(close, YEAR), logReturn(close, MONTH)),
};

const realised = (period: number) => findIndicator("realised").create({ period });

const table: readonly SetColumn[] = [
  ...returnColumns(1, 5, 10, 20, 60),
  column("gap", "gap"),
  yearBeforeLastMonth,
  column("highDistance252", "extremeDistance", { period: YEAR }, asIs, "high"),
  column("lowDistance252", "extremeDistance", { period: YEAR }, asIs, "low"),
  column("smaDistance50", "sma", { period: 50 }, distance),
  column("smaDistance200", "sma", { period: 200 }, distance),
  column("emaDistance20", "ema", { period: 20 }, distance),
  macdLine,
  // Over 14 days the index would need two years to forget its start.
  ...directionColumns(7),
  column("aroonOscillator25", "aroon", { period: 25 }, asIs, "oscillator"),
  column("rsi14", "rsi", { period: 14 }),
  column("stochasticK14", "stochastic", { period: 14 }, asIs, "k"),
  column("williamsR14", "williamsR", { period: 14 }),
  column("cci20", "cci", { period: 20 }),
  column("mfi14", "mfi", { period: 14 }),
  column("natr14", "natr", { period: 14 }),
  column("bollingerPercentB", "bollinger", {}, asIs, "percentB"),
  column("bollingerWidth", "bollinger", {}, asIs, "width"),
  column("keltnerUpperDistance20", "keltner", {}, distance, "upper"),
  column("keltnerLowerDistance20", "keltner", {}, distance, "lower"),
  column("realised20", "realised", { period: 20 }),
  ratioColumn("realisedRatio20x60", "change of volatility", realised(20), realised(60)),
  column("yangZhang20", "yangZhang", { period: 20 }),
  ...barColumns,
  column("bodyShare", "candle", {}, asIs, "body"),
  volumeRatioColumn(20),
  ...flowColumns(20),
  column("cmf20", "cmf", { period: 20 }),
  column("vwapDistance20", "vwap", { period: 20 }, distance),
  ...["weekday", "month"].flatMap((cycle) => [
    column(`${cycle}Sin`, cycle, {}, asIs, "sin"),
    column(`${cycle}Cos`, cycle, {}, asIs, "cos"),
  ]),
];

/**
 * Sixty columns for daily stocks: 44 of the target (returns, trend, momentum, volatility, the bar, volume, the calendar)
 * and the 16 that set it beside its market, those of `hybridCore` (beta, correlation, relative strength, regime); two more
 * with a sector fund. The panel holds the target first and, beside it, the context instruments by name (see `alignPanel`).
 *
 * Every column is free of the target's scale. None remembers longer than a year of 252 bars, an average of infinite memory
 * counted until it has forgotten all but 1e-7 of its start: five years of daily bars leave four to learn from.
 *
 * Rows are NaN until a column has its first value, and where a bar of the target or of the context that the column reads is
 * missing or impossible.
 */
export const hybrid60: Part<"hybrid60", typeof config, Feature> = {
  kind: "hybrid60",
  config,
  create({ context: [market, growth, fear, sector], sectorFunds }) {
    const context = hybridContextColumns(market, growth, fear, sectorFunds ? SECTOR : sector);
    const instruments = [market, growth, fear, ...(sector === undefined ? [] : [sector])];
    const funds = [...new Set(Object.values(sectorFunds ?? {}))].filter(
      (name) => !instruments.includes(name),
    );
    const docs = [...table, ...context].map(({ name, formula, source }) => ({ name, formula, source }));
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: Math.max(YEAR, longest(table)),
      needs: { context: [...instruments, ...funds] },
      compute(panel) {
        const on = barIndicators(panelBars(panel));
        const closes = new Map(instruments.map((name) => [name, contextClose(panel, name)]));
        if (sectorFunds) closes.set(SECTOR, contextClose(panel, fundOf(sectorFunds, on.bars.instrument)));
        return [
          ...table.map((c) => c.of(on)),
          ...context.map((c) => c.of(on.bars.close, (name) => closes.get(name)!)),
        ].map(narrow);
      },
    };
  },
};

function fundOf(funds: Readonly<Record<string, string>>, symbol: string): string {
  const fund = funds[symbol];
  if (fund === undefined) throw new UsageError(`hybrid60: sectorFunds names no fund of ${symbol}: add it`);
  return fund;
}
