import { add, exportForward, loadPredictor, mul, readParameters, reduceSum, reshape } from "@orion/grad";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256 } from "../../core/hash.ts";
import { priorCorrect } from "../evaluation/index.ts";
import { explainWindow, returnOutput, signalMargin } from "../explain/index.ts";
import type { FitUpdate } from "../model.ts";
import { fitSignalNet, type SignalNetFit } from "../signalNet/fitSignalNet.ts";
import { SignalNet } from "../signalNet/signalNet.ts";
import { SignalNetManifest } from "../signalNet/signalNetManifest.ts";
import { readEnsembleCheckpoint, writeEnsembleCheckpoint } from "./ensembleCheckpoint.ts";
import { ensembleNetwork } from "./ensembleNetwork.ts";
import { fitSeedEnsemble } from "./fitSeedEnsemble.ts";
import { membersOf, signalNetworkOf } from "./signalNetworkOf.ts";
import { plantedSignal, rowsBetween, tinyOptions } from "./testing/plantedSignal.ts";

const data = plantedSignal(700);
const rows = rowsBetween(100, 160);
const columns = ["buy", "hold", "sell", "return"] as const;
let ensemble: SignalNetFit;
const alone: SignalNetFit[] = [];
let together: SignalNet;
const apart: SignalNet[] = [];

beforeAll(async () => {
  ensemble = await fitSeedEnsemble(3, tinyOptions, data, { seed: 5 });
  for (const seed of [5, 6, 7]) alone.push(await fitSignalNet(tinyOptions, data, { seed }));
  together = await SignalNet.open(ensemble.onnx, ensemble.manifest);
  for (const one of alone) apart.push(await SignalNet.open(one.onnx, one.manifest));
});
afterAll(async () => {
  for (const net of [together, ...apart]) await net.close();
});

test("forecasts the mean of what its members forecast apart, and how far they lie apart", async () => {
  const whole = await together.predict(data.features, rows);
  const parts = [];
  for (const net of apart) parts.push(await net.predict(data.features, rows));
  let widest = 0;
  for (const name of columns)
    for (let i = 0; i < rows.length; i++) {
      const values = parts.map((p) => p[name][i]!);
      const mean = values.reduce((a, b) => a + b, 0) / 3;
      const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3);
      expect(Math.abs(whole[name][i]! - mean)).toBeLessThan(1e-6);
      expect(Math.abs(whole.spread![name][i]! - deviation)).toBeLessThan(1e-6);
      widest = Math.max(widest, deviation);
    }
  // the members do differ, and the weights that have to be taken back out are not all 1
  expect(widest).toBeGreaterThan(0.02);
  expect(ensemble.manifest.classWeights[1]).toBeLessThan(ensemble.manifest.classWeights[0] / 2);
});

test("the mean is of corrected probabilities: [0.5, 0.4, 0.1] and [0.1, 0.8, 0.1] under weights [4, 1, 4], by hand", async () => {
  // corrected: [0.125, 0.4, 0.025] / 0.55 and [0.025, 0.8, 0.025] / 0.85
  const [p, q] = [
    [0.125 / 0.55, 0.4 / 0.55, 0.025 / 0.55],
    [0.025 / 0.85, 0.8 / 0.85, 0.025 / 0.85],
  ] as const;
  const network = ensembleNetwork(
    (g, x) => {
      const z = g.parameter("z", [1, 3], { init: { kind: "zeros" }, decay: false });
      const zero = mul(g, reduceSum(g, x, [1, 2]), 0);
      return { logits: add(g, reshape(g, zero, ["rest", 1]), z), return: zero };
    },
    2,
    [4, 1, 4],
  );
  const logits = (of: readonly number[]) => Float32Array.from(of, Math.log);
  const weights = new Map([
    ["member0/z", logits([0.5, 0.4, 0.1])],
    ["member1/z", logits([0.1, 0.8, 0.1])],
  ]);
  const predictor = await loadPredictor(
    exportForward({ network, input: { time: 1, features: 1 } }, weights, {}),
  );
  const out = await predictor.predict(Float32Array.of(7), 1);
  await predictor.close();
  const corrected = priorCorrect(out.probabilities!, [4, 1, 4]);
  for (let c = 0; c < 3; c++) {
    expect(corrected[c]!).toBeCloseTo((p[c]! + q[c]!) / 2, 6);
    // of two members the deviation is half of their distance
    expect(out.spread![c]!).toBeCloseTo(Math.abs(p[c]! - q[c]!) / 2, 6);
  }
  // the other order, the mean of [0.3, 0.6, 0.1] corrected, would say 0.107 of BUY instead of 0.128
  expect(corrected[0]!).toBeCloseTo(0.12834, 5);
});

