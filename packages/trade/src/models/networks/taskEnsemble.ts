import { temporalAttentionPooling, transformerEncoder } from "@orion/grad";
import { z } from "zod";
import { attentive } from "./attentive.ts";
import type { Encoder, NetworkPart } from "./encoding.ts";
import { dropoutRate, layerWidth, windowLength } from "./networkConfig.ts";
import { convolutionSizes, convolutionStack } from "./patternNet.ts";
import { transformerSizes } from "./transformerSizes.ts";
import { xlstmConfig, xlstmStack } from "./xlstmStack.ts";

/** Shape of the network; see `taskEnsembleEncoder`. */
export const TaskEnsembleConfig = z.strictObject({
  kind: z.literal("taskEnsemble"),
  window: windowLength(60),
  direction: xlstmConfig({
    width: 384,
    heads: 4,
    blocks: ["slstm", "mlstm"],
    expansion: { slstm: 4 / 3, mlstm: 2 },
  }),
  /** width of the layer that scores the direction net's steps */
  pooling: layerWidth(128),
  price: transformerSizes({ width: 256, heads: 8, blocks: 6, feedForward: 896 }),
  risk: z.strictObject(convolutionSizes({ channels: 128, blocks: 5 })).prefault({}),
  dropout: dropoutRate(0.1),
});
export type TaskEnsembleConfig = z.output<typeof TaskEnsembleConfig>;

/**
 * A network of its own for each group of tasks; they share nothing but the window.
 *
 *   direction: two layers of xLSTM, pooled by attention           [B, 384]
 *   price:     a Transformer, the last step beside the mean       [B, 512]
 *   risk:      dilated convolutions, the last step and the maximum  [B, 256]; the smallest of the three
 *
 * Each is built when its part of the encoding is first read. Heads of all groups train the three together; `sixHeads`
 * with `groups: ["risk"]` (or another) trains that one alone, from the same first weights as in the ensemble, and its
 * weights are then given back by name (`encoder.risk.…`).
 * With F = 40 and `sixHeads`: 7.9M parameters.
 */
export function taskEnsembleEncoder(config: TaskEnsembleConfig): Encoder {
  const { dropout, direction, price, risk } = config;
  return attentive((g, x) => {
    const trunk = <T>(build: () => T): (() => T) => {
      let built: { value: T } | undefined;
      return () => {
        built ??= { value: build() };
        return built.value;
      };
    };
    const trunks = {
      direction: trunk(() => {
        const steps = xlstmStack(g, x, { ...direction, dropout, name: "encoder.direction" });
        return temporalAttentionPooling(g, steps, {
          name: "encoder.direction.pooling",
          width: config.pooling,
        });
      }),
      price: trunk(() => transformerEncoder(g, x, { ...price, dropout, name: "encoder.price" }).pooled),
      risk: trunk(() => convolutionStack(g, x, { ...risk, dropout, name: "encoder.risk" })),
    };
    return {
      get direction() {
        return trunks.direction();
      },
      get price() {
        return trunks.price();
      },
      get risk() {
        return trunks.risk();
      },
    };
  });
}

export const taskEnsemblePart = {
  kind: "taskEnsemble",
  config: TaskEnsembleConfig,
  encoder: taskEnsembleEncoder,
} as const satisfies NetworkPart<"taskEnsemble", typeof TaskEnsembleConfig>;
