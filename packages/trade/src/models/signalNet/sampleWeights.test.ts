import { expect, test } from "vitest";
import { continueSignalNet } from "../adaptation/continueSignalNet.ts";
import { fitSeedEnsemble } from "../ensemble/fitSeedEnsemble.ts";
import { fitSnapshotEnsemble } from "../ensemble/fitSnapshotEnsemble.ts";
import { plantedSignal, rowsBetween, tinyOptions } from "../ensemble/testing/plantedSignal.ts";
import type { Dataset } from "../model.ts";
import type { SampleWeightsConfig } from "../training/sampleWeights.ts";
import { fitSignalNet, type SignalNetOptions } from "./fitSignalNet.ts";
import { SignalNet } from "./signalNet.ts";

const HEAVY = 10;
const LIGHT = 20;

/**
 * Blocks of 10 rows under a rule whose labels share nothing, then 20 rows under the contrary rule whose labels all last until the
 * block's end: twice as many rows, and each a tenth as unique in mean.
 */
function twoRules(length: number): { data: Dataset; rule: Dataset } {
  const rule = plantedSignal(length);
  const isHeavy = (t: number): boolean => t % (HEAVY + LIGHT) < HEAVY;
  const knownAt = Float64Array.from({ length }, (_, t) => {
    const blockEnd = t - (t % (HEAVY + LIGHT)) + HEAVY + LIGHT - 1;
    return Math.min(length - 1, isHeavy(t) ? t + 1 : Math.max(t + 1, blockEnd));
  });
  const data = {
    ...rule,
    classes: rule.classes.map((c, t) => (isHeavy(t) ? c : 2 - c)),
    returns: rule.returns.map((r, t) => (isHeavy(t) ? r : -r)),
    history: { knownAt },
  };
  return { data, rule };
}

const optionsWith = (sampleWeights?: SampleWeightsConfig, more: object = {}): SignalNetOptions => ({
  ...tinyOptions,
  training: { ...tinyOptions.training, epochs: 8, ...(sampleWeights ? { sampleWeights } : {}), ...more },
});

test("of two contrary rules the one with the unique labels is learned; without weights the one with more rows", async () => {
  const { data, rule } = twoRules(2400);
  const test = rowsBetween(10, 2390);
  /** Covariance of what is said (BUY less SELL; the return) with what the rule of the unique labels says, over its variance. */
  const slope = async (options: SignalNetOptions): Promise<{ signal: number; return: number }> => {
    const fitted = await fitSignalNet(options, data, { seed: 3, threads: 1 });
    const net = await SignalNet.open(fitted.onnx, fitted.manifest, 1);
    const said = await net.predict(data.features, test);
    await net.close();
    let [signal, returns, signals, squares] = [0, 0, 0, 0];
    test.forEach((row, i) => {
      const [wanted, moved] = [1 - rule.classes[row]!, rule.returns[row]!];
      signal += (said.buy[i]! - said.sell[i]!) * wanted;
      returns += said.return[i]! * moved;
      signals += wanted ** 2;
      squares += moved ** 2;
    });
    return { signal: signal / signals, return: returns / squares };
  };
  const [weighed, plain] = [await slope(optionsWith({ by: "uniqueness" })), await slope(optionsWith())];
  expect(weighed.signal).toBeGreaterThan(0.1);
  expect(weighed.return).toBeGreaterThan(0.1);
  expect(plain.signal).toBeLessThan(-0.1);
  expect(plain.return).toBeLessThan(-0.1);
});

test("weights are of training rows alone: validation labels and what comes later change nothing but the epoch's choice", async () => {
  const { data } = twoRules(900);
  const last = data.train.at(-1)!;
  const options = optionsWith({ by: "uniqueness", timeDecay: 0.3 }, { epochs: 1 });
  const context = { seed: 3, threads: 1 };
  const fitted = await fitSignalNet(options, data, context);
  const history = {
    knownAt: data.history!.knownAt.map((k, t) => (t > last ? Number.POSITIVE_INFINITY : k)),
  };
  const again = await fitSignalNet(options, { ...data, history }, context);
  expect(Buffer.from(again.onnx).equals(Buffer.from(fitted.onnx))).toBe(true);
  const plain = await fitSignalNet(optionsWith(undefined, { epochs: 1 }), data, context);
  expect(Buffer.from(plain.onnx).equals(Buffer.from(fitted.onnx))).toBe(false);
  // the class balance, and with it the correction of the probabilities, is what it was
  expect(fitted.manifest.classWeights).toEqual(plain.manifest.classWeights);
});

