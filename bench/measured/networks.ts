import { availableParallelism, cpus } from "node:os";
import {
  add,
  type Batch,
  crossEntropy,
  huber,
  meanSquaredError,
  mul,
  type Network,
  type Tensor,
  type TrainingSpec,
} from "@orion/grad";
import { encoderOf, NetworkConfig, nextCloseHead, signalHeads, sixHeads } from "@orion/trade/models";

/** All networks at their usual sizes with their usual heads, as recipes train them. */
export interface MeasuredNetwork {
  readonly features: number;
  readonly batch: number;
  readonly heads: "signal" | "six" | "nextClose";
  /** least ratio to the machine's peak while training */
  readonly trainingBudget?: number;
  /** largest p50 of one window, ms */
  readonly latencyBudgetMs?: number;
  /** largest resident memory of a training */
  readonly memoryBudgetBytes: number;
}

const GIB = 2 ** 30;
const six = { features: 40, batch: 64, heads: "six", memoryBudgetBytes: 2 * GIB } as const;

export const measuredNetworks: Readonly<Record<string, MeasuredNetwork>> = {
  transformerSignal: {
    features: 38,
    batch: 32,
    heads: "signal",
    trainingBudget: 0.75,
    latencyBudgetMs: 7,
    memoryBudgetBytes: 2 * GIB,
  },
  timeframeLstm: { ...six, heads: "nextClose", trainingBudget: 0.6, latencyBudgetMs: 3 },
  efficientHybrid: { ...six, latencyBudgetMs: 10 },
  simplexLstm: six,
  taskEnsemble: six,
  hybrid: { ...six, batch: 32, memoryBudgetBytes: 4 * GIB },
  mlp: six,
  patternNet: six,
};

export const threads = availableParallelism();
export const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The names asked for on the command line, or all; ends the process for an unknown one. */
export function wantedNetworks(bench: string): string[] {
  const known = Object.keys(measuredNetworks);
  const wanted = process.argv[2];
  if (wanted === undefined) return known;
  if (known.includes(wanted)) return [wanted];
  process.stderr.write(`bench ${bench}: '${wanted}' is not known; choose one of ${known.join(", ")}\n`);
  process.exit(2);
}

/** The training of a network with the losses of its heads, clipping and AdamW. */
export function specOf(kind: string, batch: number): TrainingSpec {
  const { features, heads } = measuredNetworks[kind]!;
  const config = NetworkConfig.parse({ kind });
  const encode = encoderOf(config);
  const network: Network = (g, x) => {
    const encoding = encode(g, x);
    if (heads === "signal") return signalHeads(g, encoding, { returnScale: 0.01 });
    return heads === "six" ? sixHeads(g, encoding, {}) : nextCloseHead(g, encoding, { returnScale: 0.01 });
  };
  return {
    network,
    input: { time: config.window, features },
    ...objectives[heads],
    optimizer: { learningRate: 3e-4, weightDecay: 1e-5 },
    clipNorm: 1,
    batch,
    seed: 7,
    threads,
  };
}

const number = { shape: [], dtype: "float32" } as const;
const label = { shape: [], dtype: "int32" } as const;
const objectives: Record<MeasuredNetwork["heads"], Pick<TrainingSpec, "targets" | "loss">> = {
  signal: {
    targets: { class: label, return: number },
    loss: (g, y, t) => ({
      loss: add(
        g,
        crossEntropy(g, y.logits!, t.class!),
        mul(g, meanSquaredError(g, y.return!, t.return!), 0.1),
      ),
      metrics: {},
    }),
  },
  nextClose: {
    targets: { return: number },
    loss: (g, y, t) => ({ loss: huber(g, y.return!, t.return!, 0.01), metrics: {} }),
  },
  six: {
    targets: {
      returns: { shape: [3], dtype: "float32" },
      direction: label,
      position: label,
      volatility: number,
      confidence: number,
      risk: number,
    },
    loss: (g, y, t) => {
      const squared = (name: string): Tensor => meanSquaredError(g, y[name]!, t[name]!);
      const terms = [
        crossEntropy(g, y.directionLogits!, t.direction!),
        crossEntropy(g, y.positionLogits!, t.position!),
        ...["returns", "volatility", "confidence", "risk"].map(squared),
      ];
      return { loss: terms.reduce((a, b) => add(g, a, b)), metrics: {} };
    },
  },
};

/** Rows like scaled features, and targets of every class, the same in each run. */
export function fillBatch(batch: Batch): Batch {
  for (let i = 0; i < batch.x.length; i++) batch.x[i] = 1.5 * Math.sin(12.9898 * i);
  for (const values of Object.values(batch.targets))
    for (let i = 0; i < values.length; i++)
      values[i] = values instanceof Int32Array ? i % 3 : 0.5 + 0.4 * Math.sin(i);
  return batch;
}
