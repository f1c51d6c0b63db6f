import { z } from "zod";
import { Identifier, IsoTime, JobState, Measured, Range, Ticker, Timeframe, TimeText } from "./common.ts";

export const BacktestRequest = z.strictObject({
  model: Identifier.optional(),
  from: TimeText.optional(),
  to: TimeText.optional(),
  /** a range that touches the training range is refused unless this is said; every output is then marked */
  inSample: z.boolean().default(false),
  allowShort: z.boolean().optional(),
});
export type BacktestRequest = z.infer<typeof BacktestRequest>;

/** Fractions, not percent. Sharpe, Sortino and Calmar are annual. */
export const Metrics = z.object({
  totalReturn: Measured,
  annualReturn: Measured,
  sharpe: Measured,
  sortino: Measured,
  calmar: Measured,
  maxDrawdown: Measured,
  winRate: Measured,
  profitFactor: Measured,
  exposure: Measured,
  turnover: Measured,
  trades: z.number().int(),
  /** fees and slippage paid, as a fraction of the initial equity */
  costs: Measured,
  /** mean net return of a trade, and of the winning ones */
  meanTradeReturn: Measured,
  meanWinningTrade: Measured,
});
export type Metrics = z.infer<typeof Metrics>;

export const Interval = z.tuple([z.number(), z.number()]);
export type Interval = z.infer<typeof Interval>;

export const Trade = z.object({
  instrument: Ticker,
  side: z.enum(["long", "short"]),
  quantity: z.number(),
  entryTime: IsoTime,
  entryPrice: z.number(),
  exitTime: IsoTime,
  exitPrice: z.number(),
  exitReason: z.enum(["signal", "stop", "target", "endOfData"]),
  /** net of fees and slippage, a fraction of the entry's value */
  netReturn: z.number(),
  /** net profit or loss, quote currency */
  profit: z.number(),
  bars: z.number().int(),
});
export type Trade = z.infer<typeof Trade>;

/** What as many decisions by lot would have made, drawn again and again. */
export const RandomDraws = z.object({
  draws: z.number().int(),
  /** mean total return, its 5 % and 95 % quantiles over the draws */
  meanReturn: z.number(),
  low: z.number(),
  high: z.number(),
  /** share of the draws that the strategy beats */
  beats: z.number(),
});
export type RandomDraws = z.infer<typeof RandomDraws>;

export const BacktestResponse = z.object({
  id: z.string(),
  model: Identifier,
  symbol: Ticker,
  timeframe: Timeframe,
  range: Range,
  bars: z.number().int(),
  metrics: Metrics,
  /** 95 % intervals of the metrics that have one */
  intervals: z.record(z.string(), Interval.nullable()),
  drawdown: z.object({ peak: IsoTime.nullable(), trough: IsoTime.nullable(), recovered: IsoTime.nullable() }),
  baselines: z.object({
    buyAndHold: Metrics.nullable(),
    random: RandomDraws.nullable(),
  }),
  targets: z.array(
    z.object({ name: z.string(), target: z.string(), measured: Measured, met: z.boolean().nullable() }),
  ),
  /** runs of this recipe in the trial ledger, this one included */
  trials: z.number().int(),
  /** probability that the true Sharpe ratio is above what the best of so many trials would show by luck */
  deflatedSharpe: Measured,
  /** probability of backtest overfitting, null with fewer than the configurations it needs */
  pbo: Measured,
  inSample: z.boolean(),
  valid: z.boolean(),
  invalidReason: z.string().nullable(),
  warnings: z.array(z.string()),
  ordersSha256: z.string(),
  equitySha256: z.string(),
  /** at most 2,000 points for drawing; the files of the run hold every bar */
  equity: z.object({
    time: z.array(z.number()),
    strategy: z.array(z.number()),
    buyAndHold: z.array(z.number()),
  }),
  trades: z.array(Trade),
});
export type BacktestResponse = z.infer<typeof BacktestResponse>;

/** How far the running backtest has come; `resultId` names the last one that ended well. */
export const BacktestStatus = z.object({
  state: JobState,
  stage: z.string().nullable(),
  done: z.number(),
  total: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  error: z.string().nullable(),
  resultId: z.string().nullable(),
});
export type BacktestStatus = z.infer<typeof BacktestStatus>;

/** The last backtest since the server started, null before the first. */
export const LatestBacktest = z.object({ result: BacktestResponse.nullable() });
export type LatestBacktest = z.infer<typeof LatestBacktest>;
