import { gatedFusion, temporalAttentionPooling, transformerEncoder } from "@orion/grad";
import { z } from "zod";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { dropoutRate, layerWidth, windowLength } from "./networkConfig.ts";
import { transformerSizes } from "./transformerSizes.ts";
import { xlstmConfig, xlstmStack } from "./xlstmStack.ts";

/** Shape of the network; see `efficientHybridEncoder`. */
export const EfficientHybridConfig = z.strictObject({
  kind: z.literal("efficientHybrid"),
  window: windowLength(60),
  xlstm: xlstmConfig({
    width: 384,
    heads: 4,
    blocks: ["mlstm", "mlstm"],
    expansion: { slstm: 4 / 3, mlstm: 2 },
  }),
  transformer: transformerSizes({ width: 256, heads: 8, blocks: 4, feedForward: 768 }),
  /** width of the vector in which the two meet */
  fusion: layerWidth(256),
  dropout: dropoutRate(0.1),
});
export type EfficientHybridConfig = z.output<typeof EfficientHybridConfig>;

/**
 * The hybrid at less than a quarter of its weights: xLSTM and Transformer side by side, joined by a gate, pooled over
 * time by attention. Its xLSTM is of mLSTM blocks alone, which compute all steps at once: nothing in the network waits
 * for an earlier step.
 *
 *   a = xLSTM(x)     b = Transformer(x)     y_t = gatedFusion(a_t, b_t)     h = Σ_t α_t y_t
 *
 * x [B, T, F], a [T, B, D_a], b [T, B, D_b], y [T, B, D], h [B, D].
 * With F = 40, two mLSTM blocks of 384, 4 Transformer blocks of 256 (8 heads, feed-forward 768), D = 256 and
 * `sixHeads`: 5.96M parameters.
 */
export function efficientHybridEncoder(config: EfficientHybridConfig): Encoder {
  const { dropout, fusion } = config;
  return attentive((g, x) => {
    const a = xlstmStack(g, x, { ...config.xlstm, dropout, name: "encoder.xlstm" });
    const b = transformerEncoder(g, x, { ...config.transformer, dropout, name: "encoder.transformer" });
    const joined = gatedFusion(g, a, b.steps, { width: fusion, name: "encoder.fusion" });
    return oneTrunk(temporalAttentionPooling(g, joined, { name: "encoder.pooling" }));
  });
}

export const efficientHybridPart = {
  kind: "efficientHybrid",
  config: EfficientHybridConfig,
  encoder: efficientHybridEncoder,
} as const satisfies NetworkPart<"efficientHybrid", typeof EfficientHybridConfig>;
