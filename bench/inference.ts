import { createTrainingProgram, loadPredictor, measurePeak } from "@orion/grad";
import { machine, measuredNetworks, specOf, threads, wantedNetworks } from "./measured/networks.ts";

// Prediction from the exported file of each network at its usual size: latency of one window, throughput of 256 at a time,
// load time and file size. The LSTM is measured twice: with ONNX's own LSTM node, and unrolled. Prints one JSON document;
// the name of a network as argument measures that one alone.
const formula = "sum of 2mnk over the forward pass's matrix products";
const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
const peak = (await measurePeak({ threads })).gflops;

async function measure(kind: string, fused: boolean) {
  const { features, latencyBudgetMs } = measuredNetworks[kind]!;
  const spec = specOf(kind, 1);
  const program = await createTrainingProgram(spec);
  const onnx = program.exportOnnx({}, { fused });
  const { flopsPerWindow } = program;
  await program.close();
  const opened = performance.now();
  const predictor = await loadPredictor(onnx, { threads });
  const loadSeconds = (performance.now() - opened) / 1000;
  const numbers = 256 * spec.input.time * features;
  const x = Float32Array.from({ length: numbers }, (_, i) => 1.5 * Math.sin(12.9898 * i));
  const sorted = async (rows: number, repeats: number) => {
    const all: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      await predictor.predict(x, rows);
      all.push((performance.now() - start) / 1000);
    }
    return all.sort((a, b) => a - b);
  };
  await sorted(1, 20);
  const single = await sorted(1, 300);
  await sorted(256, 1);
  const many = await sorted(256, 5);
  await predictor.close();
  const rate = (windows: number, s: number) => (windows * flopsPerWindow) / s / 1e9;
  const p50 = at(single, 0.5);
  const name = `inference.${kind}${fused ? "" : "Unrolled"}`;
  return [
    {
      name: `${name}.batch1.p50`,
      value: p50 * 1000,
      unit: "ms",
      best: at(single, 0) * 1000,
      ratioToPeak: rate(1, p50) / peak,
      ...(latencyBudgetMs === undefined || !fused ? {} : { budget: latencyBudgetMs }),
      machine,
    },
    { name: `${name}.batch1.p99`, value: at(single, 0.99) * 1000, unit: "ms", machine },
    {
      name: `${name}.batch256`,
      value: 256 / at(many, 0.5),
      unit: "windows/s",
      best: 256 / at(many, 0),
      gflops: rate(256, at(many, 0.5)),
      ratioToPeak: rate(256, at(many, 0.5)) / peak,
      formula,
      machine,
    },
    { name: `${name}.load`, value: loadSeconds, unit: "s", machine },
    { name: `${name}.file`, value: onnx.length, unit: "bytes", machine },
  ];
}

const lines: object[] = [];
for (const kind of wantedNetworks("inference")) {
  process.stderr.write(`measuring the predictions of ${kind} …\n`);
  lines.push(...(await measure(kind, true)));
  if (kind === "timeframeLstm") lines.push(...(await measure(kind, false)));
}
lines.push({ name: "inference.machine.peak", value: peak, unit: "GFLOP/s", machine });
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
