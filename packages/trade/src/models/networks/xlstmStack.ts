import type { GraphBuilder, Tensor } from "@orion/grad";
import { dropout, layerNorm, linear, mlstmBlock, slstmBlock, timeFirst } from "@orion/grad";
import { z } from "zod";
import { headsDivideWidth, layerCount, layerWidth } from "./networkConfig.ts";

export type XlstmBlockKind = "slstm" | "mlstm";

/** Keys of a stack of xLSTM blocks, with the given sizes as defaults. */
export const xlstmConfig = (usual: {
  width: number;
  heads: number;
  blocks: readonly XlstmBlockKind[];
  expansion: Readonly<Record<XlstmBlockKind, number>>;
}) =>
  z
    .strictObject({
      width: layerWidth(usual.width),
      heads: layerCount(usual.heads),
      /**
       * In order. slstm mixes the memories of a head from step to step, and so runs step by step; mlstm stores
       * key-value pairs in a matrix and computes all steps at once
       */
      blocks: z
        .array(z.enum(["slstm", "mlstm"]))
        .min(1)
        .max(64)
        .default([...usual.blocks]),
      /** inner width by width: of an slstm block's feed-forward part, of an mlstm block's memory */
      expansion: z
        .strictObject({
          slstm: z.number().gt(0).max(16).default(usual.expansion.slstm),
          mlstm: z.number().gt(0).max(16).default(usual.expansion.mlstm),
        })
        .prefault({}),
    })
    .superRefine((sizes, context) =>
      headsDivideWidth(sizes, (issue) => context.addIssue({ code: "custom", ...issue })),
    )
    .prefault({});
export type XlstmConfig = z.output<ReturnType<typeof xlstmConfig>>;

/**
 * Encoder of xLSTM blocks (Beck et al. 2024, arXiv 2405.04517): LSTMs with exponential gates, which may revise what
 * they stored.
 *
 *   h = W x + b     h = block_i(h) for each block, residual with norms inside     s = layerNorm(h)
 *
 * x [B, T, F]; every step s, time first [T, B, D].
 */
export function xlstmStack(
  g: GraphBuilder,
  x: Tensor,
  config: XlstmConfig & { name: string; dropout: number },
): Tensor {
  const { name, width, heads, blocks, expansion } = config;
  const embedded = linear(g, timeFirst(g, x), `${name}.input`, width);
  const steps = blocks.reduce(
    (h, kind, i) => {
      const options = {
        name: `${name}.block${i}`,
        heads,
        factor: expansion[kind],
        dropout: config.dropout,
      };
      return kind === "slstm" ? slstmBlock(g, h, options) : mlstmBlock(g, h, options);
    },
    dropout(g, embedded, config.dropout),
  );
  return layerNorm(g, steps, `${name}.norm`);
}
