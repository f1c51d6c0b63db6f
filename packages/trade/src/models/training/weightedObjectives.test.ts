import { createTrainingProgram, mul, reshape, slice } from "@orion/grad";
import { describe, expect, test } from "vitest";
import { MultiTaskTraining } from "../multiTask/multiTaskConfig.ts";
import { multiTaskObjective } from "../multiTask/multiTaskObjective.ts";
import type { Balance } from "../signalNet/classBalance.ts";
import { TrainingConfig } from "../signalNet/signalNetConfig.ts";
import { signalObjective } from "../signalNet/signalObjective.ts";

interface Row {
  readonly x: readonly number[];
  readonly targets: Readonly<Record<string, readonly number[]>>;
  readonly weights: Readonly<Record<string, number>>;
}

type Unweighed = Omit<Row, "weights">;

const common = {
  epochs: 1,
  batch: 1,
  learningRate: 0.1,
  weightDecay: 0,
  warmupSteps: 0,
  clipNorm: 1,
  patience: 1,
  classBalance: "weights",
};
const signal = {
  training: TrainingConfig.parse({
    ...common,
    focalGamma: 2,
    labelSmoothing: 0.1,
    returnLoss: { kind: "huber", delta: 0.5 },
    returnWeight: 0.7,
    windowStride: {},
  }),
  balance: {
    lossWeights: [2, 1, 0.5],
    posteriorWeights: [1, 1, 1],
    representedRows: [0.5, 1, 1.5],
    baseRates: [1 / 3, 1 / 3, 1 / 3],
  } satisfies Balance,
  returnScale: 0.02,
};
const six = {
  training: MultiTaskTraining.parse({
    ...common,
    labelSmoothing: 0.1,
    returnLoss: "huber",
    taskWeights: {},
    confidence: { heldBack: 0.2, epochs: 1 },
    rowStride: 1,
  }),
  scaling: {
    returnScales: [0.01, 0.02],
    volatilityScale: 0.02,
    volatilityFloor: 0.00002,
    logVolatilityScale: 0.5,
    drawdownHundredths: Array(101).fill(0),
    directionRates: [0.25, 0.5, 0.25] as [number, number, number],
    positionRates: [0.25, 0.5, 0.25] as [number, number, number],
    directionWeights: [2, 1, 0.5] as [number, number, number],
    positionWeights: [0.5, 1, 2] as [number, number, number],
  },
};

/** Loss and gradient of a network whose outputs are its inputs, each times a weight of its own that starts at 1. */
async function gradient(
  kind: "signal" | "six",
  rows: readonly Row[],
  accumulate?: number,
  weights?: readonly string[],
) {
  const width = rows[0]!.x.length;
  const scalar = { shape: [], dtype: "float32" as const };
  const label = { shape: [], dtype: "int32" as const };
  const program = await createTrainingProgram({
    network: (g, x) => {
      const scale = g.parameter("scale", [width], { init: { kind: "ones" }, decay: false });
      const all = mul(g, reshape(g, x, ["rest", width]), scale);
      const column = (at: number) => reshape(g, slice(g, all, 1, at, at + 1), ["rest"]);
      if (kind === "signal") return { logits: slice(g, all, 1, 0, 3), return: column(3) };
      return {
        returns: slice(g, all, 1, 0, 2),
        directionLogits: slice(g, all, 1, 2, 5),
        positionLogits: slice(g, all, 1, 5, 8),
        volatility: column(8),
        risk: column(9),
      };
    },
    input: { time: 1, features: width },
    targets: {
      ...(kind === "signal"
        ? { class: label, return: scalar }
        : {
            returns: { shape: [2], dtype: "float32" },
            direction: label,
            position: label,
            volatility: scalar,
            risk: scalar,
          }),
      ...Object.fromEntries((weights ?? Object.keys(rows[0]!.weights)).map((name) => [name, scalar])),
    },
    loss: (g, outputs, targets) =>
      kind === "signal"
        ? signalObjective(g, outputs, targets, signal)
        : multiTaskObjective(g, outputs, targets, six),
    optimizer: { learningRate: 0.1, weightDecay: 0 },
    clipNorm: 1e9,
    batch: rows.length,
    ...(accumulate === undefined ? {} : { accumulate }),
    seed: 1,
    threads: 1,
  });
  const names = Object.keys(program.spec.targets);
  const values = (name: string): number[] =>
    rows.flatMap(({ targets, weights: given }) => targets[name] ?? [given[name]!]);
  const whole = new Set(["class", "direction", "position"]);
  const { loss } = await program.step(
    {
      x: Float32Array.from(rows.flatMap((row) => row.x)),
      targets: Object.fromEntries(
        names.map((name) => [
          name,
          whole.has(name) ? Int32Array.from(values(name)) : Float32Array.from(values(name)),
        ]),
      ),
    },
    0.1,
  );
  // AdamW's first sum after one step is a tenth of the gradient
  const found = [...program.state().m].map((m) => 10 * m);
  await program.close();
  return { loss, gradient: found };
}

