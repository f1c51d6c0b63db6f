import { availableParallelism, cpus } from "node:os";
import {
  createTrainingProgram,
  linear,
  loadPredictor,
  meanSquaredError,
  measurePeak,
  relu,
  transformerEncoder,
} from "@orion/grad";

// Prediction from the exported file of the Transformer of bench/grad.ts: latency of one window, throughput of many.
// Prints one JSON document.
const threads = availableParallelism();
const program = await createTrainingProgram({
  network: (g, x) => {
    const config = { width: 256, blocks: 6, heads: 8, feedForward: 768, dropout: 0.1 };
    const hidden = relu(g, linear(g, transformerEncoder(g, x, config).pooled, "head", 256));
    return { logits: linear(g, hidden, "class", 3) };
  },
  input: { time: 128, features: 38 },
  targets: { label: { shape: [3], dtype: "float32" } },
  loss: (g, { logits }, { label }) => ({ loss: meanSquaredError(g, logits!, label!), metrics: {} }),
  optimizer: { learningRate: 3e-4, weightDecay: 1e-5 },
  clipNorm: 1,
  batch: 1,
  seed: 7,
  threads,
});
const onnx = program.exportOnnx({});
const { flopsPerWindow } = program;
await program.close();

const opened = performance.now();
const predictor = await loadPredictor(onnx, { threads });
const loadSeconds = (performance.now() - opened) / 1000;
const x = Float32Array.from({ length: 256 * 128 * 38 }, (_, i) => 1.5 * Math.sin(12.9898 * i));

async function time(rows: number, repeats: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await predictor.predict(x, rows);
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b);
}
await time(1, 20);
const single = await time(1, 300);
await time(256, 1);
const many = await time(256, 5);
await predictor.close();
const peak = (await measurePeak({ threads })).gflops;

const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
const rate = (windows: number, seconds: number) => (windows * flopsPerWindow) / seconds / 1e9;
const formula = "sum of 2mnk over the forward pass's matrix products";
const lines = [
  {
    name: "inference.transformer.batch1.p50",
    value: at(single, 0.5) * 1000,
    unit: "ms",
    ratioToPeak: rate(1, at(single, 0.5)) / peak,
    budget: 7,
    machine,
  },
  { name: "inference.transformer.batch1.p99", value: at(single, 0.99) * 1000, unit: "ms", machine },
  {
    name: "inference.transformer.batch256",
    value: 256 / at(many, 0.5),
    unit: "windows/s",
    gflops: rate(256, at(many, 0.5)),
    ratioToPeak: rate(256, at(many, 0.5)) / peak,
    formula,
    machine,
  },
  { name: "inference.machine.peak", value: peak, unit: "GFLOP/s", machine },
  { name: "inference.transformer.load", value: loadSeconds, unit: "s", machine },
  { name: "inference.transformer.file", value: onnx.length, unit: "bytes", machine },
];
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