test("one member: its own forecast, and no spread at all", async () => {
  const one = await fitSeedEnsemble(1, tinyOptions, data, { seed: 5 });
  const net = await SignalNet.open(one.onnx, one.manifest);
  const [f, own] = [await net.predict(data.features, rows), await apart[0]!.predict(data.features, rows)];
  await net.close();
  for (const name of columns) {
    expect([...f.spread![name]]).toEqual(Array.from(rows, () => 0));
    f[name].forEach((value, i) => {
      expect(Math.abs(value - own[name][i]!)).toBeLessThan(1e-6);
    });
  }
  expect(own.spread).toBeUndefined();
});

test("its file gives the members back, and the record says how each was trained", async () => {
  const members = membersOf(ensemble.onnx, ensemble.manifest);
  members.forEach((weights, m) => {
    expect(weights).toEqual(readParameters(alone[m]!.onnx));
  });
  expect(SignalNetManifest.parse(ensemble.manifest)).toEqual(ensemble.manifest);
  expect(ensemble.manifest.parameters).toBe(3 * alone[0]!.manifest.parameters);
  expect(ensemble.manifest.ensemble!.members).toEqual(
    alone.map(({ summary }, m) => ({
      seed: 5 + m,
      epoch: summary.bestEpoch,
      validationLoss: summary.lossAfter,
    })),
  );
  const predictor = await loadPredictor(ensemble.onnx);
  expect([...predictor.outputs].sort()).toEqual(["logits", "probabilities", "return", "spread"]);
  expect(predictor.metadata).toMatchObject({ recipe: "planted" });
  await predictor.close();
});

test("it can be explained as a whole", async () => {
  const window = Float32Array.from({ length: 8 }, (_, i) => Math.sin(3 * i));
  const { manifest, onnx } = ensemble;
  for (const output of [returnOutput, signalMargin("BUY", manifest.classWeights)]) {
    const found = await explainWindow({
      network: signalNetworkOf(manifest),
      parameters: readParameters(onnx),
      window,
      names: manifest.scaler.names,
      output,
    });
    expect(found.complete).toBe(true);
    expect(Number.isFinite(found.value)).toBe(true);
  }
});

test("stopped in the first member, in the second or between two, it goes on to the same bytes", async () => {
  for (const stopAt of [12, 30, 40]) {
    const stop = new AbortController();
    let kept: Uint8Array | undefined;
    const checkpoint = {
      fingerprint: "f",
      everySeconds: 60,
      save: async (bytes: Uint8Array) => {
        kept = bytes;
      },
    };
    const stages = new Set<string>();
    const interrupted = fitSeedEnsemble(3, tinyOptions, data, {
      seed: 5,
      signal: stop.signal,
      checkpoint,
      onUpdate: (u) => {
        stages.add(u.stage);
        if (u.step === stopAt) stop.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ name: "AbortError" });
    expect(stages.size).toBe(stopAt === 12 ? 1 : 2);
    const updates: FitUpdate[] = [];
    const resumed = await fitSeedEnsemble(3, tinyOptions, data, {
      seed: 5,
      checkpoint: { ...checkpoint, resume: kept! },
      onUpdate: (u) => updates.push(u),
    });
    expect(updates[0]!.step).toBe(stopAt + 1);
    expect(updates.at(-1)!.step).toBe(updates.at(-1)!.steps);
    expect(sha256(resumed.onnx)).toBe(sha256(ensemble.onnx));
    expect(resumed.manifest).toEqual(ensemble.manifest);
    expect(resumed.summary.history).toEqual(ensemble.summary.history);
  }
});

test("a checkpoint that is cut short, damaged or another's is refused", () => {
  const bytes = writeEnsembleCheckpoint({ done: alone, current: Uint8Array.of(1, 2, 3) }, "f");
  const { done, current } = readEnsembleCheckpoint(bytes, "f");
  expect(current).toEqual(Uint8Array.of(1, 2, 3));
  expect(done.map((d) => sha256(d.onnx))).toEqual(alone.map((d) => sha256(d.onnx)));
  expect(() => readEnsembleCheckpoint(bytes, "g")).toThrow(/another training/);
  expect(() => readEnsembleCheckpoint(bytes.subarray(0, 900), "f")).toThrow(/truncated or damaged/);
  const damaged = new Uint8Array(bytes);
  damaged[500]! ^= 1;
  expect(() => readEnsembleCheckpoint(damaged, "f")).toThrow(/truncated or damaged/);
  expect(() => readEnsembleCheckpoint(new Uint8Array(60), "f")).toThrow(/none of an ensemble/);
});