const heads = ["weight", "directionWeight", "positionWeight"];
const weighed = (row: Unweighed, value: number, names: readonly string[]): Row => ({
  ...row,
  weights: Object.fromEntries(names.map((name) => [name, value])),
});

/** Two rows of a class, twice: the first of each pair is the one that is to count double. */
const rowsOf: Readonly<Record<"signal" | "six", readonly Unweighed[]>> = {
  signal: [
    { x: [0.3, -0.2, 0.5, 0.01], targets: { class: [0], return: [0.03] } },
    { x: [-0.4, 0.1, 0.2, -0.02], targets: { class: [0], return: [0.01] } },
    { x: [0.9, 0.3, -0.6, 0.05], targets: { class: [2], return: [-0.04] } },
    { x: [0.2, -0.7, 0.4, 0.0], targets: { class: [2], return: [-0.001] } },
  ],
  six: [0, 0, 2, 2].map((c, i) => ({
    x: [0.01 * i, -0.02, 0.3, -0.2 * i, 0.5, 0.1 * i, 0.4, -0.3, 0.02 + 0.01 * i, 0.3 + 0.1 * i],
    targets: {
      returns: [0.03 - 0.02 * i, 0.01 * i],
      direction: [c],
      position: [2 - c],
      volatility: [0.015 + 0.004 * i],
      risk: [0.2 * i],
    },
  })),
};
const namesOf = { signal: ["weight"], six: heads };

function expectSame(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `number ${i}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(value)));
  });
}

describe.each(["signal", "six"] as const)("row weights in the loss of %s", (kind) => {
  const [a, b, c, d] = rowsOf[kind] as [Unweighed, Unweighed, Unweighed, Unweighed];
  const names = namesOf[kind];
  const set = (weights: readonly number[]) => [a, b, c, d].map((row, i) => weighed(row, weights[i]!, names));

  test("a row of weight 2 is a row that is there twice, in loss and gradient", async () => {
    const found = await gradient(kind, set([4 / 3, 2 / 3, 4 / 3, 2 / 3]));
    const twice = await gradient(
      kind,
      [a, a, b, c, c, d].map((row) => weighed(row, 1, names)),
      undefined,
      [],
    );
    expectSame([found.loss], [twice.loss]);
    expectSame(found.gradient, twice.gradient);
    const even = await gradient(kind, set([1, 1, 1, 1]));
    expect(even.gradient.some((g, i) => Math.abs(g - found.gradient[i]!) > 1e-3)).toBe(true);
  });

  test("the gradient of a row is multiplied by its weight, whatever else is in the batch", async () => {
    const only = await gradient(kind, set([1, 0, 0, 0]));
    expectSame(
      (await gradient(kind, set([2.5, 0, 0, 0]))).gradient,
      only.gradient.map((g) => 2.5 * g),
    );
    const parts = await Promise.all(
      [0, 1, 2, 3].map((i) => gradient(kind, set([0, 1, 2, 3].map((j) => (i === j ? 1 : 0))))),
    );
    const weights = [0.2, 1.7, 0, 3];
    expectSame(
      (await gradient(kind, set(weights))).gradient,
      only.gradient.map((_, k) => parts.reduce((sum, part, i) => sum + weights[i]! * part.gradient[k]!, 0)),
    );
  });

  test("weights of 1 are no weights", async () => {
    const [found, plain] = [
      await gradient(kind, set([1, 1, 1, 1])),
      await gradient(kind, set([1, 1, 1, 1]), undefined, []),
    ];
    expectSame([found.loss, ...found.gradient], [plain.loss, ...plain.gradient]);
  });

  test("a batch in parts of the same classes is the whole batch", async () => {
    // the class weights are divided by the mean of each part, so parts have to hold the same classes
    const order = [0, 2, 1, 3].map((i) => set([1.9, 0.1, 0.4, 1.6])[i]!);
    const [whole, parts] = [await gradient(kind, order), await gradient(kind, order, 2)];
    expectSame([parts.loss, ...parts.gradient], [whole.loss, ...whole.gradient]);
  });
});

test.each([
  ["weight", [0, 1, 8, 9]],
  ["directionWeight", [2, 3, 4]],
  ["positionWeight", [5, 6, 7]],
])("of six heads %s weighs the outputs %j and no others", async (name, own) => {
  const rows = rowsOf.six.map((row) => ({
    ...row,
    weights: Object.fromEntries(heads.map((head) => [head, head === name ? 1 : 0])),
  }));
  const { gradient: found } = await gradient("six", rows);
  const moved = found.flatMap((value, i) => (Math.abs(value) > 1e-9 ? [i] : []));
  expect(moved).toEqual(own);
});
