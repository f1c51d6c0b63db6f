import {
  accuracy,
  type BatchSource,
  constantRate,
  createTrainingProgram,
  crossEntropy,
  evaluateSource,
  fit,
  linear,
  type Network,
  reshape,
} from "@orion/grad";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { encoderOf, NetworkConfig } from "./index.ts";
import { signalHeads } from "./signalHeads.ts";

const WINDOW = 5;
const FEATURES = 3;
/** Labels that are turned over: no rule is right more often than 90 %. */
const NOISE = 0.1;

/**
 * SELL where the newest x_0 and the oldest x_1 have different signs, else BUY: an exclusive or, of which each half
 * alone tells nothing, so that any linear rule is right as often as a coin (Minsky & Papert 1969).
 */
function plantedWindows(seed: number, rows: number): BatchSource {
  const random = seededRandom(seed);
  const size = WINDOW * FEATURES;
  const x = Float32Array.from({ length: rows * size }, () => 2 * random.next() - 1);
  const label = Int32Array.from({ length: rows }, (_, i) => {
    const differ = x[i * size + (WINDOW - 1) * FEATURES]! > 0 !== x[i * size + 1]! > 0;
    return differ !== random.next() < NOISE ? 2 : 0;
  });
  return {
    rows,
    gather(picked, into) {
      picked.forEach((row, i) => {
        into.x.set(x.subarray(row * size, (row + 1) * size), i * size);
        into.targets.label![i] = label[row]!;
      });
    },
  };
}

const train = plantedWindows(1, 3072);
const validation = plantedWindows(2, 256);
const test512 = plantedWindows(3, 512);

/** Share of the 512 windows, unseen until then, that the network says rightly. */
async function outOfSample(network: Network, epochs: number): Promise<number> {
  const program = await createTrainingProgram({
    network,
    input: { time: WINDOW, features: FEATURES },
    targets: { label: { shape: [], dtype: "int32" } },
    loss: (g, { logits }, { label }) => ({
      loss: crossEntropy(g, logits!, label!),
      metrics: { accuracy: accuracy(g, logits!, label!) },
    }),
    optimizer: { learningRate: 5e-3, weightDecay: 1e-3 },
    clipNorm: 1,
    // the rule is about classes; there is no return to learn, nor a trunk of its own for it
    freeze: (name) => name.startsWith("returnHead.") || name.startsWith("encoder.price."),
    batch: 64,
    seed: 5,
    threads: 1,
  });
  try {
    await fit(program, {
      train,
      validation,
      epochs,
      seed: 7,
      schedule: constantRate(5e-3),
      patience: epochs,
      fingerprint: "planted",
    });
    return (await evaluateSource(program, test512)).metrics.accuracy!;
  } finally {
    await program.close();
  }
}

const networks: Record<string, object> = {
  mlp: { hidden: [32, 16] },
  transformerSignal: { width: 16, heads: 2, blocks: 2, feedForward: 32 },
  simplexLstm: { xlstm: { width: 16, heads: 2 }, pooling: 8 },
  efficientHybrid: {
    xlstm: { width: 16, heads: 2, blocks: ["mlstm"] },
    transformer: { width: 16, heads: 2, blocks: 1, feedForward: 32 },
    fusion: 16,
  },
  hybrid: {
    xlstm: { width: 16, heads: 2, blocks: ["slstm", "mlstm"] },
    transformer: { width: 16, heads: 2, blocks: 1, feedForward: 32 },
    fusion: { width: 16, heads: 2 },
  },
  taskEnsemble: {
    direction: { width: 16, heads: 2 },
    pooling: 8,
    price: { width: 16, heads: 2, blocks: 1, feedForward: 32 },
  },
  timeframeLstm: { width: 24, layers: 1 },
  patternNet: { channels: 16, blocks: 2 },
};

describe("a rule that is not linear, under noise, out of sample", () => {
  test("a linear model is right as often as a coin", async () => {
    const share = await outOfSample(
      (g, x) => ({ logits: linear(g, reshape(g, x, ["rest", WINDOW * FEATURES]), "linear", 3) }),
      8,
    );
    // 512 tosses of a coin: 50 % with a deviation of 2.2 %
    expect(Math.abs(share - 0.5)).toBeLessThan(0.08);
  });

  test.each(Object.entries(networks))("%s learns it", async (kind, sizes) => {
    const encoder = encoderOf(NetworkConfig.parse({ kind, window: WINDOW, dropout: 0.05, ...sizes }));
    const share = await outOfSample(
      (g, x) => ({ logits: signalHeads(g, encoder(g, x), { returnScale: 1 }).logits }),
      8,
    );
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(1);
  });
});
