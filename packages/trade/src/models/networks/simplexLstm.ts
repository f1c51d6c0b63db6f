import { temporalAttentionPooling } from "@orion/grad";
import { z } from "zod";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { dropoutRate, layerWidth, windowLength } from "./networkConfig.ts";
import { xlstmConfig, xlstmStack } from "./xlstmStack.ts";

/** Shape of the network; see `simplexLstmEncoder`. */
export const SimplexLstmConfig = z.strictObject({
  kind: z.literal("simplexLstm"),
  window: windowLength(60),
  xlstm: xlstmConfig({
    width: 384,
    heads: 4,
    blocks: ["slstm", "mlstm"],
    expansion: { slstm: 4 / 3, mlstm: 2 },
  }),
  /** width of the layer that scores the steps */
  pooling: layerWidth(128),
  dropout: dropoutRate(0.1),
});
export type SimplexLstmConfig = z.output<typeof SimplexLstmConfig>;

/**
 * Two layers of xLSTM, then the steps' mean weighted by attention: the simplest of the hybrid's family.
 *
 *   s = xLSTM(x)     h = Σ_t α_t s_t     x [B, T, F], s [T, B, D], h [B, D]
 *
 * With F = 40, D = 384, one sLSTM and one mLSTM block (of the paper's inner widths) and `sixHeads`: 3.05M parameters.
 */
export function simplexLstmEncoder(config: SimplexLstmConfig): Encoder {
  return attentive((g, x) => {
    const steps = xlstmStack(g, x, { ...config.xlstm, dropout: config.dropout, name: "encoder.xlstm" });
    return oneTrunk(temporalAttentionPooling(g, steps, { name: "encoder.pooling", width: config.pooling }));
  });
}

export const simplexLstmPart = {
  kind: "simplexLstm",
  config: SimplexLstmConfig,
  encoder: simplexLstmEncoder,
} as const satisfies NetworkPart<"simplexLstm", typeof SimplexLstmConfig>;
