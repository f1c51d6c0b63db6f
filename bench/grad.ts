import { availableParallelism, cpus } from "node:os";
import {
  accuracy,
  add,
  createTrainingProgram,
  crossEntropy,
  emptyBatch,
  type GraphBuilder,
  linear,
  lstm,
  meanSquaredError,
  measurePeak,
  mlstmBlock,
  mul,
  relu,
  reshape,
  slice,
  slstm,
  type Tensor,
  type TrainingSpec,
  timeFirst,
  transformerEncoder,
} from "@orion/grad";

// The training of four networks, each with a class head and a return head, clipping and AdamW:
// - transformer: 4.1 million parameters, 38 features to width 256, 6 blocks, 8 heads, feed-forward 768, 128 steps,
//   batch 32, dropout 0.1;
// - lstm: two layers of 128 over 100 steps, batch 64;
// - slstm: one layer of width 512, 4 heads, over 60 steps, batch 64;
// - mlstm: one residual block of width 512, 4 heads, inner width 1024, in its parallel form over 60 steps, batch 64.
// Prints one JSON document; the name of a network as argument measures that one alone.
// A rate counts matrix products only, 2·m·n·k each in the forward pass, times 3 for forward and backward.
const threads = availableParallelism();
const FEATURES = 38;

interface Measured {
  time: number;
  batch: number;
  budgetRatio?: number;
  /** x [B, T, F] to [B, D]. */
  body(g: GraphBuilder, x: Tensor): Tensor;
}
const lastStep = (g: GraphBuilder, steps: Tensor) =>
  reshape(g, slice(g, steps, 0, steps.shape[0]! - 1), ["rest", steps.shape[2]!]);
const networks: Record<string, Measured> = {
  transformer: {
    time: 128,
    batch: 32,
    budgetRatio: 0.75,
    body: (g, x) => {
      const config = { width: 256, blocks: 6, heads: 8, feedForward: 768, dropout: 0.1 };
      return relu(g, linear(g, transformerEncoder(g, x, config).pooled, "head", 256));
    },
  },
  lstm: {
    time: 100,
    batch: 64,
    budgetRatio: 0.6,
    body: (g, x) => lstm(g, x, { width: 128, layers: 2, name: "encoder" }).last,
  },
  slstm: {
    time: 60,
    batch: 64,
    body: (g, x) => {
      const wide = linear(g, timeFirst(g, x), "input", 512);
      return lastStep(g, slstm(g, wide, { width: 512, heads: 4, name: "encoder" }));
    },
  },
  mlstm: {
    time: 60,
    batch: 64,
    body: (g, x) => {
      const wide = linear(g, timeFirst(g, x), "input", 512);
      return lastStep(g, mlstmBlock(g, wide, { heads: 4, name: "encoder" }));
    },
  },
};

const specOf = ({ time, batch, body }: Measured): TrainingSpec => ({
  network: (g, x) => {
    const hidden = body(g, x);
    return {
      logits: linear(g, hidden, "class", 3),
      value: reshape(g, linear(g, hidden, "return", 1), ["rest"]),
    };
  },
  input: { time, features: FEATURES },
  targets: { label: { shape: [], dtype: "int32" }, value: { shape: [], dtype: "float32" } },
  loss: (g, { logits, value }, targets) => ({
    loss: add(
      g,
      crossEntropy(g, logits!, targets.label!),
      mul(g, meanSquaredError(g, value!, targets.value!), 0.1),
    ),
    metrics: { accuracy: accuracy(g, logits!, targets.label!) },
  }),
  optimizer: { learningRate: 3e-4, weightDecay: 1e-5 },
  clipNorm: 1,
  batch,
  seed: 7,
  threads,
});
const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const formula = "3 x sum of 2mnk over the forward pass's matrix products";
const line = (name: string, value: number, unit: string, more: Record<string, number | string> = {}) => ({
  name,
  value,
  unit,
  ...more,
  machine,
});
const peaks: number[] = [];

async function measure(name: string, network: Measured) {
  const spec = specOf(network);
  const opened = performance.now();
  const program = await createTrainingProgram(spec);
  const loadSeconds = (performance.now() - opened) / 1000;
  const batch = emptyBatch(spec, spec.batch);
  for (let i = 0; i < batch.x.length; i++) batch.x[i] = 1.5 * Math.sin(12.9898 * i);
  for (let i = 0; i < spec.batch; i++) {
    batch.targets.label![i] = i % 3;
    batch.targets.value![i] = Math.sin(i);
  }
  for (let i = 0; i < 4; i++) await program.step(batch, 3e-4);
  // Peak and training by turns, so that what else the machine does meets both.
  const seconds: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < 4; round++) {
    own.push((await measurePeak({ threads, repeats: 6 })).gflops);
    for (let i = 0; i < 6; i++) {
      const start = performance.now();
      await program.step(batch, 3e-4);
      seconds.push((performance.now() - start) / 1000);
    }
  }
  peaks.push(...own);
  const peak = Math.max(...own);
  const [step, best] = [median(seconds), Math.min(...seconds)];
  const rate = (s: number) => program.flopsPerStep / s / 1e9;
  const budget = network.budgetRatio === undefined ? {} : { budgetRatio: network.budgetRatio };
  const lines = [
    line(`grad.${name}.parameters`, program.parameterCount, "count"),
    line(`grad.${name}.step`, step, "s", { best }),
    line(`grad.${name}.windows`, spec.batch / step, "1/s"),
    line(`grad.${name}.rate`, rate(step), "GFLOP/s", {
      ratioToPeak: rate(step) / peak,
      best: rate(best),
      bestRatioToPeak: rate(best) / peak,
      ...budget,
      formula,
    }),
    line(`grad.${name}.load`, loadSeconds, "s"),
    line(`grad.${name}.export`, program.exportOnnx({}).length, "bytes"),
  ];
  await program.close();
  return lines;
}

const wanted = process.argv[2];
if (wanted !== undefined && !networks[wanted]) {
  process.stderr.write(
    `bench grad: '${wanted}' is not known; choose one of ${Object.keys(networks).join(", ")}\n`,
  );
  process.exit(2);
}
const lines = [];
for (const [name, network] of Object.entries(networks))
  if (wanted === undefined || wanted === name) lines.push(...(await measure(name, network)));
lines.push(
  line("grad.machine.peak", Math.max(...peaks), "GFLOP/s", { median: median(peaks), size: 2048, threads }),
  line("grad.memory.peakResident", process.resourceUsage().maxRSS * 1024, "bytes", { budget: 2 * 2 ** 30 }),
);
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
