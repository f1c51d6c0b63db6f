import type { Network } from "@orion/grad";
import { transformerEncoder } from "@orion/grad";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { signalHeads } from "./signalHeads.ts";
import { TransformerSignalConfig } from "./transformerSignalConfig.ts";

/**
 * A Transformer encoder (Vaswani et al. 2017, arXiv 1706.03762) over T bars:
 *
 *   h = encoder(x)                  x [B, T, F] to [B, T, D]
 *   p = [h_T ; mean_t h_t]          the last step beside the mean over time, [B, 2D]
 *
 * With F = 38, D = 256, 8 heads, 6 blocks, feed-forward 768 and `signalHeads`: 4.1M parameters.
 */
export function transformerSignalEncoder(config: TransformerSignalConfig): Encoder {
  const { width, heads, blocks, feedForward, dropout } = config;
  return attentive((g, x) => {
    const { pooled } = transformerEncoder(g, x, { width, heads, blocks, feedForward, dropout });
    return oneTrunk(pooled);
  });
}

/** TransformerSignalNet: `transformerSignalEncoder` with `signalHeads`; returnScale as there. */
export function transformerSignal(config: TransformerSignalConfig, returnScale: number): Network {
  const encoder = transformerSignalEncoder(config);
  return (g, x) => signalHeads(g, encoder(g, x), { returnScale });
}

export const transformerSignalPart = {
  kind: "transformerSignal",
  config: TransformerSignalConfig,
  encoder: transformerSignalEncoder,
} as const satisfies NetworkPart<"transformerSignal", typeof TransformerSignalConfig>;
