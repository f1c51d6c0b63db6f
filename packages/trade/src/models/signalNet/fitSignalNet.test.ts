import { createTrainingProgram, mul, reshape, slice } from "@orion/grad";
import { expect, test } from "vitest";
import { plantedSignal, rowsBetween, tinyOptions } from "../ensemble/testing/plantedSignal.ts";
import type { Dataset, FitUpdate } from "../model.ts";
import { fitSignalNet, type SignalNetOptions } from "./fitSignalNet.ts";
import { SignalNet } from "./signalNet.ts";
import { TrainingConfig } from "./signalNetConfig.ts";
import { signalObjective } from "./signalObjective.ts";

/** The planted rule over four rows: m has the deviation 1/sqrt(12) = 0.289, so about 15 % of the rows are BUY and 15 % SELL. */
function planted(length: number): Dataset {
  const { features, ...data } = plantedSignal(length, { over: 4 });
  const [told, noise] = features.columns;
  return {
    ...data,
    // far from 0 and wide, so that it has to be scaled
    features: { ...features, columns: [told!, noise!.map((n) => 40 + 5 * n)] },
    train: rowsBetween(10, 2500),
    validation: rowsBetween(2510, 3000),
  };
}

const options: SignalNetOptions = {
  ...tinyOptions,
  network: {
    kind: "transformerSignal",
    window: 6,
    width: 12,
    heads: 2,
    blocks: 1,
    feedForward: 16,
    dropout: 0,
  },
  training: { ...tinyOptions.training, epochs: 5, warmupSteps: 10 },
};

test("a planted rule is found: rows never seen are told far better than by chance", async () => {
  const data = planted(4000);
  const updates: FitUpdate[] = [];
  const fitted = await fitSignalNet(options, data, { seed: 3, onUpdate: (u) => updates.push(u) });
  expect(fitted.summary.history).toHaveLength(fitted.summary.epochs);
  expect(updates.at(-1)).toMatchObject({
    epoch: fitted.summary.epochs,
    balancedAccuracy: expect.any(Number),
  });
  expect(fitted.manifest.scaler.names).toEqual(["told", "noise"]);

  const net = await SignalNet.open(fitted.onnx, fitted.manifest);
  try {
    const test = rowsBetween(3050, 3950);
    const f = await net.predict(data.features, test);
    const [hits, counts] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    let correct = 0;
    let sums = [0, 0, 0];
    let covariance = 0;
    let variance = 0;
    test.forEach((row, i) => {
      const actual = data.classes[row]!;
      const p = [f.buy[i]!, f.hold[i]!, f.sell[i]!];
      counts[actual]!++;
      if (p.indexOf(Math.max(...p)) === actual) {
        hits[actual]!++;
        correct++;
      }
      sums = sums.map((sum, c) => sum + p[c]!);
      covariance += f.return[i]! * data.returns[row]!;
      variance += data.returns[row]! ** 2;
    });
    // chance is 1/3 in balanced accuracy; always HOLD is right 70 % of the time
    expect(hits.reduce((s, h, c) => s + h / counts[c]!, 0) / 3).toBeGreaterThan(0.75);
    expect(correct / test.length).toBeGreaterThan(counts[1]! / test.length + 0.1);
    // corrected probabilities are at the market's own frequencies although HOLD was thinned and classes weighted
    sums.forEach((sum, c) => {
      expect(Math.abs(sum - counts[c]!) / test.length).toBeLessThan(0.05);
    });
    // the regression of forecast on outcome has a slope near 1
    expect(covariance / variance).toBeGreaterThan(0.6);
    expect(covariance / variance).toBeLessThan(1.3);
  } finally {
    await net.close();
  }
});

