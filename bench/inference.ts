import { availableParallelism, cpus } from "node:os";
import {
  createTrainingProgram,
  type ExportOptions,
  type GraphBuilder,
  linear,
  loadPredictor,
  lstm,
  meanSquaredError,
  measurePeak,
  mlstmBlock,
  relu,
  reshape,
  slice,
  slstm,
  type Tensor,
  timeFirst,
  transformerEncoder,
} from "@orion/grad";

// Prediction from the exported files of the networks of bench/grad.ts: latency of one window, throughput of many.
// The LSTM is measured twice: with ONNX's own LSTM node, and unrolled. Prints one JSON document.
const threads = availableParallelism();
const FEATURES = 38;

interface Measured {
  time: number;
  /** Largest p50 of one window, ms. */
  budget?: number;
  export?: ExportOptions;
  body(g: GraphBuilder, x: Tensor): Tensor;
}
const lastStep = (g: GraphBuilder, steps: Tensor) =>
  reshape(g, slice(g, steps, 0, steps.shape[0]! - 1), ["rest", steps.shape[2]!]);
const lstmBody = (g: GraphBuilder, x: Tensor) => lstm(g, x, { width: 128, layers: 2, name: "encoder" }).last;
const networks: Record<string, Measured> = {
  transformer: {
    time: 128,
    budget: 7,
    body: (g, x) => {
      const config = { width: 256, blocks: 6, heads: 8, feedForward: 768, dropout: 0.1 };
      return relu(g, linear(g, transformerEncoder(g, x, config).pooled, "head", 256));
    },
  },
  lstm: { time: 100, budget: 3, body: lstmBody },
  lstmUnrolled: { time: 100, export: { fused: false }, body: lstmBody },
  slstm: {
    time: 60,
    body: (g, x) => {
      const wide = linear(g, timeFirst(g, x), "input", 512);
      return lastStep(g, slstm(g, wide, { width: 512, heads: 4, name: "encoder" }));
    },
  },
  mlstm: {
    time: 60,
    body: (g, x) => {
      const wide = linear(g, timeFirst(g, x), "input", 512);
      return lastStep(g, mlstmBlock(g, wide, { heads: 4, name: "encoder" }));
    },
  },
};

const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const formula = "sum of 2mnk over the forward pass's matrix products";
const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
const peak = (await measurePeak({ threads })).gflops;

async function measure(name: string, { time, budget, body, export: options }: Measured) {
  const program = await createTrainingProgram({
    network: (g, x) => ({ logits: linear(g, body(g, x), "class", 3) }),
    input: { time, features: FEATURES },
    targets: { label: { shape: [3], dtype: "float32" } },
    loss: (g, { logits }, { label }) => ({ loss: meanSquaredError(g, logits!, label!), metrics: {} }),
    optimizer: { learningRate: 3e-4, weightDecay: 1e-5 },
    clipNorm: 1,
    batch: 1,
    seed: 7,
    threads,
  });
  const onnx = program.exportOnnx({}, options);
  const { flopsPerWindow } = program;
  await program.close();
  const opened = performance.now();
  const predictor = await loadPredictor(onnx, { threads });
  const loadSeconds = (performance.now() - opened) / 1000;
  const x = Float32Array.from({ length: 256 * time * FEATURES }, (_, i) => 1.5 * Math.sin(12.9898 * i));
  const seconds = async (rows: number, repeats: number) => {
    const all: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      await predictor.predict(x, rows);
      all.push((performance.now() - start) / 1000);
    }
    return all.sort((a, b) => a - b);
  };
  await seconds(1, 20);
  const single = await seconds(1, 300);
  await seconds(256, 1);
  const many = await seconds(256, 5);
  await predictor.close();
  const rate = (windows: number, s: number) => (windows * flopsPerWindow) / s / 1e9;
  const p50 = at(single, 0.5);
  return [
    {
      name: `inference.${name}.batch1.p50`,
      value: p50 * 1000,
      unit: "ms",
      best: at(single, 0) * 1000,
      ratioToPeak: rate(1, p50) / peak,
      ...(budget === undefined ? {} : { budget }),
      machine,
    },
    { name: `inference.${name}.batch1.p99`, value: at(single, 0.99) * 1000, unit: "ms", machine },
    {
      name: `inference.${name}.batch256`,
      value: 256 / at(many, 0.5),
      unit: "windows/s",
      best: 256 / at(many, 0),
      gflops: rate(256, at(many, 0.5)),
      ratioToPeak: rate(256, at(many, 0.5)) / peak,
      formula,
      machine,
    },
    { name: `inference.${name}.load`, value: loadSeconds, unit: "s", machine },
    { name: `inference.${name}.file`, value: onnx.length, unit: "bytes", machine },
  ];
}

const lines: object[] = [];
for (const [name, network] of Object.entries(networks)) lines.push(...(await measure(name, network)));
lines.push({ name: "inference.machine.peak", value: peak, unit: "GFLOP/s", machine });
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
