import { describe, expect, it } from "vitest";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { causalConvolution } from "../layers/causalConvolution.ts";
import { learnedPositions } from "../layers/embedding.ts";
import { gatedFusion, temporalAttentionPooling } from "../layers/fusion.ts";
import { gru } from "../layers/gru.ts";
import { linear } from "../layers/linear.ts";
import { lstm } from "../layers/lstm.ts";
import { timeFirst } from "../layers/timeSteps.ts";
import { mlstmBlock, slstmBlock } from "../layers/xlstmBlocks.ts";
import { tanh } from "../ops/elementwise.ts";
import { reshape } from "../ops/layout.ts";
import { loadPredictor } from "../runtime/predictor.ts";
import { oneCycle } from "../schedules/schedule.ts";
import { emptyBatch } from "./batchSource.ts";
import { createTrainingProgram } from "./createTrainingProgram.ts";
import { fit } from "./fit.ts";
import { tinyTransformer, waveSource } from "./tinyTransformer.ts";

const xlstm = (block: (g: GraphBuilder, x: Tensor) => Tensor) => (g: GraphBuilder, x: Tensor) => {
  const wide = learnedPositions(g, linear(g, timeFirst(g, x), "input", 12), "positions");
  return temporalAttentionPooling(g, block(g, wide), { name: "pooling" });
};
const bodies: Record<string, (g: GraphBuilder, x: Tensor) => Tensor> = {
  "LSTM beside GRU, fused": (g, x) =>
    gatedFusion(g, lstm(g, x, { width: 12, name: "lstm" }).last, gru(g, x, { width: 12, name: "gru" }).last, {
      width: 12,
      name: "fusion",
    }),
  "sLSTM block": xlstm((g, x) => slstmBlock(g, x, { name: "block", heads: 2 })),
  "mLSTM block": xlstm((g, x) => mlstmBlock(g, x, { name: "block", heads: 2 })),
  "dilated convolutions": xlstm((g, x) =>
    [1, 2, 4].reduce(
      (h, dilation) =>
        tanh(g, causalConvolution(g, h, 12, { name: `convolution${dilation}`, kernel: 3, dilation })),
      x,
    ),
  ),
};

describe("each kind of layer", () => {
  it.each(Object.entries(bodies))(
    "%s overfits 64 windows to a tenth of the first loss and exports what it predicts",
    async (_name, body) => {
      const program = await createTrainingProgram({
        ...tinyTransformer({ dropout: 0, batch: 16 }),
        network: (g, x) => {
          const hidden = body(g, x);
          return {
            logits: linear(g, hidden, "class", 3),
            value: reshape(g, linear(g, hidden, "return", 1), ["rest"]),
          };
        },
      });
      const result = await fit(program, {
        train: waveSource(64),
        validation: waveSource(64),
        epochs: 80,
        seed: 11,
        schedule: oneCycle({ peak: 2e-2 }),
        patience: 80,
        fingerprint: "overfit",
      });
      expect(result.bestValue).toBeLessThan(result.history[0]!.loss / 10);
      const batch = emptyBatch(program.spec, 5);
      waveSource(64).gather(Int32Array.from([1, 5, 9, 20, 60]), batch);
      const predictor = await loadPredictor(program.exportOnnx({}), { threads: 1 });
      const [own, exported] = [await program.predict(batch.x, 5), await predictor.predict(batch.x, 5)];
      for (const name of ["logits", "value"])
        for (const [i, value] of exported[name]!.entries()) expect(value).toBeCloseTo(own[name]![i]!, 5);
      await predictor.close();
      await program.close();
    },
  );
});
