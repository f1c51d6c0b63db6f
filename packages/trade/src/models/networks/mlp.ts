import type { GraphBuilder, Tensor } from "@orion/grad";
import { concat, dropout, gelu, layerNorm, linear, reduceMean, reshape, slice } from "@orion/grad";
import { z } from "zod";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { dropoutRate, layerWidth, windowLength } from "./networkConfig.ts";

/** Shape of the network; see `mlpEncoder`. */
export const MlpConfig = z.strictObject({
  kind: z.literal("mlp"),
  window: windowLength(60),
  /** flatten: every step's features, [B, T·F]; pool: the last step's beside their mean over the window, [B, 2F] */
  input: z.enum(["flatten", "pool"]).default("flatten"),
  /** widths of the hidden layers */
  hidden: z.array(layerWidth(256)).min(1).max(16).default([256, 128]),
  dropout: dropoutRate(0.2),
});
export type MlpConfig = z.output<typeof MlpConfig>;

/**
 * Layers one after the other, h_i = dropout(gelu(layerNorm(W_i h_{i-1} + b_i))), h_0 the window: all its steps side
 * by side, or its last step beside the mean. It knows nothing of time beyond that: the plainest network there is,
 * a base model of an ensemble and the measure for what the others add.
 */
export function mlpEncoder(config: MlpConfig): Encoder {
  return attentive((g, x) => {
    let h = config.input === "flatten" ? reshape(g, x, ["rest", x.shape[1]! * x.shape[2]!]) : pool(g, x);
    config.hidden.forEach((width, i) => {
      const name = `encoder.layer${i}`;
      h = dropout(g, gelu(g, layerNorm(g, linear(g, h, name, width), `${name}.norm`)), config.dropout);
    });
    return oneTrunk(h);
  });
}

/** x [B, T, F]: the last step beside the mean over the steps, [B, 2F]. */
function pool(g: GraphBuilder, x: Tensor): Tensor {
  const [, time, features] = x.shape;
  const last = reshape(g, slice(g, x, 1, time! - 1), ["rest", features!]);
  return concat(g, [last, reduceMean(g, x, 1)], 1);
}

export const mlpPart = {
  kind: "mlp",
  config: MlpConfig,
  encoder: mlpEncoder,
} as const satisfies NetworkPart<"mlp", typeof MlpConfig>;
