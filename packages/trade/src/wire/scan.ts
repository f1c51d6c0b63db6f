import { z } from "zod";
import { BacktestResponse, Metrics, RandomDraws } from "./backtest.ts";
import { Identifier, IsoTime, Measured, RecipeName, Ticker, Timeframe, TimeText } from "./common.ts";
import { ClassShares, SignalName } from "./prediction.ts";

export const ScanQuery = z.strictObject({
  recipe: RecipeName.optional(),
  model: Identifier.optional(),
  /** as of this moment instead of the newest stored bars */
  at: TimeText.optional(),
  /** signals at most */
  top: z.coerce.number().int().min(1).max(1000).optional(),
});
export type ScanQuery = z.infer<typeof ScanQuery>;

/** What one timeframe's network says of its next bar. */
export const TimeframePrediction = z.object({
  /** the next close, quote currency */
  price: z.number(),
  /** to it from the last close, a fraction */
  return: z.number(),
  /** close of the last bar that it saw */
  as_of: IsoTime,
});
export type TimeframePrediction = z.infer<typeof TimeframePrediction>;

/** How a symbol's risk was told; fractions. Losses are positive. */
export const RiskMetrics = z.object({
  /**
   * mean forecast over the horizon of the decision, not the next bar's alone: sqrt((s_1^2 + … + s_h^2) / h) of the forecast
   * volatilities s_i of the next h bars; the unit is one bar
   */
  forecast_volatility: Measured,
  /** the same times the root of the bars of a year */
  annual_volatility: Measured,
  /** loss of the next bar that 95 of 100 stay below, and the mean loss beyond it */
  var_95: Measured,
  cvar_95: Measured,
  beta: Measured,
  /** with the first and the second index of the recipe */
  correlation_spy: Measured,
  correlation_qqq: Measured,
  lower_tail_dependence: Measured,
  /** share of its own history in which volatility was below the next bar's forecast, 0..1 */
  volatility_regime: Measured,
  /** garch, or what stood in for it and why */
  method: z.string(),
});
export type RiskMetrics = z.infer<typeof RiskMetrics>;

export const BaseVote = z.object({
  model: z.string(),
  decision: SignalName,
  /** its own, not calibrated */
  probabilities: ClassShares,
});
export type BaseVote = z.infer<typeof BaseVote>;

/** One feature's part in a decision: its value, null where it is missing, and its Shapley value of the log-odds of BUY. */
export const MatteredFeature = z.object({ feature: z.string(), value: Measured, contribution: z.number() });
export type MatteredFeature = z.infer<typeof MatteredFeature>;

/** What the chain says of one candidate. */
export const ScanSignal = z.object({
  symbol: Ticker,
  decision: SignalName,
  /** calibrated probability of the decision, 0..1 */
  confidence: z.number(),
  /** over the horizon, a fraction: the mean outcome of each class in the training rows, weighted by its probability */
  expected_return: z.number(),
  /** 1 calm to 10; null where volatility could not be told */
  risk_score: z.number().nullable(),
  /** of the decision, in words: "5 bars of 1d" */
  time_horizon: z.string(),
  /** last close, quote currency */
  price: z.number(),
  /** close of the last bar of the recipe's timeframe */
  as_of: IsoTime,
  /** seconds between that close and the answer */
  data_age_seconds: z.number(),
  probabilities: ClassShares,
  /** by timeframe; null where there is none, and then `missing` says why */
  predictions: z.record(Timeframe, TimeframePrediction.nullable()),
  missing: z.record(Timeframe, z.string()),
  risk_metrics: RiskMetrics,
  votes: z.array(BaseVote),
  /** "4 of 5 say BUY" */
  agreement: z.string(),
  /** features that moved the decision most, by Shapley value of the log-odds of BUY in the base models that tell it */
  mattered: z.array(MatteredFeature),
  momentum: z.object({
    momentum_score: z.number(),
    rsi: z.number(),
    rvol: z.number(),
    /** percent */
    percentChange: z.number(),
    trend: z.string(),
    gap: z.number(),
    dollarVolume: z.number(),
    distanceTo52WeekHigh: z.number(),
  }),
});
export type ScanSignal = z.infer<typeof ScanSignal>;

export const ScanResponse = z.object({
  recipe: RecipeName,
  model: Identifier,
  /** the universe's newest close that was scanned */
  as_of: IsoTime,
  /** it lies inside what the model has learned from: the answer is no evidence */
  in_sample: z.boolean(),
  scanned: z.number().int(),
  candidates: z.number().int(),
  filter: z.object({
    decision: z.literal("BUY"),
    min_confidence: z.number(),
    max_risk: z.number(),
    top: z.number().int(),
  }),
  /** best confidence first, ties by symbol; fewer than asked for is a valid answer */
  signals: z.array(ScanSignal),
  /** candidates that the filter left out, with why: in the same order */
  rejected: z.array(ScanSignal.extend({ reason: z.string() })),
  /** symbols that the scan or the chain could not judge */
  dropped: z.array(z.object({ symbol: z.string(), reason: z.string() })),
  /** milliseconds by part of the chain */
  timings: z.record(z.string(), z.number()),
  /** how often each class occurred in the training rows: what a probability is to be compared with */
  base_rates: ClassShares,
  warnings: z.array(z.string()),
});
export type ScanResponse = z.infer<typeof ScanResponse>;

/** What a recipe that scans many symbols would have traded; figures as of any backtest. */
export const ScanBacktest = BacktestResponse.omit({ symbol: true, baselines: true }).extend({
  recipe: RecipeName,
  /** symbols that could have been chosen */
  symbols: z.number().int(),
  /** closes at which was decided, those with a signal among them, and signals in all */
  decisions: z.number().int(),
  decisionsWithSignals: z.number().int(),
  signals: z.number().int(),
  baselines: z.object({
    /** every symbol bought once in equal parts and held */
    equalWeight: Metrics.nullable(),
    /** the recipe's first index, bought and held */
    index: Metrics.nullable(),
    /** as many of the same day's candidates */
    random: RandomDraws.nullable(),
  }),
});
export type ScanBacktest = z.infer<typeof ScanBacktest>;
