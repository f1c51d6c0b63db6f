import { SIGNALS } from "../labels/labeler.ts";
import { classificationReport } from "../models/evaluation/index.ts";
import type { MultiTaskForecast } from "../models/multiTask/multiTaskNet.ts";
import {
  correlation,
  correlationInterval,
  dailyMeanInterval,
  meanSquare,
  rankCorrelation,
} from "../models/multiTask/taskScores.ts";
import type { Classification, RankingReport, TaskReports } from "../wire/training.ts";
import { classificationOf } from "./classification.ts";
import type { SixHeadsData } from "./sixHeadsData.ts";
import type { SixHorizons } from "./sixOutcomes.ts";

export interface ReportInput {
  readonly data: SixHeadsData;
  /** rows of the stack that the forecast is of */
  readonly rows: Int32Array;
  readonly forecast: MultiTaskForecast;
  readonly horizons: SixHorizons;
  /** share of the held-back rows on which the direction was right; null when confidence was left out */
  readonly rightShare: number | null;
}

/**
 * Each head on rows that nothing has seen, with what a useless model would reach beside it.
 *
 * Instruments of a day move together and outcomes of neighbouring days share bars: intervals count distinct days over
 * the horizon, not rows. That is cautious (instruments are not copies of one another) and so never too narrow.
 */
export function sixHeadsReport(input: ReportInput): TaskReports {
  const { data, rows, forecast, horizons, rightShare } = input;
  const { outcomes, stack } = data;
  const at = <A extends Float32Array>(column: A): Float32Array =>
    Float32Array.from(rows, (row) => column[row]!);
  const day = Float64Array.from(rows, (row) => stack.closeTime[row]!);
  const days = new Set(day).size;
  const n = rows.length;
  const classes = (bars: number, actual: Float32Array, said: Uint8Array, shares: Float32Array) =>
    classificationOf(
      classificationReport({
        actual,
        predicted: said,
        probabilities: shares,
        classNames: SIGNALS,
        overlap: Math.max(1, (n / days) * bars),
      }),
      SIGNALS,
    );
  const ranking = (said: Float32Array, happened: Float32Array): RankingReport => {
    const told = rankCorrelation(said, happened);
    const free = rankCorrelation(at(data.trailingVolatility), happened);
    return {
      n,
      rankCorrelation: told,
      interval: bounds(correlationInterval(told, days / horizons.longest, "rank")),
      baselineRankCorrelation: free,
      baselineInterval: bounds(correlationInterval(free, days / horizons.longest, "rank")),
    };
  };
  const direction: Classification = classes(
    horizons.direction,
    at(outcomes.direction),
    forecast.directionSaid,
    forecast.direction,
  );
  return {
    days,
    effectiveDays: days / horizons.longest,
    returns: horizons.returns.map((bars, h) => {
      const real = at(outcomes.returns[h]!);
      const said = forecast.returns[h]!;
      const r = correlation(said, real);
      const mse = meanSquare(said.map((v, i) => v - real[i]!));
      const zero = meanSquare(real);
      return {
        horizonBars: bars,
        n,
        correlation: r,
        correlationInterval: bounds(correlationInterval(r, days / bars)),
        rmse: Math.sqrt(mse),
        zeroRmse: Math.sqrt(zero),
        ...skill(
          Float64Array.from(real, (v, i) => v ** 2 - (said[i]! - v) ** 2),
          zero,
          day,
          bars,
        ),
      };
    }),
    direction,
    position: classes(horizons.longest, at(outcomes.position), forecast.positionSaid, forecast.position),
    volatility: ranking(forecast.volatility, at(outcomes.volatility)),
    risk: ranking(forecast.risk, at(outcomes.drawdown)),
    confidence: rightShare === null ? null : confidence(input, rightShare, day),
  };
}

function confidence(
  { data, rows, forecast, horizons }: ReportInput,
  rightShare: number,
  day: Float64Array,
): TaskReports["confidence"] {
  const right = Float64Array.from(rows, (row, i) =>
    forecast.directionSaid[i] === data.outcomes.direction[row] ? 1 : 0,
  );
  const own = right.map((y, i) => (forecast.confidence[i]! - y) ** 2);
  const base = right.map((y) => (rightShare - y) ** 2);
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    n: rows.length,
    rightShare: mean(right),
    brier: mean(own),
    baseBrier: mean(base),
    ...skill(
      own.map((v, i) => base[i]! - v),
      mean(base),
      day,
      horizons.direction,
    ),
  };
}

/** Mean gain over a baseline's error as a share of that error, with its interval. */
function skill(gain: Float64Array, baseline: number, day: Float64Array, overlap: number) {
  if (!(baseline > 0)) return { skill: null, skillInterval: null };
  const interval = dailyMeanInterval(gain, day, overlap);
  return {
    skill: gain.reduce((a, b) => a + b, 0) / gain.length / baseline,
    skillInterval:
      interval === null ? null : ([interval.low / baseline, interval.high / baseline] as [number, number]),
  };
}

function bounds(interval: { low: number; high: number } | null): [number, number] | null {
  return interval === null ? null : [interval.low, interval.high];
}
