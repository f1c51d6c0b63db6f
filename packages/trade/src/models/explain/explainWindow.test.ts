import {
  add,
  createTrainingProgram,
  linear,
  type NamedParameters,
  type Network,
  readParameters,
  reduceMean,
  reduceSum,
  reshape,
} from "@orion/grad";
import { beforeAll, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { priorCorrect } from "../evaluation/index.ts";
import { transformerSignal } from "../networks/transformerSignal.ts";
import { returnOutput, signalMargin } from "./explainedOutput.ts";
import { explainWindow } from "./explainWindow.ts";

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("a linear network, worked by hand", () => {
  const network: Network = (g, x) => ({
    return: reshape(g, linear(g, reshape(g, x, ["rest", 6]), "out", 1), ["rest"]),
  });
  const given = {
    network,
    parameters: new Map([
      ["out.weight", { shape: [6, 1], values: Float32Array.of(1, -2, 3, 0.5, 0, 4) }],
      ["out.bias", { shape: [1], values: Float32Array.of(10) }],
    ]),
    window: Float32Array.of(2, 1, -1, 4, 9, 0.25),
    names: ["momentum", "volume"],
    output: returnOutput,
    // the derivative is the same everywhere: one point is exact
    steps: 1,
    threads: 1,
  };

  test("each bar's value is credited its weight times itself, and sums go by column and bar", async () => {
    const explained = await explainWindow(given);
    // weight times value: 2, -2; -3, 2; 0, 1. Columns: 2-3+0 and -2+2+1. Bars: 0, -1, 1. f(0) = 10.
    expect(explained.matrix.map((row) => row.map((v) => v + 0))).toEqual([
      [2, -2],
      [-3, 2],
      [0, 1],
    ]);
    expect(explained.byFeature).toEqual([
      { name: "momentum", attribution: -1 },
      { name: "volume", attribution: 1 },
    ]);
    expect(explained.byStep).toEqual([0, -1, 1]);
    expect(explained).toMatchObject({ value: 10, baselineValue: 10, complete: true, steps: 1 });
  });

  test("the column that moved the output most comes first", async () => {
    const { byFeature } = await explainWindow({ ...given, window: Float32Array.of(2, 5, -1, 4, 9, 0.25) });
    expect(byFeature).toEqual([
      { name: "volume", attribution: -7 },
      { name: "momentum", attribution: -1 },
    ]);
  });

  test("windows, outputs and steps that do not fit are refused in one line", async () => {
    await expect(explainWindow({ ...given, names: ["a", "b", "c", "d"] })).rejects.toThrow(
      new UsageError("a window of 6 numbers does not divide into 4 columns"),
    );
    await expect(explainWindow({ ...given, names: [] })).rejects.toThrow(/into 0 columns/);
    await expect(explainWindow({ ...given, window: new Float32Array(0) })).rejects.toThrow(/0 numbers/);
    const missing = given.window.with(3, Number.NaN);
    await expect(explainWindow({ ...given, window: missing })).rejects.toThrow(
      new DataError("the window has no finite volume at its bar 2 of 3"),
    );
    await expect(explainWindow({ ...given, output: signalMargin("BUY") })).rejects.toThrow(
      /no output "logits" to explain, only return/,
    );
    await expect(explainWindow({ ...given, steps: 0 })).rejects.toMatchObject({ exitCode: 2 });
    await expect(explainWindow({ ...given, window: new Float32Array(8) })).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});

test("the margin is the log-odds of the corrected probability, by hand", async () => {
  // e^z = (6, 2, 1): BUY 6/9, so odds 6 to 3. With w = (3, 1, 2): (2, 2, 0.5), odds of SELL 0.5 to 4.
  const network: Network = (g, x) => ({ logits: reshape(g, x, ["rest", 3]) });
  const given = { network, parameters: new Map(), names: ["buy", "hold", "sell"], threads: 1 };
  const window = Float32Array.of(Math.log(6), Math.log(2), 0);
  const plain = await explainWindow({ ...given, window, output: signalMargin("BUY") });
  expect(plain.value).toBeCloseTo(Math.log(2), 6);
  expect(plain.baselineValue).toBeCloseTo(Math.log(1 / 2), 6);
  const weighted = await explainWindow({ ...given, window, output: signalMargin("SELL", [3, 1, 2]) });
  expect(weighted.value).toBeCloseTo(Math.log(0.125), 6);
  // Logits far apart: the exponentials would overflow.
  const far = await explainWindow({
    ...given,
    window: Float32Array.of(0, 300, -300),
    output: signalMargin("BUY"),
  });
  expect(far.value).toBeCloseTo(-300, 3);
  expect(far.complete).toBe(true);
  for (const weight of [0, -1, Number.NaN])
    expect(() => signalMargin("HOLD", [1, weight, 1])).toThrow(/class weight of HOLD has to be positive/);
});

describe("the signal network", () => {
  const config = {
    kind: "transformerSignal" as const,
    window: 7,
    width: 10,
    heads: 2,
    blocks: 2,
    feedForward: 13,
    dropout: 0.1,
  };
  const names = ["a", "b", "c"];
  const network = transformerSignal(config, 0.02);
  const window = Float32Array.from({ length: 21 }, (_, i) => 1.5 * Math.sin(1.9 * i + 0.3));
  const classWeights: [number, number, number] = [4, 0.5, 2];
  let parameters: NamedParameters;
  let predicted: Record<string, Float32Array>;

  beforeAll(async () => {
    const program = await createTrainingProgram({
      network,
      input: { time: config.window, features: names.length },
      targets: {},
      // any scalar that every weight has a part in
      loss: (g, outputs) => ({
        loss: add(g, reduceMean(g, reduceSum(g, outputs.logits!, 1)), reduceMean(g, outputs.return!)),
        metrics: {},
      }),
      optimizer: { learningRate: 1e-3, weightDecay: 0 },
      clipNorm: 1,
      batch: 2,
      seed: 5,
      threads: 1,
    });
    parameters = readParameters(program.exportOnnx({}));
    const x = new Float32Array(42);
    x.set(window);
    predicted = await program.predict(x, 2);
    await program.close();
  });

  test.each(SIGNALS)("explains %s as it forecasts it, and completely", async (signal) => {
    const output = signalMargin(signal, classWeights);
    const explained = await explainWindow({ network, parameters, window, names, output, threads: 1 });
    const odds = (row: number) => {
      const p = priorCorrect(predicted.probabilities!, classWeights)[3 * row + SIGNALS.indexOf(signal)]!;
      return Math.log(p / (1 - p));
    };
    expect(explained.value).toBeCloseTo(odds(0), 4);
    expect(explained.baselineValue).toBeCloseTo(odds(1), 4);
    const difference = odds(0) - odds(1);
    expect(Math.abs(difference)).toBeGreaterThan(0.01);
    expect(explained.complete).toBe(true);
    for (const parts of [
      explained.byStep,
      explained.byFeature.map((f) => f.attribution),
      explained.matrix.flat(),
    ])
      expect(Math.abs(total(parts) / difference - 1)).toBeLessThan(0.011);
    expect(explained.byStep).toHaveLength(7);
    expect(explained.byFeature.map((f) => f.name).sort()).toEqual(names);
  });

  test("explains the return as it forecasts it, and completely", async () => {
    const explained = await explainWindow({
      network,
      parameters,
      window,
      names,
      output: returnOutput,
      threads: 1,
    });
    expect(Math.abs(explained.value - predicted.return![0]!)).toBeLessThan(1e-6);
    expect(Math.abs(explained.baselineValue - predicted.return![1]!)).toBeLessThan(1e-6);
    expect(explained.complete).toBe(true);
    expect(total(explained.byStep) / (predicted.return![0]! - predicted.return![1]!)).toBeCloseTo(1, 1);
  });

  test("weights of another configuration are refused by the parameter's name", async () => {
    const other = transformerSignal({ ...config, feedForward: 12 }, 0.02);
    await expect(
      explainWindow({ network: other, parameters, window, names, output: returnOutput }),
    ).rejects.toThrow(/"encoder.block0.feedForward.inner.weight" is \[10, 12\] in the network, \[10, 13\]/);
  });
});
