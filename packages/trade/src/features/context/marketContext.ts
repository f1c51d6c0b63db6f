import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import { CONTEXT_INSTRUMENTS, MARKET_CONTEXT } from "../../market/universes/gicsSectors.ts";
import type { ColumnDoc, Feature } from "../feature.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { zScore } from "../indicators/zScore.ts";
import { type FeatureValues, narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { contextClose } from "./contextClose.ts";
import { STRESS_RATIO, trendSign, volatilityState } from "./marketRegime.ts";
import { relativeStrength } from "./relativeStrength.ts";
import { type RollingRegression, rollingRegression } from "./rollingRegression.ts";

const instrument = z.string().min(1).max(40);
const bars = z.int().max(2000);
const [MARKET, , , FEAR] = MARKET_CONTEXT;

const config = z
  .strictObject({
    /** indices and funds that the target is set beside; the first is the market, whose regime is told */
    indices: z
      .array(instrument)
      .min(1)
      .default(CONTEXT_INSTRUMENTS.filter((name) => name !== FEAR)),
    /** a volatility index, or null for none */
    fear: instrument.nullable().default(FEAR),
    /** bars of beta and correlation: a quarter of trading days */
    betaBars: bars.min(2).default(60),
    /** bars of relative strength: a month */
    strengthBars: bars.min(1).default(20),
    /** bars of the market's trend: ten months (Faber 2007) */
    trendBars: bars.min(1).default(200),
    /** bars of usual volatility: a year */
    usualBars: bars.min(21).default(252),
  })
  .refine(({ indices, fear }) => new Set([...indices, fear]).size === indices.length + 1, {
    path: ["indices"],
    message: "names an instrument twice",
  });

interface Closes {
  readonly target: Float64Array;
  of(name: string): Float64Array;
  /** of the target on an instrument, over `betaBars`; worked out once */
  regression(name: string): RollingRegression;
}
type Column = ColumnDoc & { of(closes: Closes): FeatureValues };

/** Bars of present volatility: a month. */
const MONTH = 20;

/**
 * The target beside its whole market, joined as of each bar's close (`alignPanel`): for every index or fund beta and
 * correlation of one-bar log returns, relative strength, and the index's own return; for every one after the first how it
 * does against the market (rotation of sectors and styles); the market's regime; the volatility index's level against its
 * usual one and its change. All columns are free of scale. By default SPY, QQQ, IWM, the eleven sector funds and VIX:
 * 5 columns a fund, 4 of the market, 2 of its regime, 2 of VIX.
 *
 * NaN where a fund has no bar (XLC before 2018-06-19 and XLRE before 2015-10-08 with their memory of `betaBars` after):
 * name only funds that the whole range has. Context that is too old is missing as well (`maxAgeBars` of `alignPanel`).
 */
export const marketContext: Part<"marketContext", typeof config, Feature> = {
  kind: "marketContext",
  config,
  create({ indices, fear, betaBars, strengthBars, trendBars, usualBars }) {
    const [market = MARKET] = indices;
    const columns: Column[] = [
      ...indices.flatMap((name) => beside(name, market, betaBars, strengthBars)),
      {
        name: `trend${trendBars}${market}`,
        formula: `1 where m > SMA(m, ${trendBars}), -1 below it, 0 on it, m the close of ${market}`,
        source: "Faber 2007",
        of: ({ of }) => trendSign(of(market), trendBars),
      },
      {
        name: `volatilityState${market}`,
        formula: `1 where volatility over ${MONTH} > ${STRESS_RATIO} x that over ${usualBars}, -1 where < 1 / ${STRESS_RATIO} of it, else 0, of ${market}`,
        source: "two-state volatility as in Hamilton and Susmel 1994, by a fixed rule",
        of: ({ of }) => volatilityState(logReturn(of(market)), MONTH, usualBars),
      },
      ...(fear === null ? [] : fearColumns(fear, usualBars)),
    ];
    const docs = columns.map(({ name, formula, source }) => ({ name, formula, source }));
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: Math.max(betaBars, strengthBars, trendBars - 1, usualBars, MONTH),
      needs: { context: [...indices, ...(fear === null ? [] : [fear])] },
      compute(panel) {
        const held = new Map(
          [...indices, ...(fear === null ? [] : [fear])].map((name) => [name, contextClose(panel, name)]),
        );
        const target = panelBars(panel).close;
        const returns = logReturn(target);
        const regressions = new Map<string, RollingRegression>();
        const of = (name: string): Float64Array => held.get(name)!;
        const regression = (name: string): RollingRegression => {
          const known = regressions.get(name) ?? rollingRegression(returns, logReturn(of(name)), betaBars);
          regressions.set(name, known);
          return known;
        };
        const closes: Closes = { target, of, regression };
        return columns.map((column) => narrow(column.of(closes)));
      },
    };
  },
};

function beside(name: string, market: string, betaBars: number, strengthBars: number): Column[] {
  return [
    {
      name: `beta${betaBars}${name}`,
      formula: `cov(r, m) / var(m) over ${betaBars}, r and m one-bar log returns of the target and of ${name}; 0 where m is at rest`,
      source: "Sharpe 1964, market model with an intercept",
      of: ({ regression }) => regression(name).beta,
    },
    {
      name: `correlation${betaBars}${name}`,
      formula: `cov(r, m) / sqrt(var(r) var(m)) over ${betaBars}, m of ${name}; 0 where either is at rest`,
      source: "Pearson 1895",
      of: ({ regression }) => regression(name).correlation,
    },
    {
      name: `relativeStrength${strengthBars}${name}`,
      formula: `ln(c / c[-${strengthBars}]) - ln(m / m[-${strengthBars}]), m the close of ${name}`,
      source: "Levy 1967, as a difference of log returns",
      of: ({ target, of }) => relativeStrength(target, of(name), strengthBars),
    },
    {
      name: `logReturn1${name}`,
      formula: `ln(m / m[-1]), m the close of ${name}`,
      source: "Campbell, Lo, MacKinlay 1997, 1.4",
      of: ({ of }) => logReturn(of(name)),
    },
    ...(name === market
      ? []
      : [
          {
            name: `relativeStrength${strengthBars}${name}To${market}`,
            formula: `ln(s / s[-${strengthBars}]) - ln(m / m[-${strengthBars}]), s the close of ${name}, m of ${market}`,
            source: "Moskowitz and Grinblatt 1999, momentum of industries, against the market",
            of: ({ of }: Closes) => relativeStrength(of(name), of(market), strengthBars),
          },
        ]),
  ];
}

function fearColumns(fear: string, usualBars: number): Column[] {
  return [
    {
      name: `zScore${usualBars}${fear}`,
      formula: `(ln v - mean) / deviation over ${usualBars}, n - 1, v the close of ${fear}; 0 at rest`,
      source: "standard score of the level; in logs, since volatility is skewed",
      of: ({ of }) =>
        zScore(
          of(fear).map((level) => Math.log(level)),
          usualBars,
        ),
    },
    {
      name: `logChange1${fear}`,
      formula: `ln(v / v[-1]), v the close of ${fear}`,
      source: "Whaley 2000, the investor fear gauge",
      of: ({ of }) => logReturn(of(fear)),
    },
  ];
}