test("the same seed gives the same bytes, another seed others", async () => {
  const data = planted(600);
  const small = {
    ...data,
    train: rowsBetween(10, 410),
    validation: rowsBetween(450, 550),
  };
  const short = { ...options, training: { ...options.training, epochs: 1 } };
  const bytesOf = async (seed: number): Promise<Buffer> =>
    Buffer.from((await fitSignalNet(short, small, { seed })).onnx);
  const first = await bytesOf(1);
  expect((await bytesOf(1)).equals(first)).toBe(true);
  expect((await bytesOf(2)).equals(first)).toBe(false);
});

test("stopped and resumed it is the uninterrupted run, bit for bit; the cadence of checkpoints is kept", async () => {
  const data = planted(900);
  const small = {
    ...data,
    train: rowsBetween(10, 610),
    validation: rowsBetween(700, 800),
  };
  const short = { ...options, training: { ...options.training, epochs: 2 } };
  const saved: Uint8Array[] = [];
  const whole = await fitSignalNet(short, small, {
    seed: 4,
    checkpoint: { fingerprint: "f", everySeconds: 0, save: async (bytes) => void saved.push(bytes) },
  });
  // one a step but for the last, one for the end of the first epoch
  const steps = Math.floor(whole.summary.windows / 32);
  expect(saved).toHaveLength(2 * steps - 1);

  const resumed = await fitSignalNet(short, small, {
    seed: 4,
    checkpoint: { fingerprint: "f", save: async () => {}, resume: saved[Math.floor(steps / 2)]! },
  });
  expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
  await expect(
    fitSignalNet(short, small, {
      seed: 4,
      checkpoint: { fingerprint: "another", save: async () => {}, resume: saved[0]! },
    }),
  ).rejects.toMatchObject({ exitCode: 3 });
});

/** Few rows, a score of difficulty, and a training of two epochs. */
function small(change: object = {}) {
  const data = planted(900);
  return {
    data: {
      ...data,
      train: rowsBetween(10, 610),
      validation: rowsBetween(700, 800),
      // calm where the mean of the rule is near 0
      difficulty: data.returns.map(Math.abs),
    },
    options: { ...options, training: TrainingConfig.parse({ ...options.training, epochs: 2, ...change }) },
  };
}

async function bytesWith(change: object): Promise<Buffer> {
  const { data, options } = small(change);
  return Buffer.from((await fitSignalNet(options, data, { seed: 4, threads: 1 })).onnx);
}

test("each option of the training reaches it, and what stands for its absence is its absence", async () => {
  const plain = await bytesWith({});
  for (const change of [
    { schedule: { kind: "constant" } },
    { schedule: { kind: "cosine", floor: 0 } },
    { schedule: { kind: "cosineRestarts", firstCycleEpochs: 1 } },
    { schedule: { kind: "oneCycle" }, warmupSteps: 0 },
    { accumulate: 4 },
    { averageDecay: 0.9 },
    { labelSmoothing: 0.1 },
    { returnLoss: "huber" },
    { returnLoss: { kind: "huber", delta: 0.3 } },
    { curriculum: { order: "volatility" } },
  ])
    expect((await bytesWith(change)).equals(plain), JSON.stringify(change)).toBe(false);
  for (const change of [
    { schedule: { kind: "cosine" } },
    { accumulate: 1 },
    { labelSmoothing: 0 },
    { returnLoss: "squared" },
    { monitor: "loss" },
    { checkpointMinutes: 5 },
  ])
    expect((await bytesWith(change)).equals(plain), JSON.stringify(change)).toBe(true);
});

