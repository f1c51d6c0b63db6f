import type { GraphBuilder, Tensor } from "@orion/grad";
import {
  add,
  causalConvolution,
  concat,
  dropout,
  layerNorm,
  linear,
  reduceMax,
  relu,
  timeFirst,
} from "@orion/grad";
import { z } from "zod";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { lastStep } from "./lastStep.ts";
import { dropoutRate, layerWidth, windowLength } from "./networkConfig.ts";

/** Keys of a stack of dilated convolutions, with the given sizes as defaults. */
export const convolutionSizes = (usual: { channels: number; blocks: number }) => ({
  channels: layerWidth(usual.channels),
  /** block i looks back in strides of 2^i bars */
  blocks: z.int().min(1).max(12).default(usual.blocks),
  /** bars that a convolution sees */
  kernel: z.int().min(2).max(64).default(3),
});

/** Shape of the network; see `patternNetEncoder`. */
export const PatternNetConfig = z.strictObject({
  kind: z.literal("patternNet"),
  window: windowLength(60),
  ...convolutionSizes({ channels: 64, blocks: 5 }),
  dropout: dropoutRate(0.1),
});
export type PatternNetConfig = z.output<typeof PatternNetConfig>;

/** `convolutionStack` of a recipe's sizes as a network of its own. Default sizes over F = 40: 0.13M parameters. */
export function patternNetEncoder(config: PatternNetConfig): Encoder {
  return attentive((g, x) => oneTrunk(convolutionStack(g, x, { ...config, name: "encoder" })));
}

export interface ConvolutionStack {
  channels: number;
  blocks: number;
  kernel: number;
  dropout: number;
  name: string;
}

/**
 * Temporal convolutional network (Bai, Kolter & Koltun 2018, arXiv 1803.01271), with norms before the blocks:
 *
 *   h = W x + b      h ← h + dropout(conv_δ(relu(conv_δ(LN(h)))))  for δ = 1, 2, 4, …      s = LN(h)
 *   p = [s_T ; max_t s_t]      the last step, and whether a pattern was anywhere in the window
 *
 * A step sees 1 + 2 (k - 1)(2^n - 1) bars with kernel k and n blocks: 125 with 3 and 5. x [B, T, F], p [B, 2C].
 */
export function convolutionStack(g: GraphBuilder, x: Tensor, config: ConvolutionStack): Tensor {
  const { channels, blocks, kernel, name } = config;
  let h = linear(g, timeFirst(g, x), `${name}.input`, channels);
  for (let i = 0; i < blocks; i++) {
    const convolve = (of: Tensor, part: string) =>
      causalConvolution(g, of, channels, { name: `${name}.block${i}.${part}`, kernel, dilation: 2 ** i });
    const normed = layerNorm(g, h, `${name}.block${i}.norm`);
    const found = convolve(relu(g, convolve(normed, "first")), "second");
    h = add(g, h, dropout(g, found, config.dropout));
  }
  const steps = layerNorm(g, h, `${name}.norm`);
  return concat(g, [lastStep(g, steps), reduceMax(g, steps, 0)], 1);
}

export const patternNetPart = {
  kind: "patternNet",
  config: PatternNetConfig,
  encoder: patternNetEncoder,
} as const satisfies NetworkPart<"patternNet", typeof PatternNetConfig>;
