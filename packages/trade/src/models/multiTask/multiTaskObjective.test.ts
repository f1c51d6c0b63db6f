import { concat, createTrainingProgram, mul, reshape, slice, type Tensor } from "@orion/grad";
import { expect, test } from "vitest";
import { MultiTaskTraining } from "./multiTaskConfig.ts";
import { multiTaskObjective, TASK_NOISE } from "./multiTaskObjective.ts";
import type { TargetScaling } from "./multiTaskTargets.ts";

const scaling: TargetScaling = {
  returnScales: [0.01, 0.02],
  volatilityScale: 0.02,
  volatilityFloor: 0.00002,
  logVolatilityScale: 0.5,
  drawdownHundredths: Array(101).fill(0),
  directionRates: [0.25, 0.5, 0.25],
  positionRates: [1 / 3, 1 / 3, 1 / 3],
  directionWeights: [1, 1, 1],
  positionWeights: [2, 1, 1],
};

const training = (change: object): MultiTaskTraining =>
  MultiTaskTraining.parse({
    epochs: 1,
    batch: 2,
    learningRate: 0.1,
    weightDecay: 0,
    clipNorm: 1,
    patience: 1,
    classBalance: "weights",
    returnLoss: "huber",
    taskWeights: {},
    confidence: { heldBack: 0.2, epochs: 1 },
    rowStride: 1,
    ...change,
  });

/** What the heads say of two rows: returns (2), direction logits (3), position logits (3), volatility, risk. */
const said = [
  [0.01, 0.06, Math.log(2), 0, 0, 0, 0, 0, 0.02, 0.5],
  [0.0, 0.0, 0, 0, 0, 0, 0, Math.log(4), 0.04, 0.25],
];
const targets = {
  // in deviations: row 0 is wrong by 0 and 2, row 1 by 0.5 and 0
  returns: Float32Array.of(0.01, 0.02, 0.005, 0),
  direction: Int32Array.of(0, 1),
  position: Int32Array.of(0, 2),
  volatility: Float32Array.of(0.02, 0.02),
  risk: Float32Array.of(1, 0.25),
};

/** The loss of heads that say what their input says, times a weight that starts at 1. */
async function evaluated(change: object) {
  const program = await createTrainingProgram({
    network: (g, x) => {
      const one = g.parameter("one", [1], { init: { kind: "ones" }, decay: false });
      const rows = mul(g, reshape(g, x, ["rest", 10]), one);
      const part = (from: number, to: number): Tensor => slice(g, rows, 1, from, to);
      return {
        returns: part(0, 2),
        directionLogits: part(2, 5),
        positionLogits: concat(g, [part(5, 7), part(7, 8)], 1),
        volatility: reshape(g, part(8, 9), ["rest"]),
        risk: reshape(g, part(9, 10), ["rest"]),
      };
    },
    input: { time: 1, features: 10 },
    targets: {
      returns: { shape: [2], dtype: "float32" },
      direction: { shape: [], dtype: "int32" },
      position: { shape: [], dtype: "int32" },
      volatility: { shape: [], dtype: "float32" },
      risk: { shape: [], dtype: "float32" },
    },
    loss: (g, outputs, given) =>
      multiTaskObjective(g, outputs, given, { training: training(change), scaling }),
    optimizer: { learningRate: 0.1, weightDecay: 0 },
    clipNorm: 1e9,
    batch: 2,
    seed: 1,
  });
  const batch = { x: Float32Array.from(said.flat()), targets };
  const before = await program.evaluate(batch, 2);
  const noise = () => {
    const slot = program.parameters.find(({ name }) => name.startsWith(TASK_NOISE));
    return slot && [...program.state().parameters.subarray(slot.offset, slot.offset + slot.size)];
  };
  await program.step(batch, 0.1);
  const after = noise();
  await program.close();
  return { ...before, noise: after };
}

// worked by hand
const byHand = {
  // Huber with delta 1 of 0, 2, 0.5, 0: (0 + 1.5 + 0.125 + 0) / 4
  returns: 1.625 / 4,
  // -ln(2/4) and -ln(1/3), weights 1
  direction: (Math.log(2) + Math.log(3)) / 2,
  // ln 2 in units of a half, squared; the other row is right
  volatility: (Math.log(2) / 0.5) ** 2 / 2,
  // -ln(1/3) weighing 2, -ln(4/6) weighing 1
  position: (2 * Math.log(3) + Math.log(1.5)) / 3,
  risk: 0.25 / 2,
};

test("each task's loss, and their sum under the seed's weights, by hand", async () => {
  const { loss, metrics } = await evaluated({});
  for (const [task, value] of Object.entries(byHand)) expect(metrics[`loss.${task}`]).toBeCloseTo(value, 5);
  const weights = { returns: 0.3, direction: 0.2, volatility: 0.15, position: 0.2, risk: 0.1 };
  const sum = Object.entries(weights).reduce(
    (s, [task, w]) => s + w * byHand[task as keyof typeof byHand],
    0,
  );
  expect(loss).toBeCloseTo(sum, 5);
  expect(metrics.accuracy).toBe(0.5);
});

test("squared errors of the returns when they are asked for: 0, 4, 0.25, 0", async () => {
  expect((await evaluated({ returnLoss: "squared" })).metrics["loss.returns"]).toBeCloseTo(4.25 / 4, 5);
});

test("another delta and smoothed labels, by hand", async () => {
  const { metrics } = await evaluated({ returnLoss: { kind: "huber", delta: 0.25 }, labelSmoothing: 0.3 });
  // 0.25 (2 - 0.125) and 0.25 (0.5 - 0.125)
  expect(metrics["loss.returns"]).toBeCloseTo((0.46875 + 0.09375) / 4, 5);
  // 0.8 on the label, 0.1 on each other class: probabilities 1/2, 1/4, 1/4 and thirds
  expect(metrics["loss.direction"]).toBeCloseTo((0.8 * Math.log(2) + 0.2 * Math.log(4) + Math.log(3)) / 2, 5);
  // thirds weighing 2; 1/6, 1/6, 4/6 of the class of 4/6 weighing 1
  expect(metrics["loss.position"]).toBeCloseTo(
    (2 * Math.log(3) + 0.8 * Math.log(1.5) + 0.2 * Math.log(6)) / 3,
    5,
  );
});

test("learned weights: they start at 1, and a step lets tasks with a loss below 1 count for more, others for less", async () => {
  const { loss, noise } = await evaluated({ taskWeights: "learned" });
  expect(loss).toBeCloseTo(
    Object.values(byHand).reduce((a, b) => a + b),
    5,
  );
  // d/ds of exp(-s) L + s at 0 is 1 - L: s falls (the weight rises) where L < 1
  const order = ["returns", "direction", "volatility", "position", "risk"] as const;
  order.forEach((task, i) => {
    expect(Math.sign(noise![i]!)).toBe(byHand[task] < 1 ? -1 : 1);
  });
});

test("weights of 0 are refused where heads share a training, and may leave the confidence out", () => {
  expect(() => training({ taskWeights: { risk: 0 } })).toThrow(/each need a weight above 0/);
  expect(training({ taskWeights: { confidence: 0 } }).taskWeights).toMatchObject({
    returns: 0.3,
    confidence: 0,
  });
});
