import { upperBound } from "../core/columns.ts";
import { DAY_MS } from "../core/time.ts";
import type { AccountRun, Trade } from "../execution/index.ts";
import {
  annualised,
  DAYS_A_YEAR,
  deepestDrawdown,
  type PeriodReturns,
  periodReturns,
  sharpeRatio,
  sortinoRatio,
} from "./returns.ts";

/** What a run earned and what it cost, as fractions. null where a metric is not defined. */
export interface Metrics {
  /** final over initial equity, less one; every cost paid */
  readonly totalReturn: number;
  /** the same a year of 365 days, compounded */
  readonly annualReturn: number | null;
  /** of UTC daily equity returns, sample deviation, risk-free rate zero, times sqrt(365) */
  readonly sharpe: number | null;
  /** of the same returns, over the deviation of those below zero */
  readonly sortino: number | null;
  /** annual return over maximum drawdown */
  readonly calmar: number | null;
  /** largest loss from a peak of the equity at bar closes, a positive fraction */
  readonly maxDrawdown: number;
  /** share of trades with a net profit */
  readonly winRate: number | null;
  /** profit of the winning over loss of the losing trades, net */
  readonly profitFactor: number | null;
  /** share of bars during which a position was open */
  readonly exposure: number;
  /** notional of all fills, buys and sells, over the mean equity, for the whole run */
  readonly turnover: number;
  readonly trades: number;
  /** fees and slippage over the initial equity */
  readonly costs: number;
  /** mean net return a trade on its entry notional */
  readonly meanTradeReturn: number | null;
  /** the same over the winning trades */
  readonly meanWinningTrade: number | null;
  /** quote currency */
  readonly fees: number;
  readonly slippage: number;
}

/** Dates of the deepest drawdown, ms UTC; recovery is null while the peak was not seen again. */
export interface DrawdownDates {
  readonly depth: number;
  readonly peakTime: number | null;
  readonly troughTime: number | null;
  readonly recoveryTime: number | null;
}

export function metricsOf(simulation: AccountRun): Metrics {
  const { equity, trades, timeframeMs, tradedNotional, fees, slippage, finalEquity } = simulation;
  const initial = simulation.config.initialCash;
  const periods = periodsOf(simulation);
  const totalReturn = finalEquity / initial - 1;
  const annualReturn = annualised(totalReturn, yearsOf(simulation.time, timeframeMs));
  const maxDrawdown = deepestDrawdown(equity, initial).depth;
  let equitySum = 0;
  for (const value of equity) equitySum += value;
  const openBars = barsInTheMarket(simulation);
  return {
    totalReturn,
    annualReturn,
    sharpe: sharpeRatio(periods),
    sortino: sortinoRatio(periods),
    calmar: annualReturn === null || maxDrawdown === 0 ? null : annualReturn / maxDrawdown,
    maxDrawdown,
    ...tradeMetrics(trades),
    exposure: equity.length === 0 ? 0 : Math.min(1, openBars / equity.length),
    turnover: equitySum > 0 ? tradedNotional / (equitySum / equity.length) : 0,
    trades: trades.length,
    costs: (fees + slippage) / initial,
    fees,
    slippage,
  };
}

/** Bars during which at least one position was open; trades in several instruments overlap and count once. */
function barsInTheMarket({ trades, time }: AccountRun): number {
  const spans = trades
    .map((trade) => ({ from: upperBound(time, trade.entryTime), bars: trade.bars }))
    .sort((a, b) => a.from - b.from);
  let open = 0;
  let until = 0;
  for (const { from, bars } of spans) {
    const end = from + bars;
    open += Math.max(0, end - Math.max(from, until));
    until = Math.max(until, end);
  }
  return open;
}

type TradeMetrics = Pick<Metrics, "winRate" | "profitFactor" | "meanTradeReturn" | "meanWinningTrade">;

function tradeMetrics(trades: readonly Trade[]): TradeMetrics {
  let wins = 0;
  let gain = 0;
  let loss = 0;
  let returns = 0;
  let winning = 0;
  for (const trade of trades) {
    returns += trade.netReturn;
    if (trade.profit > 0) {
      wins += 1;
      gain += trade.profit;
      winning += trade.netReturn;
    } else loss -= trade.profit;
  }
  const n = trades.length;
  return {
    winRate: n === 0 ? null : wins / n,
    profitFactor: loss > 0 ? gain / loss : null,
    meanTradeReturn: n === 0 ? null : returns / n,
    meanWinningTrade: wins === 0 ? null : winning / wins,
  };
}

export function periodsOf({ time, equity, config, timeframeMs }: AccountRun): PeriodReturns {
  return periodReturns(time, equity, config.initialCash, timeframeMs);
}

/** From the open of the first bar to the close of the last, in years of 365 days. */
export function yearsOf(time: Float64Array, timeframeMs: number): number {
  if (time.length === 0) return 0;
  return (time[time.length - 1]! - time[0]! + timeframeMs) / (DAYS_A_YEAR * DAY_MS);
}

export function drawdownDates({ time, equity, config, timeframeMs }: AccountRun): DrawdownDates {
  const { depth, peak, trough, recovery } = deepestDrawdown(equity, config.initialCash);
  const timeOf = (row: number | null): number | null =>
    row === null ? null : row < 0 ? time[0]! - timeframeMs : time[row]!;
  return { depth, peakTime: timeOf(peak), troughTime: timeOf(trough), recoveryTime: timeOf(recovery) };
}
