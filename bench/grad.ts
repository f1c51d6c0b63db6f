import { availableParallelism, cpus } from "node:os";
import {
  accuracy,
  add,
  createTrainingProgram,
  crossEntropy,
  emptyBatch,
  linear,
  meanSquaredError,
  measurePeak,
  mul,
  relu,
  reshape,
  type TrainingSpec,
  transformerEncoder,
} from "@orion/grad";

// The training of a Transformer with 4.1 million parameters: 38 features to width 256, 6 blocks, 8 heads,
// feed-forward 768, a batch of 32 windows of 128 steps, dropout 0.1, clipping and AdamW. Prints one JSON document.
// A rate counts matrix products only, 2·m·n·k each in the forward pass, times 3 for forward and backward.
const threads = availableParallelism();
const spec: TrainingSpec = {
  network: (g, x) => {
    const config = { width: 256, blocks: 6, heads: 8, feedForward: 768, dropout: 0.1 };
    const hidden = relu(g, linear(g, transformerEncoder(g, x, config).pooled, "head", 256));
    return {
      logits: linear(g, hidden, "class", 3),
      value: reshape(g, linear(g, hidden, "return", 1), ["rest"]),
    };
  },
  input: { time: 128, features: 38 },
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
  batch: 32,
  seed: 7,
  threads,
};
const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

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
const peaks: number[] = [];
for (let round = 0; round < 4; round++) {
  peaks.push((await measurePeak({ threads, repeats: 6 })).gflops);
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    await program.step(batch, 3e-4);
    seconds.push((performance.now() - start) / 1000);
  }
}
const peak = Math.max(...peaks);
const step = median(seconds);
const rate = (s: number) => program.flopsPerStep / s / 1e9;
const formula = "3 x sum of 2mnk over the forward pass's matrix products";
const line = (name: string, value: number, unit: string, more: Record<string, number | string> = {}) => ({
  name,
  value,
  unit,
  ...more,
  machine,
});
const lines = [
  line("grad.transformer.parameters", program.parameterCount, "count"),
  line("grad.transformer.step", step, "s", { best: Math.min(...seconds) }),
  line("grad.transformer.windows", spec.batch / step, "1/s"),
  line("grad.transformer.rate", rate(step), "GFLOP/s", {
    ratioToPeak: rate(step) / peak,
    best: rate(Math.min(...seconds)),
    bestRatioToPeak: rate(Math.min(...seconds)) / peak,
    budgetRatio: 0.75,
    formula,
  }),
  line("grad.machine.peak", peak, "GFLOP/s", { median: median(peaks), size: 2048, threads }),
  line("grad.transformer.load", loadSeconds, "s"),
  line("grad.transformer.export", program.exportOnnx({}).length, "bytes"),
  line("grad.memory.peakResident", process.resourceUsage().maxRSS * 1024, "bytes", { budget: 2 * 2 ** 30 }),
];
await program.close();
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