test("ensembles, curricula, parts of a batch and averaged weights take them too", async () => {
  const { data } = twoRules(900);
  const context = { seed: 3, threads: 1 };
  const sampleWeights: SampleWeightsConfig = { by: "uniqueness", timeDecay: -0.2 };
  const seeds = await fitSeedEnsemble(2, optionsWith(sampleWeights, { epochs: 1 }), data, context);
  expect(seeds.manifest.ensemble?.members).toHaveLength(2);
  const schedule = { kind: "cosineRestarts", firstCycleEpochs: 1, factor: 1, floor: 0 };
  const snapshots = await fitSnapshotEnsemble(
    2,
    optionsWith(sampleWeights, { epochs: 3, schedule }),
    data,
    context,
  );
  expect(snapshots.manifest.ensemble?.members).toHaveLength(2);
  const more = {
    epochs: 2,
    accumulate: 4,
    averageDecay: 0.9,
    curriculum: { order: "volatility", startShare: 0.3, fullAfterEpochs: 2, pace: "linear" },
  };
  const difficulty = Float32Array.from(data.classes, (_, t) => (t * 7) % 5);
  const { summary } = await fitSignalNet(optionsWith(sampleWeights, more), { ...data, difficulty }, context);
  expect(Number.isFinite(summary.lossAfter)).toBe(true);
});

test("an interrupted training with weights goes on bit for bit", async () => {
  const { data } = twoRules(900);
  const options = optionsWith({ by: "uniqueness", timeDecay: 0.3 }, { epochs: 3 });
  const whole = await fitSignalNet(options, data, { seed: 3, threads: 1 });
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const stopped = await fitSignalNet(options, data, {
    seed: 3,
    threads: 1,
    signal: stop.signal,
    onUpdate: (u) => u.step >= 10 && stop.abort(),
    checkpoint: {
      fingerprint: "a",
      save: async (bytes) => {
        saved = bytes;
      },
    },
  });
  expect(stopped.summary.aborted).toBe(true);
  const resumed = await fitSignalNet(options, data, {
    seed: 3,
    threads: 1,
    checkpoint: { fingerprint: "a", save: async () => undefined, resume: saved! },
  });
  expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
});

test("a continued training weighs the rows of its mixture", async () => {
  const { data, rule } = twoRules(2400);
  const context = { seed: 3, threads: 1 };
  const stored = await fitSignalNet(optionsWith(undefined, { epochs: 1 }), data, context);
  const [old, fresh] = [rowsBetween(10, 1200), rowsBetween(1220, 2380)];
  /** Of BUY less SELL with what the rule of the unique labels says. */
  const covariance = async (sampleWeights?: SampleWeightsConfig): Promise<number> => {
    const { training } = optionsWith(sampleWeights, { learningRate: 0.03 });
    const options = { training, epochs: 8, replay: 0.3, metadata: {}, ...context };
    const continued = await continueSignalNet(stored, { ...data, old, fresh }, options);
    const net = await SignalNet.open(continued.onnx, continued.manifest, 1);
    const said = await net.predict(data.features, fresh);
    await net.close();
    return fresh.reduce((sum, row, i) => sum + (said.buy[i]! - said.sell[i]!) * (1 - rule.classes[row]!), 0);
  };
  const [weighed, plain] = [await covariance({ by: "uniqueness" }), await covariance()];
  expect(weighed).toBeGreaterThan(0);
  expect(plain).toBeLessThan(0);
});

test("data that do not say when a label is known, or hold no closes, are refused by the key", async () => {
  const { data } = twoRules(900);
  const { history: _history, ...without } = data;
  const context = { seed: 3, threads: 1 };
  await expect(fitSignalNet(optionsWith({ by: "uniqueness" }), without, context)).rejects.toThrow(
    /^training.sampleWeights: these data do not say when/,
  );
  await expect(fitSignalNet(optionsWith({ by: "returnAttribution" }), data, context)).rejects.toThrow(
    /^training.sampleWeights: .*closing prices/,
  );
});
