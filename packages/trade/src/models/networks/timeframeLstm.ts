import type { GraphBuilder, Tensor } from "@orion/grad";
import { dropout, linear, lstm, mul, reshape } from "@orion/grad";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { attentive } from "./attentive.ts";
import { type Encoder, type Encoding, type NetworkPart, oneTrunk } from "./encoding.ts";
import { dropoutRate, layerCount, layerWidth, windowLength } from "./networkConfig.ts";

/** Shape of the network; see `timeframeLstmEncoder`. */
export const TimeframeLstmConfig = z.strictObject({
  kind: z.literal("timeframeLstm"),
  window: windowLength(100),
  width: layerWidth(128),
  layers: layerCount(2),
  dropout: dropoutRate(0.2),
});
export type TimeframeLstmConfig = z.output<typeof TimeframeLstmConfig>;

/**
 * LSTM layers over the bars of one timeframe; what heads read is the last step's state of the last layer, [B, 128].
 * One such network a timeframe (1m 5m 30m 1h 6h 1d in the scanner), with `nextCloseHead`.
 * Two layers of 128 over F = 40 columns: 0.22M parameters.
 */
export function timeframeLstmEncoder(config: TimeframeLstmConfig): Encoder {
  const { width, layers, dropout: rate } = config;
  return attentive((g, x) => {
    const { last } = lstm(g, x, { width, layers, dropout: rate, name: "encoder.lstm" });
    return oneTrunk(dropout(g, last, rate));
  });
}

/**
 * The next bar's close as a return, c[t+1] / c[t] - 1: a number of the same size at any price, so that one scale fits
 * all instruments and a split changes nothing; the close itself is c[t] (1 + return).
 *
 *   return = s (W h + b)     h = price [B, D]; [B]; known at the close of t + 1
 *
 * @param returnScale s, the deviation of the training rows' returns
 */
export function nextCloseHead(
  g: GraphBuilder,
  encoding: Encoding,
  { returnScale }: { returnScale: number },
): { return: Tensor } {
  if (!(returnScale > 0) || !Number.isFinite(returnScale))
    throw new UsageError(
      `nextCloseHead.returnScale: ${returnScale} does not scale, the returns have to vary`,
    );
  const scaled = linear(g, encoding.price, "nextCloseHead", 1);
  return { return: mul(g, reshape(g, scaled, ["rest"]), returnScale) };
}

export const timeframeLstmPart = {
  kind: "timeframeLstm",
  config: TimeframeLstmConfig,
  encoder: timeframeLstmEncoder,
} as const satisfies NetworkPart<"timeframeLstm", typeof TimeframeLstmConfig>;
