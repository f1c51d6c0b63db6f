import { z } from "zod";
import { Identifier, IsoTime, Range, RecipeName, Ticker, Timeframe, TimeText } from "./common.ts";

export const SignalName = z.enum(["BUY", "HOLD", "SELL"]);
export type SignalName = z.infer<typeof SignalName>;
export const ClassShares = z.object({ BUY: z.number(), HOLD: z.number(), SELL: z.number() });

export const PredictQuery = z.strictObject({
  model: Identifier.optional(),
  symbol: Ticker.optional(),
  /** predict as of this moment instead of the last closed bar */
  at: TimeText.optional(),
});
export type PredictQuery = z.infer<typeof PredictQuery>;

/** A signal on one closed bar. Probabilities are corrected to the market's own class frequencies. */
export const Prediction = z.object({
  signal: SignalName,
  /** probability of the class that is signalled, 0..1 */
  confidence: z.number(),
  probabilities: ClassShares,
  /** predicted return over the horizon, a fraction */
  expected_return: z.number(),
  /** of an ensemble: standard deviations over its members, of each probability and of the return */
  ensemble: z
    .object({ members: z.number().int(), spread: ClassShares, return_spread: z.number() })
    .optional(),
  /** close of the bar, quote currency */
  current_price: z.number(),
  /** when the bar closed */
  bar_time: IsoTime,
  /** seconds between the bar's close and the answer */
  data_age_seconds: z.number(),
  model_id: Identifier,
  recipe: RecipeName,
  symbol: Ticker,
  timeframe: Timeframe,
  horizon_bars: z.number().int(),
  /** how often each class occurred in the training rows: what a probability is to be compared with */
  base_rates: ClassShares,
  /** the probability from which the signal is given; null: it never is */
  thresholds: z.object({ buy: z.number().nullable(), sell: z.number().nullable() }),
  training_range: Range,
  /** the bar lies inside the training or validation range: the answer is no evidence */
  in_sample: z.boolean(),
});
export type Prediction = z.infer<typeof Prediction>;
