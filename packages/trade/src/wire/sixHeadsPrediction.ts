import { z } from "zod";
import { Identifier, IsoTime, Range, RecipeName, Ticker, Timeframe } from "./common.ts";
import { ClassShares, SignalName } from "./prediction.ts";
import { TaskReports } from "./training.ts";

/** One head of classes: what is said, and how likely each class is at the market's own frequencies. */
const Classes = z.object({
  horizon_bars: z.number().int(),
  /** the largest probability when every class weighs the same */
  said: SignalName,
  probabilities: ClassShares,
});

/** What six heads forecast of one symbol on one closed bar. Returns and drawdown are fractions. */
export const SixHeadsForecast = z.object({
  symbol: Ticker,
  /** the training read this symbol; false: it is as new to the network as its future */
  trained_on: z.boolean(),
  bar_time: IsoTime,
  data_age_seconds: z.number(),
  current_price: z.number(),
  returns: z.array(z.object({ horizon_bars: z.number().int(), expected_return: z.number() })),
  direction: Classes,
  position: Classes,
  volatility: z.object({ horizon_bars: z.number().int(), per_bar: z.number() }),
  /** probability that the direction said is right, 0..1; null where the head was left out */
  confidence: z.number().nullable(),
  risk: z.object({
    horizon_bars: z.number().int(),
    /** quantile among the training rows' drawdowns: 0 the mildest, 1 the worst */
    quantile: z.number(),
    /** the drawdown of that quantile in the training rows */
    drawdown: z.number(),
  }),
  /** the bar lies in the training or validation range: the answer is no evidence */
  in_sample: z.boolean(),
});
export type SixHeadsForecast = z.infer<typeof SixHeadsForecast>;

export const SixHeadsPrediction = z.object({
  model_id: Identifier,
  recipe: RecipeName,
  timeframe: Timeframe,
  forecasts: z.array(SixHeadsForecast),
  /** symbols that cannot be forecast, and why */
  dropped: z.array(z.object({ symbol: Ticker, reason: z.string() })),
  /** how often each class occurred in the training rows: what a probability is to be compared with */
  base_rates: z.object({ direction: ClassShares, position: ClassShares }),
  /** how often the direction was right on held-back rows: what a confidence is to be compared with */
  base_confidence: z.number().nullable(),
  /** how each head did on the test rows */
  test: TaskReports,
  training_range: Range,
  test_range: Range,
});
export type SixHeadsPrediction = z.infer<typeof SixHeadsPrediction>;
