import { type AccountRun, type Simulation, simulateBuyAndHold } from "../execution/index.ts";
import { type Goal, goalsOf } from "./goals.ts";
import { type MetricIntervals, metricIntervals } from "./metricIntervals.ts";
import { type DrawdownDates, drawdownDates, type Metrics, metricsOf, periodsOf } from "./metrics.ts";
import { type RandomEntry, randomEntry } from "./randomEntry.ts";
import { momentsOf } from "./returns.ts";
import { deflatedSharpe, minimumTrackRecord, probabilisticSharpe } from "./sharpeStatistics.ts";

/** A metric of fewer trades says little without its interval. */
export const FEWEST_TRADES = 30;

export interface RunOptions {
  /** of the bootstraps */
  readonly seed?: number;
  /** Sharpe ratios (a year) of every trial that led to this run, this one included; the trial ledger has them */
  readonly trialSharpes?: readonly number[];
}

/** What is to be said of any run of an account. */
export interface RunSummary {
  readonly metrics: Metrics;
  readonly intervals: MetricIntervals;
  readonly drawdown: DrawdownDates;
  readonly targets: readonly Goal[];
  /** probability that the true Sharpe ratio is above zero, as if this were the only trial */
  readonly probabilisticSharpe: number | null;
  /** the same after as many trials as there were */
  readonly deflatedSharpe: number | null;
  readonly trials: number;
  /** days after which the measured Sharpe ratio would be above zero with 95 % confidence */
  readonly minimumTrackRecordDays: number | null;
  readonly warnings: readonly string[];
}

export interface SummaryOptions extends RunOptions {
  /** random runs of the baseline */
  readonly randomDraws?: number;
}

export interface Summary extends RunSummary {
  readonly baselines: {
    readonly buyAndHold: { readonly metrics: Metrics; readonly drawdown: DrawdownDates } | null;
    readonly randomEntry: RandomEntry | null;
  };
  /** close times (ms UTC), the strategy's equity and that of buy and hold (null where it could not be run) */
  readonly equity: {
    readonly time: Float64Array;
    readonly equity: Float64Array;
    readonly buyAndHold: Float64Array | null;
  };
}

/** Metrics with intervals, the goals, and what the Sharpe ratio is worth after so many trials. */
export function summariseRun(run: AccountRun, options: RunOptions = {}): RunSummary {
  const { seed = 1, trialSharpes = [] } = options;
  const metrics = metricsOf(run);
  const intervals = metricIntervals(run, seed);
  return {
    metrics,
    intervals,
    drawdown: drawdownDates(run),
    targets: goalsOf(metrics),
    ...sharpeStatistics(run, trialSharpes),
    trials: Math.max(1, trialSharpes.length),
    warnings: [...markings(run), ...run.warnings, ...cautions(metrics, intervals)],
  };
}

/** Everything that is to be said of a run of one instrument: `summariseRun`, baselines on the same bars and costs. */
export async function summarise(simulation: Simulation, options: SummaryOptions = {}): Promise<Summary> {
  const { seed = 1, randomDraws = 200 } = options;
  const { bars, timeframeMs, config } = simulation;
  const held = bars.length < 2 ? null : await simulateBuyAndHold({ bars, timeframeMs, config });
  return {
    ...summariseRun(simulation, options),
    baselines: {
      buyAndHold: held && { metrics: metricsOf(held), drawdown: drawdownDates(held) },
      randomEntry: randomEntry(simulation, seed + 2, randomDraws),
    },
    equity: { time: simulation.time, equity: simulation.equity, buyAndHold: held?.equity ?? null },
  };
}

function sharpeStatistics(
  simulation: AccountRun,
  trialSharpes: readonly number[],
): Pick<Summary, "probabilisticSharpe" | "deflatedSharpe" | "minimumTrackRecordDays"> {
  const { returns, periodsPerYear } = periodsOf(simulation);
  const moments = momentsOf(returns);
  if (!moments) return { probabilisticSharpe: null, deflatedSharpe: null, minimumTrackRecordDays: null };
  const estimate = { ...moments, sharpe: moments.mean / moments.deviation };
  const deviation = momentsOf(trialSharpes)?.deviation ?? 0;
  const periods = minimumTrackRecord(estimate);
  return {
    probabilisticSharpe: probabilisticSharpe(estimate),
    deflatedSharpe: deflatedSharpe(
      estimate,
      Math.max(1, trialSharpes.length),
      deviation ** 2 / periodsPerYear,
    ),
    minimumTrackRecordDays: periods && (periods * 365) / periodsPerYear,
  };
}

function markings({ inSample, valid, invalidReason }: AccountRun): string[] {
  const marks: string[] = [];
  if (inSample)
    marks.push("IN SAMPLE: the model has learned from these bars; nothing here says how it will do");
  if (!valid) marks.push(`INVALID: ${invalidReason}; every number ends there`);
  return marks;
}

function cautions(metrics: Metrics, intervals: MetricIntervals): string[] {
  const notes: string[] = [];
  if (metrics.trades < FEWEST_TRADES) {
    notes.push(
      `${metrics.trades} trade${metrics.trades === 1 ? "" : "s"}, fewer than ${FEWEST_TRADES}: read every metric with its interval`,
    );
  }
  const unknown = (Object.keys(intervals) as (keyof MetricIntervals)[]).filter(
    (name) => intervals[name] === null && metrics[name] !== null,
  );
  if (unknown.length > 0) notes.push(`too few trades or days for an interval of ${unknown.join(", ")}`);
  return notes;
}
