import { add, createTrainingProgram, reduceMean, reduceSum } from "@orion/grad";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { FeatureSet } from "../model.ts";
import { transformerSignal } from "../networks/transformerSignal.ts";
import { featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { SignalNet } from "./signalNet.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";

const network = {
  kind: "transformerSignal" as const,
  window: 7,
  width: 10,
  heads: 2,
  blocks: 2,
  feedForward: 13,
  dropout: 0.1,
};
const names = ["a", "b", "c"];
const mean = [5, -3, 0];
const scale = [2, 0.5, 10];
const rows = Int32Array.from({ length: 150 }, (_, i) => 6 + i);

const random = seededRandom(11);
const length = 160;
const columns = names.map((_, f) =>
  Float32Array.from({ length }, () => mean[f]! + scale[f]! * 4 * (random.next() - 0.5)),
);
const set: FeatureSet = { names, columns, closeTime: Float64Array.from({ length }, (_, i) => i) };

function manifestWith(classWeights: [number, number, number]): SignalNetManifest {
  return {
    network,
    scaler: { names, mean, scale, clip: 8, constant: [] },
    classWeights,
    baseRates: [0.1, 0.8, 0.1],
    returnScale: 0.02,
    parameters: 1,
  };
}

let onnx: Uint8Array;
/** what the training program says of the same windows, gathered from columns scaled by hand */
let program: { probabilities: Float32Array; return: Float32Array };

beforeAll(async () => {
  const made = await createTrainingProgram({
    network: transformerSignal(network, 0.02),
    input: { time: network.window, features: names.length },
    targets: { class: { shape: [], dtype: "int32" } },
    // any scalar that every weight has a part in
    loss: (g, outputs) => ({
      loss: add(g, reduceMean(g, reduceSum(g, outputs.logits!, 1)), reduceMean(g, outputs.return!)),
      metrics: {},
    }),
    optimizer: { learningRate: 1e-3, weightDecay: 0 },
    clipNorm: 1,
    batch: 4,
    seed: 5,
  });
  try {
    onnx = made.exportOnnx({});
    const scaled = columns.map((column, f) => column.map((x) => (x - mean[f]!) / scale[f]!));
    const x = new Float32Array(rows.length * network.window * names.length);
    gatherWindows(featureMatrix(scaled), network.window, rows, x);
    const outputs = await made.predict(x, rows.length);
    program = { probabilities: outputs.probabilities!, return: outputs.return! };
  } finally {
    await made.close();
  }
});

const open: SignalNet[] = [];
async function netWith(classWeights: [number, number, number]): Promise<SignalNet> {
  const net = await SignalNet.open(onnx, manifestWith(classWeights));
  open.push(net);
  return net;
}
afterAll(async () => {
  for (const net of open) await net.close();
});

test("the exported file predicts what the training program predicts", async () => {
  const forecast = await (await netWith([1, 1, 1])).predict(set, rows);
  expect(forecast.buy.length).toBe(rows.length);
  let spread = 0;
  for (let i = 0; i < rows.length; i++) {
    const [buy, hold, sell] = program.probabilities.subarray(3 * i, 3 * i + 3);
    expect(Math.abs(forecast.buy[i]! - buy!)).toBeLessThan(1e-5);
    expect(Math.abs(forecast.hold[i]! - hold!)).toBeLessThan(1e-5);
    expect(Math.abs(forecast.sell[i]! - sell!)).toBeLessThan(1e-5);
    expect(Math.abs(forecast.return[i]! - program.return[i]!)).toBeLessThan(1e-5);
    spread = Math.max(spread, Math.abs(buy! - program.probabilities[0]!));
  }
  // windows that all look the same would prove nothing
  expect(spread).toBeGreaterThan(0.01);
});

test("class weights are taken back out: p is q / w, made to add up to 1", async () => {
  const weights = [4, 0.5, 2] as [number, number, number];
  const forecast = await (await netWith(weights)).predict(set, rows);
  for (let i = 0; i < rows.length; i++) {
    const q = program.probabilities.subarray(3 * i, 3 * i + 3);
    const sum = q[0]! / 4 + q[1]! / 0.5 + q[2]! / 2;
    expect(Math.abs(forecast.buy[i]! - q[0]! / 4 / sum)).toBeLessThan(1e-5);
    expect(Math.abs(forecast.hold[i]! - q[1]! / 0.5 / sum)).toBeLessThan(1e-5);
    expect(Math.abs(forecast.sell[i]! - q[2]! / 2 / sum)).toBeLessThan(1e-5);
  }
});

test("columns of another name or order are refused", async () => {
  const net = await netWith([1, 1, 1]);
  const swapped = { ...set, names: ["b", "a", "c"] };
  await expect(net.predict(swapped, rows)).rejects.toThrow(
    new UsageError("the model was trained on the columns a, b, c; these are b, a, c"),
  );
});

test("a stop signal ends a prediction, no rows give none", async () => {
  const net = await netWith([1, 1, 1]);
  await expect(net.predict(set, rows, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  expect((await net.predict(set, new Int32Array(0))).buy.length).toBe(0);
});

test("a graph that is cut short is refused with exit code 3", async () => {
  const cut = onnx.subarray(0, onnx.length >> 1);
  await expect(SignalNet.open(cut, manifestWith([1, 1, 1]))).rejects.toMatchObject({ exitCode: 3 });
});
