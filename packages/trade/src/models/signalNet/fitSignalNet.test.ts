import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import type { Dataset, FitUpdate } from "../model.ts";
import { fitSignalNet, type SignalNetOptions } from "./fitSignalNet.ts";
import { SignalNet } from "./signalNet.ts";

/**
 * A planted rule: with m the mean of the last four values of column `told` (uniform in [-1, 1]), BUY where m > 0.3,
 * SELL where m < -0.3. m has the deviation 1/sqrt(12) = 0.289, so about 15 % of the rows are BUY and 15 % SELL. Column
 * `noise` says nothing. The return is 0.01 m and some noise.
 */
function planted(length: number): Dataset {
  const random = seededRandom(21);
  const uniform = (): number => 2 * random.next() - 1;
  const told = Float32Array.from({ length }, uniform);
  const noise = Float32Array.from({ length }, () => 40 + 5 * uniform());
  const classes = new Float32Array(length).fill(Number.NaN);
  const returns = new Float32Array(length).fill(Number.NaN);
  for (let t = 3; t < length; t++) {
    const m = (told[t]! + told[t - 1]! + told[t - 2]! + told[t - 3]!) / 4;
    classes[t] = m > 0.3 ? 0 : m < -0.3 ? 2 : 1;
    returns[t] = 0.01 * m + 0.001 * uniform();
  }
  const rows = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    features: {
      names: ["told", "noise"],
      columns: [told, noise],
      closeTime: Float64Array.from({ length }, (_, i) => i),
    },
    classes,
    returns,
    train: rows(10, 2500),
    validation: rows(2510, 3000),
  };
}

const options: SignalNetOptions = {
  network: {
    kind: "transformerSignal",
    window: 6,
    width: 12,
    heads: 2,
    blocks: 1,
    feedForward: 16,
    dropout: 0,
  },
  training: {
    epochs: 5,
    batch: 32,
    learningRate: 0.003,
    weightDecay: 0.0001,
    warmupSteps: 10,
    clipNorm: 1,
    patience: 5,
    classBalance: "weights",
    focalGamma: 0,
    returnWeight: 0.1,
    windowStride: { BUY: 1, HOLD: 2, SELL: 1 },
  },
  scaling: { kind: "standard", clip: 8 },
  metadata: { recipe: "planted" },
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
    const test = Int32Array.from({ length: 900 }, (_, i) => 3050 + i);
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
    train: Int32Array.from({ length: 400 }, (_, i) => 10 + i),
    validation: Int32Array.from({ length: 100 }, (_, i) => 450 + i),
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
    train: Int32Array.from({ length: 600 }, (_, i) => 10 + i),
    validation: Int32Array.from({ length: 100 }, (_, i) => 700 + i),
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

test("returns that do not vary are refused", async () => {
  const data = planted(300);
  const flat = { ...data, returns: new Float32Array(300), train: data.train.subarray(0, 200) };
  await expect(fitSignalNet(options, flat, { seed: 1 })).rejects.toThrow(/returns do not vary/);
});