test("a smoothed label and Huber's loss are those of the formulas", async () => {
  const lossOf = async (change: object): Promise<Record<string, number>> => {
    const training = TrainingConfig.parse({ ...options.training, batch: 2, returnWeight: 2, ...change });
    const triple = [1, 1, 1] as [number, number, number];
    const balance = {
      lossWeights: triple,
      posteriorWeights: triple,
      representedRows: [3, 1, 0.5] as [number, number, number],
      baseRates: triple,
    };
    const program = await createTrainingProgram({
      network: (g, x) => {
        const one = g.parameter("one", [1], { init: { kind: "ones" }, decay: false });
        const rows = mul(g, reshape(g, x, ["rest", 4]), one);
        return { logits: slice(g, rows, 1, 0, 3), return: reshape(g, slice(g, rows, 1, 3, 4), ["rest"]) };
      },
      input: { time: 1, features: 4 },
      targets: { class: { shape: [], dtype: "int32" }, return: { shape: [], dtype: "float32" } },
      loss: (g, outputs, targets) =>
        signalObjective(g, outputs, targets, { training, balance, returnScale: 0.01 }),
      optimizer: { learningRate: 1, weightDecay: 0 },
      clipNorm: 1,
      batch: 2,
      seed: 1,
      threads: 1,
    });
    const x = Float32Array.of(Math.log(2), 0, 0, 0.03, 0, 0, 0, 0.005);
    const targets = { class: Int32Array.of(0, 2), return: Float32Array.of(0, 0) };
    const { loss, metrics } = await program.evaluate({ x, targets }, 2);
    await program.close();
    return { loss, ...metrics };
  };
  // probabilities 1/2, 1/4, 1/4 and thirds; errors of 3 and 0.5 deviations, of rows that stand for 3 and 0.5
  const entropy = (Math.log(2) + Math.log(3)) / 2;
  const plain = await lossOf({});
  expect(plain.crossEntropy).toBeCloseTo(entropy, 5);
  expect(plain.returnLoss).toBeCloseTo((3 * 9 + 0.5 * 0.25) / 2, 4);
  expect(plain.loss).toBeCloseTo(entropy + 2 * plain.returnLoss!, 4);
  // 0.3 of a label spread: 0.8 on the class, 0.1 on the others
  const smooth = await lossOf({ labelSmoothing: 0.3 });
  expect(smooth.crossEntropy).toBeCloseTo((0.8 * Math.log(2) + 0.2 * Math.log(4) + Math.log(3)) / 2, 5);
  // delta 2: 2 (3 - 1) = 4, and 0.5^2 / 2
  const huber = await lossOf({ returnLoss: { kind: "huber", delta: 2 } });
  expect(huber.returnLoss).toBeCloseTo((3 * 4 + 0.5 * 0.125) / 2, 5);
});

