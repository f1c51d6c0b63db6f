import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import type { NetworkConfig } from "../networks/index.ts";
import { holdBack } from "./calendarSplit.ts";
import { fitMultiTaskNet, type MultiTaskData } from "./fitMultiTaskNet.ts";
import { MultiTaskTraining } from "./multiTaskConfig.ts";
import { MultiTaskNet } from "./multiTaskNet.ts";
import { stackRows } from "./stackedRows.ts";

const days = 500;
const window = 3;
const network: NetworkConfig = { kind: "mlp", window, input: "flatten", hidden: [24], dropout: 0 };
const training = (change: object = {}): MultiTaskTraining =>
  MultiTaskTraining.parse({
    epochs: 6,
    batch: 32,
    learningRate: 0.01,
    weightDecay: 0,
    restarts: { firstEpochs: 6 },
    clipNorm: 1,
    patience: 6,
    classBalance: "none",
    returnLoss: "huber",
    taskWeights: {},
    confidence: { heldBack: 0.3, epochs: 20 },
    rowStride: 1,
    ...change,
  });

/**
 * Two symbols whose direction follows the sign of the first feature where the second is above 0, and is drawn by lot where
 * it is below: what a confidence can know.
 */
function planted(): MultiTaskData {
  const random = seededRandom(3);
  const symbol = (name: string) => {
    const column = (of: (t: number) => number) => Float32Array.from({ length: days }, (_, t) => of(t));
    const sign = column(() => (random.next() < 0.5 ? -1 : 1));
    const clear = column(() => (random.next() < 0.5 ? -1 : 1));
    const direction = column((t) => (clear[t]! > 0 ? (sign[t]! > 0 ? 0 : 2) : Math.floor(random.next() * 3)));
    return {
      symbol: name,
      closeTime: Float64Array.from({ length: days }, (_, t) => t),
      knownAt: Float64Array.from({ length: days }, (_, t) => t + 1),
      features: [sign, clear],
      targets: {
        return1: column((t) => (1 - direction[t]!) * 0.01 + 0.001 * random.next()),
        direction,
        position: column(() => Math.floor(random.next() * 3)),
        volatility: column(() => 0.01 + 0.01 * random.next()),
        drawdown: column(() => random.next() * 0.1),
      },
      firstRow: 0,
    };
  };
  const stack = stackRows([symbol("A"), symbol("B")], window);
  const { return1, direction, position, volatility, drawdown } = stack.targets;
  const between = (from: number, to: number) =>
    stack.usable.filter((row) => stack.closeTime[row]! >= from && stack.closeTime[row]! < to);
  return {
    names: ["sign", "clear"],
    stack,
    outcomes: {
      returns: [return1!],
      direction: direction!,
      position: position!,
      volatility: volatility!,
      drawdown: drawdown!,
    },
    train: between(0, 350),
    validation: between(360, 420),
    embargoBars: 1,
  };
}

async function fitted(data: MultiTaskData, change: object = {}) {
  const options = {
    network,
    training: training(change),
    scaling: { kind: "standard" as const, clip: 8 },
    metadata: {},
  };
  const { onnx, manifest, summary } = await fitMultiTaskNet(options, data, { seed: 5, threads: 1 });
  const net = await MultiTaskNet.open(onnx, manifest, 1);
  const test = data.stack.usable.filter((row) => data.stack.closeTime[row]! >= 430);
  const forecast = await net.predict(data.names, data.stack.features, test);
  await net.close();
  return { onnx, manifest, summary, forecast, test };
}

