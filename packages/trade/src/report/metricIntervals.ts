import { seededRandom } from "../core/random.ts";
import type { AccountRun } from "../execution/index.ts";
import {
  drawBlocks,
  drawRows,
  type Interval,
  normalInterval,
  percentileInterval,
  wilsonInterval,
} from "./intervals.ts";
import { periodsOf, yearsOf } from "./metrics.ts";
import { annualised, deepestDrawdown, momentsOf, type PeriodReturns, sortinoRatio } from "./returns.ts";
import { sharpeStandardError } from "./sharpeStatistics.ts";

/** One interval for every metric that is an estimate; null where there is too little to estimate from. */
export interface MetricIntervals {
  readonly totalReturn: Interval | null;
  readonly annualReturn: Interval | null;
  readonly sharpe: Interval | null;
  readonly sortino: Interval | null;
  readonly calmar: Interval | null;
  readonly maxDrawdown: Interval | null;
  readonly winRate: Interval | null;
  readonly profitFactor: Interval | null;
  readonly meanTradeReturn: Interval | null;
  readonly meanWinningTrade: Interval | null;
}

/** Fewer days say too little about other days to be resampled. */
const FEWEST_DAYS = 5;

/**
 * 95 % intervals: Sharpe by its standard error (Mertens 2002), win rate by Wilson, returns and drawdown by a stationary
 * bootstrap of daily returns, means of trades and profit factor by a bootstrap of trades. The drawdown of a resampled
 * run is measured at day ends, so its interval may lie below the measured one, which is taken at every bar.
 * @param draws resamples; the same seed gives the same intervals
 */
export function metricIntervals(simulation: AccountRun, seed: number, draws = 1000): MetricIntervals {
  const periods = periodsOf(simulation);
  const wins = simulation.trades.filter((t) => t.profit > 0).length;
  return {
    ...curveIntervals(simulation, periods, seed, draws),
    sharpe: sharpeInterval(periods, unitOf(simulation)),
    winRate: wilsonInterval(wins, simulation.trades.length),
    ...tradeIntervals(simulation, seed + 1, draws),
  };
}

function unitOf({ timeframeMs }: AccountRun): "days" | "periods" {
  return timeframeMs > 86_400_000 ? "periods" : "days";
}

function sharpeInterval(
  { returns, periodsPerYear }: PeriodReturns,
  unit: "days" | "periods",
): Interval | null {
  const moments = momentsOf(returns);
  if (!moments) return null;
  const sharpe = moments.mean / moments.deviation;
  const error = sharpeStandardError({ ...moments, sharpe });
  const year = Math.sqrt(periodsPerYear);
  return normalInterval(sharpe * year, error * year, moments.n, unit, "standard error of Mertens (2002)");
}

type CurveIntervals = Pick<
  MetricIntervals,
  "totalReturn" | "annualReturn" | "sortino" | "calmar" | "maxDrawdown"
>;

function curveIntervals(
  simulation: AccountRun,
  { returns, periodsPerYear }: PeriodReturns,
  seed: number,
  draws: number,
): CurveIntervals {
  const n = returns.length;
  if (n < FEWEST_DAYS) {
    return { totalReturn: null, annualReturn: null, sortino: null, calmar: null, maxDrawdown: null };
  }
  const random = seededRandom(seed);
  const years = yearsOf(simulation.time, simulation.timeframeMs);
  const rows = new Int32Array(n);
  const sample = new Float64Array(n);
  const curve = new Float64Array(n);
  const columns = { totalReturn: [], annualReturn: [], sortino: [], calmar: [], maxDrawdown: [] } as {
    [K in keyof CurveIntervals]: number[];
  };
  for (let draw = 0; draw < draws; draw++) {
    drawBlocks(rows, random);
    let equity = 1;
    for (let i = 0; i < n; i++) {
      sample[i] = returns[rows[i]!]!;
      equity *= 1 + sample[i]!;
      curve[i] = equity;
    }
    const annual = annualised(equity - 1, years) ?? Number.POSITIVE_INFINITY;
    const depth = deepestDrawdown(curve, 1).depth;
    columns.totalReturn.push(equity - 1);
    columns.annualReturn.push(annual);
    columns.sortino.push(sortinoRatio({ returns: sample, periodsPerYear }) ?? Number.NaN);
    columns.calmar.push(depth === 0 ? Number.NaN : annual / depth);
    columns.maxDrawdown.push(depth);
  }
  const interval = (values: readonly number[]): Interval | null =>
    percentileInterval(values, n, unitOf(simulation), `stationary bootstrap, ${draws} draws`);
  return {
    totalReturn: interval(columns.totalReturn),
    annualReturn: interval(columns.annualReturn),
    sortino: interval(columns.sortino),
    calmar: interval(columns.calmar),
    maxDrawdown: interval(columns.maxDrawdown),
  };
}

type TradeIntervals = Pick<MetricIntervals, "profitFactor" | "meanTradeReturn" | "meanWinningTrade">;

function tradeIntervals({ trades }: AccountRun, seed: number, draws: number): TradeIntervals {
  const n = trades.length;
  if (n < 2) return { profitFactor: null, meanTradeReturn: null, meanWinningTrade: null };
  const returns = Float64Array.from(trades, (t) => t.netReturn);
  const profits = Float64Array.from(trades, (t) => t.profit);
  const random = seededRandom(seed);
  const rows = new Int32Array(n);
  const factors: number[] = [];
  const means: number[] = [];
  const winnings: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    drawRows(rows, random);
    let sum = 0;
    let gain = 0;
    let loss = 0;
    let wins = 0;
    let winning = 0;
    for (const row of rows) {
      const profit = profits[row]!;
      sum += returns[row]!;
      if (profit > 0) {
        gain += profit;
        wins += 1;
        winning += returns[row]!;
      } else loss -= profit;
    }
    means.push(sum / n);
    factors.push(loss > 0 ? gain / loss : gain > 0 ? Number.POSITIVE_INFINITY : Number.NaN);
    winnings.push(wins > 0 ? winning / wins : Number.NaN);
  }
  const interval = (values: readonly number[]): Interval | null =>
    percentileInterval(values, n, "trades", `bootstrap of trades, ${draws} draws`);
  return {
    profitFactor: interval(factors),
    meanTradeReturn: interval(means),
    meanWinningTrade: interval(winnings),
  };
}