test("another monitor keeps another epoch: the one that is best by it", async () => {
  const { data, options } = small({ epochs: 4, learningRate: 0.02, patience: 9 });
  const best: Record<string, number> = {};
  const balanced: number[] = [];
  for (const monitor of ["loss", "balancedAccuracy"] as const) {
    const { summary } = await fitSignalNet({ ...options, training: { ...options.training, monitor } }, data, {
      seed: 4,
      threads: 1,
      onUpdate: (u) => {
        if (u.validationLoss !== null && monitor === "loss") balanced.push(u.balancedAccuracy!);
      },
    });
    best[monitor] = summary.bestEpoch;
    if (monitor === "loss") {
      const losses = summary.history.map((h) => h.validationLoss);
      expect(summary.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    }
  }
  expect(best.balancedAccuracy).toBe(balanced.indexOf(Math.max(...balanced)) + 1);
});

test("accumulation, average, curriculum and restarts together: stopped and resumed it is the same run, snapshots too", async () => {
  const { data, options } = small({
    epochs: 3,
    accumulate: 2,
    averageDecay: 0.95,
    curriculum: { order: "volatility", startShare: 0.4, fullAfterEpochs: 2, pace: "root" },
    schedule: { kind: "cosineRestarts", firstCycleEpochs: 0.5, factor: 2 },
    warmupSteps: 2,
  });
  const asked = { ...options, keepSnapshots: true };
  const saved: Uint8Array[] = [];
  const whole = await fitSignalNet(asked, data, {
    seed: 4,
    checkpoint: { fingerprint: "f", everySeconds: 0, save: async (bytes) => void saved.push(bytes) },
  });
  expect(whole.snapshots!.length).toBeGreaterThanOrEqual(2);
  const resumed = await fitSignalNet(asked, data, {
    seed: 4,
    checkpoint: { fingerprint: "f", save: async () => {}, resume: saved[Math.floor(saved.length / 2)]! },
  });
  expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
  expect(resumed.snapshots).toEqual(whole.snapshots);
  expect(resumed.summary.history).toEqual(whole.summary.history);
  // each snapshot is a network that predicts, with a loss of its own
  const first = whole.snapshots![0]!;
  expect(first.validationLoss).not.toBe(whole.snapshots![1]!.validationLoss);
  const net = await SignalNet.open(first.onnx, whole.manifest);
  expect((await net.predict(data.features, data.validation)).buy).toHaveLength(100);
  await net.close();
});

test("a curriculum orders the training rows by their own scores; those of other rows change nothing", async () => {
  const curriculum = { order: "labelClarity", startShare: 0.2, fullAfterEpochs: 4 };
  const { data, options } = small({ curriculum });
  const bytesOf = async (difficulty: Float32Array): Promise<Buffer> =>
    Buffer.from((await fitSignalNet(options, { ...data, difficulty }, { seed: 4, threads: 1 })).onnx);
  const first = await bytesOf(data.difficulty);
  const training = new Set(data.train);
  expect(
    (await bytesOf(data.difficulty.map((d, row) => (training.has(row) ? d : 1 - d)))).equals(first),
  ).toBe(true);
  expect((await bytesOf(data.difficulty.map((d) => -d))).equals(first)).toBe(false);
  const { difficulty: _none, ...without } = data;
  await expect(fitSignalNet(options, without, { seed: 4 })).rejects.toThrow(/^training\.curriculum: /);
});

test("options that do not fit one another are refused by the key, before any work", async () => {
  for (const [change, message] of [
    [{ accumulate: 5 }, /^training\.accumulate: a batch of 32 does not divide into 5 parts/],
    [{ schedule: { kind: "oneCycle" } }, /^training\.warmupSteps: oneCycle rises by itself/],
  ] as const) {
    const { data, options } = small(change);
    await expect(fitSignalNet(options, data, { seed: 1 })).rejects.toThrow(message);
  }
});

test("a loss that is no number stops the run: the tensor is named, the last good checkpoint stays", async () => {
  const { data, options } = small({ epochs: 3 });
  // a value that no scaler mends, in a row that is drawn once in each epoch
  const told = data.features.columns[0]!.slice();
  const features = (column: Float32Array) => ({
    ...data.features,
    columns: [column, data.features.columns[1]!],
  });
  const saved: Uint8Array[] = [];
  const save = async (bytes: Uint8Array): Promise<void> => void saved.push(bytes);
  const run = (column: Float32Array, more: object = {}) =>
    fitSignalNet(
      { ...options },
      { ...data, features: features(column) },
      {
        seed: 4,
        threads: 1,
        checkpoint: { fingerprint: "f", everySeconds: 0, save, ...more },
      },
    );
  const whole = await run(told);
  const steps = saved.length;
  saved.length = 0;
  const broken = told.slice();
  broken[data.train[300]!] = Number.NaN;
  await expect(run(broken)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/^step \d+ is refused: loss NaN.*the gradient of "[\w.]+" is not finite/),
  });
  expect(saved.length).toBeGreaterThan(0);
  expect(saved.length).toBeLessThan(steps);
  // what was kept last goes on to the same model where the data are whole; the scaler differs by the one value
  const kept = saved.at(-1)!;
  const mended = await run(told, { resume: kept });
  expect(mended.summary.epochs).toBe(whole.summary.epochs);
  expect(mended.summary.history.every((h) => Number.isFinite(h.loss))).toBe(true);
});

test("returns that do not vary are refused", async () => {
  const data = planted(300);
  const flat = { ...data, returns: new Float32Array(300), train: data.train.subarray(0, 200) };
  await expect(fitSignalNet(options, flat, { seed: 1 })).rejects.toThrow(/returns do not vary/);
});