describe("a fit of six heads", () => {
  test("on rows that it never saw, direction follows the rule and confidence knows where there is one", async () => {
    const data = planted();
    const { forecast, test, summary } = await fitted(data);
    const clear = (row: number): boolean => data.stack.features[1]![row]! > 0;
    const share = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const right = [...test].map((row, i) =>
      forecast.directionSaid[i] === data.outcomes.direction[row] ? 1 : 0,
    );
    const by = (wanted: boolean, of: ArrayLike<number>) =>
      share([...test].flatMap((row, i) => (clear(row) === wanted ? [of[i]!] : [])));
    expect(by(true, right)).toBeGreaterThan(0.95);
    expect(by(false, right)).toBeLessThan(0.6);
    expect(by(true, forecast.confidence)).toBeGreaterThan(by(false, forecast.confidence) + 0.3);
    // calibrated within what a hundred rows can tell
    expect(Math.abs(share([...forecast.confidence]) - share(right))).toBeLessThan(0.12);
    expect(summary.lossAfter).toBeLessThan(summary.lossBefore);
    for (let i = 0; i < test.length; i++) {
      const [a, b, c] = forecast.direction.subarray(3 * i, 3 * i + 3);
      expect(a! + b! + c!).toBeCloseTo(1, 5);
    }
  });

  test("five heads know nothing of the held-back rows' labels; confidence is fitted on nothing else", async () => {
    const data = planted();
    const { heldBack } = holdBack(data.stack, data.train, 0.3, data.embargoBars);
    const { direction } = data.outcomes;
    const before = await fitted(data);
    // turned round among the held-back rows, so that the shares of the classes stay
    const turned = direction.slice();
    const rows = [...heldBack];
    rows.forEach((row, i) => {
      turned[row] = direction[rows[rows.length - 1 - i]!]!;
    });
    const after = await fitted({ ...data, outcomes: { ...data.outcomes, direction: turned } });
    for (const head of ["direction", "position", "volatility", "risk"] as const)
      expect(after.forecast[head]).toEqual(before.forecast[head]);
    expect(after.forecast.returns).toEqual(before.forecast.returns);
    expect(after.forecast.confidence).not.toEqual(before.forecast.confidence);
    expect(before.manifest.confidence!.heldBack).toBe(heldBack.length);
    // and the other way: nothing of the rows that are trained on moves what the head was compared with
    expect(after.manifest.confidence!.rightShare).toBeLessThan(before.manifest.confidence!.rightShare);
  });

  test("nothing of the test rows, and nothing left out by the split, reaches the model", async () => {
    const data = planted();
    const before = await fitted(data);
    const known = new Set([...data.train, ...data.validation].flatMap((row) => [row, row - 1, row - 2]));
    const other = planted();
    for (const column of [...other.stack.features, ...Object.values(other.stack.targets)]) {
      column.forEach((_, row) => {
        if (!known.has(row)) column[row] = 2;
      });
    }
    const after = await fitted(other);
    expect(Buffer.from(after.onnx).equals(Buffer.from(before.onnx))).toBe(true);
  });

  test("each option of the training reaches it, and what stands for its absence is its absence", async () => {
    const data = { ...planted(), difficulty: planted().outcomes.drawdown };
    const bytesWith = async (change: object): Promise<Buffer> =>
      Buffer.from((await fitted(data, { epochs: 2, ...change })).onnx);
    const cycles = { restarts: undefined };
    const plain = await bytesWith({});
    for (const change of [
      { ...cycles, schedule: { kind: "constant" } },
      { ...cycles, schedule: { kind: "oneCycle" } },
      { warmupSteps: 3 },
      { accumulate: 4 },
      { averageDecay: 0.9 },
      { labelSmoothing: 0.1 },
      { returnLoss: "squared" },
      { returnLoss: { kind: "huber", delta: 0.3 } },
      { curriculum: { order: "volatility" } },
    ])
      expect((await bytesWith(change)).equals(plain), JSON.stringify(change)).toBe(false);
    for (const change of [
      { ...cycles, schedule: { kind: "cosineRestarts", firstCycleEpochs: 6 } },
      { accumulate: 1, warmupSteps: 0 },
      { labelSmoothing: 0, monitor: "loss" },
      { returnLoss: { kind: "huber", delta: 1 } },
    ])
      expect((await bytesWith(change)).equals(plain), JSON.stringify(change)).toBe(true);
  });

  test("all options together: stopped and resumed it is the same run, the average with its own confidence head", async () => {
    const data = { ...planted(), difficulty: planted().outcomes.drawdown };
    const options = {
      network,
      training: training({
        epochs: 3,
        accumulate: 2,
        averageDecay: 0.95,
        labelSmoothing: 0.1,
        monitor: "direction.macroF1",
        warmupSteps: 2,
        restarts: undefined,
        schedule: { kind: "cosineRestarts", firstCycleEpochs: 1 },
        curriculum: { order: "volatility", startShare: 0.3, fullAfterEpochs: 2 },
        confidence: { heldBack: 0.3, epochs: 3 },
      }),
      scaling: { kind: "standard" as const, clip: 8 },
      metadata: {},
    };
    const saved: Uint8Array[] = [];
    const save = async (bytes: Uint8Array): Promise<void> => void saved.push(bytes);
    const whole = await fitMultiTaskNet(options, data, {
      seed: 5,
      threads: 1,
      checkpoint: { fingerprint: "f", everySeconds: 0, save },
    });
    const resumed = await fitMultiTaskNet(options, data, {
      seed: 5,
      threads: 1,
      checkpoint: { fingerprint: "f", save, resume: saved[Math.floor(saved.length / 2)]! },
    });
    expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
    expect(resumed.manifest).toEqual(whole.manifest);
    // the head that was fitted after the others is in the average, and so in what is exported
    const longer = { ...options.training, confidence: { heldBack: 0.3, epochs: 30 } };
    const other = await fitMultiTaskNet({ ...options, training: longer }, data, { seed: 5, threads: 1 });
    expect(other.manifest.confidence!.bestEpoch).toBeGreaterThan(3);
    expect(Buffer.from(other.onnx).equals(Buffer.from(whole.onnx))).toBe(false);
  });

  test("options that do not fit one another are refused by the key; a loss that is no number names the tensor", async () => {
    const data = planted();
    await expect(fitted(data, { accumulate: 3 })).rejects.toThrow(/^training\.accumulate: /);
    await expect(fitted(data, { schedule: { kind: "constant" } })).rejects.toThrow(/^training\.restarts: /);
    const oneCycle = { restarts: undefined, schedule: { kind: "oneCycle" }, warmupSteps: 1 };
    await expect(fitted(data, oneCycle)).rejects.toThrow(/^training\.warmupSteps: /);
    await expect(fitted(data, { curriculum: { order: "volatility" } })).rejects.toThrow(
      /^training\.curriculum: /,
    );
    data.stack.features[0]![data.train[100]!] = Number.NaN;
    await expect(fitted(data)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^step \d+ is refused: loss NaN.*the gradient of "[\w.]+" is not finite/,
      ),
    });
  });

  test("in parts of a batch, and with every second window: another run, the same heads", async () => {
    const data = planted();
    const whole = await fitted(data, { epochs: 1 });
    const half = await fitted(data, { epochs: 1, rowStride: 2 });
    // counted by symbol: half of each, rounded up
    expect(half.summary.windows).toBe(2 * Math.ceil(whole.summary.windows / 4));
    const parts = await fitted(data, { epochs: 1, accumulate: 2 });
    expect(parts.manifest.parameters).toBe(whole.manifest.parameters);
    expect(Math.abs(parts.summary.lossAfter - whole.summary.lossAfter)).toBeLessThan(0.05);
  });
});
