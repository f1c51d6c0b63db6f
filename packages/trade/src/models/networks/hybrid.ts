import {
  add,
  attentionFusion,
  concat,
  dropout,
  type GraphBuilder,
  gelu,
  linear,
  relu,
  reshape,
  slice,
  type Tensor,
  temporalAttentionPooling,
  transformerEncoder,
} from "@orion/grad";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { attentive } from "./attentive.ts";
import { type Encoder, type NetworkPart, oneTrunk } from "./encoding.ts";
import { lastStep } from "./lastStep.ts";
import { dropoutRate, headsDivideWidth, layerCount, layerWidth, windowLength } from "./networkConfig.ts";
import { transformerSizes } from "./transformerSizes.ts";
import { xlstmConfig, xlstmStack } from "./xlstmStack.ts";

const fusionSizes = z
  .strictObject({ width: layerWidth(256), heads: layerCount(8) })
  .superRefine((sizes, context) =>
    headsDivideWidth(sizes, (issue) => context.addIssue({ code: "custom", ...issue })),
  )
  .prefault({});

const positionSizes = z.strictObject({
  /** how many of the last columns of x tell the portfolio's state, not the market's */
  columns: layerCount(1),
  /** width of the state's embedding */
  width: layerWidth(320),
});

/** Shape of the network; see `hybridEncoder`. */
export const HybridConfig = z.strictObject({
  kind: z.literal("hybrid"),
  window: windowLength(60),
  xlstm: xlstmConfig({
    width: 512,
    heads: 4,
    // three layers, each a pair
    blocks: ["slstm", "mlstm", "slstm", "mlstm", "slstm", "mlstm"],
    expansion: { slstm: 3, mlstm: 3 },
  }),
  transformer: transformerSizes({ width: 256, heads: 8, blocks: 3, feedForward: 1024 }),
  fusion: fusionSizes,
  /** left out: the network knows nothing of the position that is held */
  positionState: positionSizes.optional(),
  dropout: dropoutRate(0.2),
});
export type HybridConfig = z.output<typeof HybridConfig>;

/**
 * xLSTM beside Transformer, each reading what the other found.
 *
 *   a = xLSTM(x)                         three layers of width 512, each an sLSTM and an mLSTM block
 *   b = Transformer(x)                   three blocks of width 256, 8 heads
 *   y = attentionFusion(a, b)            [T, B, D], D = 256
 *   y_t ← y_t + gelu(W y_t + E e + c)    e = V relu(U p + d), the position state's embedding of width 320; optional
 *   h = M [y_T ; Σ_t α_t y_t] + m        temporal fusion: the last step beside the mean weighted by attention, [B, D]
 *
 * x [B, T, F]. With a position state of S columns, the last S of x are p [B, S] in the window's last step (such as the
 * weight held, its unrealised return, the bars since it was opened, cash), and the market encoders read the first
 * F - S only.
 * The design says the widths and 27.1M parameters; inner widths chosen to meet them: 3 times the width in the xLSTM's
 * blocks, 4 times in the Transformer's. With F = 40 and `sixHeads` 27.2M; with 8 more columns of position state 27.5M.
 */
export function hybridEncoder(config: HybridConfig): Encoder {
  const { dropout: rate, positionState } = config;
  return attentive((g, x) => {
    const features = x.shape[2]!;
    const state = positionState?.columns ?? 0;
    if (state >= features)
      throw new UsageError(
        `hybrid: positionState.columns ${state} leaves no market column of ${features}: name fewer`,
      );
    const market = state > 0 ? slice(g, x, 2, 0, features - state) : x;
    const a = xlstmStack(g, market, { ...config.xlstm, dropout: rate, name: "encoder.xlstm" });
    const b = transformerEncoder(g, market, {
      ...config.transformer,
      dropout: rate,
      name: "encoder.transformer",
    });
    const joined = attentionFusion(g, a, b.steps, { ...config.fusion, name: "encoder.fusion" });
    const informed = positionState ? withPosition(g, joined, x, positionState) : joined;
    return oneTrunk(temporalFusion(g, dropout(g, informed, rate)));
  });
}

/** y [T, B, D] with what the last columns of x [B, T, F] say of the position, of the same shape. */
function withPosition(
  g: GraphBuilder,
  y: Tensor,
  x: Tensor,
  { columns, width }: { columns: number; width: number },
): Tensor {
  const [, time, features] = x.shape;
  const now = slice(g, slice(g, x, 1, time! - 1), 2, features! - columns);
  const state = reshape(g, now, ["rest", columns]);
  const name = "encoder.position";
  const e = linear(g, relu(g, linear(g, state, `${name}.state`, width)), `${name}.embedding`, width);
  const fromState = linear(g, e, `${name}.joined.state`, y.shape[2]!, { bias: false });
  const fromMarket = linear(g, y, `${name}.joined.market`, y.shape[2]!);
  return add(g, y, gelu(g, add(g, fromMarket, reshape(g, fromState, [1, "rest", y.shape[2]!]))));
}

/** steps [T, B, D] to one vector a window [B, D]. */
function temporalFusion(g: GraphBuilder, steps: Tensor): Tensor {
  const pooled = temporalAttentionPooling(g, steps, { name: "encoder.temporal.pooling" });
  return linear(g, concat(g, [lastStep(g, steps), pooled], 1), "encoder.temporal.joined", steps.shape[2]!);
}

export const hybridPart = {
  kind: "hybrid",
  config: HybridConfig,
  encoder: hybridEncoder,
} as const satisfies NetworkPart<"hybrid", typeof HybridConfig>;
