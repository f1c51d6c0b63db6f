import { DataError, UsageError } from "../core/errors.ts";
import {
  annualised,
  deepestDrawdown,
  deflatedSharpe,
  downsideDeviation,
  expectedMaximumSharpe,
  minimumTrackRecord,
  momentsOf,
  probabilisticSharpe,
  sharpeRatio,
  sharpeStandardError,
  sortinoRatio,
} from "../report/index.ts";
import { readNumberColumns } from "./statsColumns.ts";

interface ReturnsRequest {
  readonly file: string;
  readonly column?: string;
  /** the column holds an equity curve, not returns */
  readonly equity?: boolean;
  readonly periodsPerYear: number;
  readonly signal?: AbortSignal;
}

export interface StatsSharpeRequest extends ReturnsRequest {
  /** Sharpe ratio a period that must be exceeded */
  readonly benchmark: number;
  readonly confidence: number;
  /** strategies that were tried, and the deviation of their Sharpe ratios a period */
  readonly trials?: number;
  readonly trialDeviation?: number;
}

export interface StatsSharpe {
  readonly column: string;
  readonly observations: number;
  /** a period */
  readonly sharpe: number;
  readonly standardError: number;
  /** times the root of the periods a year */
  readonly annualSharpe: number;
  readonly skewness: number;
  /** 3 for a normal distribution */
  readonly kurtosis: number;
  readonly benchmark: number;
  readonly probabilisticSharpe: number;
  /** periods; null where the ratio is not above the benchmark */
  readonly minimumTrackRecord: number | null;
  readonly minimumTrackRecordYears: number | null;
  readonly trials: number | null;
  readonly expectedMaximumSharpe: number | null;
  readonly deflatedSharpe: number | null;
}

/** Sharpe ratio of a column with what is known of its error: probabilistic, deflated, track record (`report/sharpeStatistics`). */
export async function statsSharpe(request: StatsSharpeRequest): Promise<StatsSharpe> {
  const { benchmark, confidence, trials, trialDeviation, periodsPerYear } = request;
  if ((trials === undefined) !== (trialDeviation === undefined)) {
    throw new UsageError("a deflated Sharpe ratio needs both --trials and --trial-deviation");
  }
  const { name, returns } = await readReturns(request);
  const moments = momentsOf(returns);
  if (!moments)
    throw new DataError(`column '${name}': ${returns.length} equal or too few returns have no Sharpe ratio`);
  const sharpe = moments.mean / moments.deviation;
  const estimate = { ...moments, sharpe };
  const standardError = sharpeStandardError(estimate);
  if (!Number.isFinite(standardError)) {
    throw new DataError(
      `column '${name}': skewness and kurtosis give the Sharpe ratio no standard error; give more returns`,
    );
  }
  const record = minimumTrackRecord(estimate, benchmark, confidence);
  const variance = trialDeviation === undefined ? 0 : trialDeviation ** 2;
  return {
    column: name,
    observations: moments.n,
    sharpe,
    standardError,
    annualSharpe: sharpe * Math.sqrt(periodsPerYear),
    skewness: moments.skewness,
    kurtosis: moments.kurtosis,
    benchmark,
    probabilisticSharpe: probabilisticSharpe(estimate, benchmark),
    minimumTrackRecord: record,
    minimumTrackRecordYears: record && record / periodsPerYear,
    trials: trials ?? null,
    expectedMaximumSharpe: trials === undefined ? null : expectedMaximumSharpe(trials, variance),
    deflatedSharpe: trials === undefined ? null : deflatedSharpe(estimate, trials, variance),
  };
}

export interface StatsPerformance {
  readonly column: string;
  readonly observations: number;
  readonly periodsPerYear: number;
  readonly totalReturn: number;
  readonly annualReturn: number | null;
  readonly annualVolatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly downsideDeviation: number;
  /** a positive fraction of the peak, with the rows (1 is the first, 0 the start before it) */
  readonly maxDrawdown: number;
  readonly drawdownRows: {
    readonly peak: number;
    readonly trough: number;
    readonly recovery: number | null;
  } | null;
  /** share of periods above 0 */
  readonly winRate: number;
  /** sum of the gains over the sum of the losses; null without a loss */
  readonly profitFactor: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
}

/** Metrics of a column of simple returns, or of an equity curve, by the definitions of every report (`report/returns`). */
export async function statsPerformance(request: ReturnsRequest): Promise<StatsPerformance> {
  const { periodsPerYear } = request;
  const { name, returns } = await readReturns(request);
  const curve = new Float64Array(returns.length);
  let equity = 1;
  let [gain, loss, wins] = [0, 0, 0];
  returns.forEach((r, t) => {
    equity *= 1 + r;
    curve[t] = equity;
    if (r > 0) {
      wins++;
      gain += r;
    } else loss -= r;
  });
  if (!Number.isFinite(equity))
    throw new DataError(`column '${name}': its returns compound past what a number holds`);
  const periods = { returns, periodsPerYear };
  const { depth, peak, trough, recovery } = deepestDrawdown(curve, 1);
  const moments = momentsOf(returns);
  const annualReturn = annualised(equity - 1, returns.length / periodsPerYear);
  return {
    column: name,
    observations: returns.length,
    periodsPerYear,
    totalReturn: equity - 1,
    annualReturn,
    annualVolatility: moments && moments.deviation * Math.sqrt(periodsPerYear),
    sharpe: sharpeRatio(periods),
    sortino: sortinoRatio(periods),
    calmar: annualReturn === null || depth === 0 ? null : annualReturn / depth,
    downsideDeviation: downsideDeviation(periods),
    maxDrawdown: depth,
    drawdownRows:
      peak === null || trough === null
        ? null
        : { peak: peak + 1, trough: trough + 1, recovery: recovery === null ? null : recovery + 1 },
    winRate: wins / returns.length,
    profitFactor: loss > 0 ? gain / loss : null,
    skewness: moments?.skewness ?? null,
    kurtosis: moments?.kurtosis ?? null,
  };
}

async function readReturns(request: ReturnsRequest): Promise<{ name: string; returns: Float64Array }> {
  const { file, column, equity = false, signal } = request;
  const read = await readNumberColumns(file, column === undefined ? null : [column], signal);
  const [name, values] = Object.entries(read.columns)[0]!;
  if (!equity) {
    const bad = values.findIndex((r) => r < -1);
    if (bad < 0) return { name, returns: values };
    throw new DataError(
      `column '${name}', row ${bad + 1}: a return of ${values[bad]} loses more than everything; give simple returns as fractions, or --equity`,
    );
  }
  const bad = values.findIndex((v) => !(v > 0));
  if (bad >= 0)
    throw new DataError(`column '${name}', row ${bad + 1}: an equity of ${values[bad]} is not above 0`);
  if (values.length < 2) throw new DataError(`column '${name}': one equity has no return`);
  return {
    name,
    returns: Float64Array.from({ length: values.length - 1 }, (_, t) => values[t + 1]! / values[t]! - 1),
  };
}
