import {
  add,
  type Batch,
  countParameters,
  createTrainingProgram,
  crossEntropy,
  loadPredictor,
  meanSquaredError,
  type Network,
  networkOutputs,
  readParameters,
  type TrainingProgram,
} from "@orion/grad";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import type { Encoder } from "./encoding.ts";
import { sixHeads, TASK_GROUPS } from "./sixHeads.ts";

export interface NetworkContractOptions {
  /** A small configuration's encoder, without dropout; it takes the same paths as the large one. */
  readonly encoder: Encoder;
  readonly window: number;
  /** Of what attends, its heads: self-attention [H, T, T], cross-attention alike; 1 for pooling [T]. */
  readonly attention: Readonly<Record<string, number>>;
}

const FEATURES = 5;
const ROWS = 64;
const STEPS = 150;
const RATE = 0.01;

/** What every network must keep, whatever it computes: to be called in a test file. */
export function networkContract(options: NetworkContractOptions): void {
  const { encoder, window } = options;
  describe("network contract", () => {
    let program: TrainingProgram;
    const batch = sixTasks(window);
    beforeAll(async () => {
      program = await createTrainingProgram({
        network: (g, x) => sixHeads(g, encoder(g, x), {}),
        input: { time: window, features: FEATURES },
        targets: {
          returns: { shape: [3], dtype: "float32" },
          direction: { shape: [], dtype: "int32" },
          position: { shape: [], dtype: "int32" },
          volatility: { shape: [], dtype: "float32" },
          confidence: { shape: [], dtype: "float32" },
          risk: { shape: [], dtype: "float32" },
        },
        loss: (g, y, t) => ({
          loss: [
            crossEntropy(g, y.directionLogits!, t.direction!),
            crossEntropy(g, y.positionLogits!, t.position!),
            meanSquaredError(g, y.returns!, t.returns!),
            meanSquaredError(g, y.volatility!, t.volatility!),
            meanSquaredError(g, y.confidence!, t.confidence!),
            meanSquaredError(g, y.risk!, t.risk!),
          ].reduce((a, b) => add(g, a, b)),
          metrics: {},
        }),
        optimizer: { learningRate: RATE, weightDecay: 0 },
        clipNorm: 1,
        batch: ROWS,
        seed: 17,
        threads: 1,
      });
    });
    afterAll(() => program?.close());

    it("names its parameters after the encoder, apart from those of the heads", () => {
      const [own, heads] = [/^encoder\./, /^(returns|direction|position|volatility|confidence|risk)Head\./];
      const names = program.parameters.map((p) => p.name);
      expect(names.filter((name) => !own.test(name) && !heads.test(name))).toEqual([]);
      expect(names.some((name) => own.test(name))).toBe(true);
    });

    it(`learns ${ROWS} windows by heart: a tenth of the first loss within ${STEPS} steps`, async () => {
      const first = (await program.evaluate(batch, ROWS)).loss;
      let loss = first;
      for (let i = 0; i < STEPS && loss > first / 12; i++) loss = (await program.step(batch, RATE)).loss;
      expect((await program.evaluate(batch, ROWS)).loss).toBeLessThan(first / 10);
    });

    it("tells each head in its range, and the exported model the same within 1e-5", async () => {
      const rows = 13;
      const x = batch.x.subarray(0, rows * window * FEATURES);
      const own = await program.predict(x, rows);
      const lengths = Object.fromEntries(Object.entries(own).map(([name, y]) => [name, y.length]));
      expect(lengths).toEqual({
        directionLogits: rows * 3,
        positionLogits: rows * 3,
        confidence: rows,
        returns: rows * 3,
        volatility: rows,
        risk: rows,
      });
      for (const y of Object.values(own)) expect(y.every(Number.isFinite)).toBe(true);
      expect(own.volatility!.every((v) => v > 0)).toBe(true);
      for (const y of [own.confidence!, own.risk!]) expect(y.every((v) => v >= 0 && v <= 1)).toBe(true);

      const predictor = await loadPredictor(program.exportOnnx({}), { threads: 1 });
      const told = await predictor.predict(x, rows);
      await predictor.close();
      for (const [name, y] of Object.entries(own)) expectClose(told[name]!, y, name);
    });

    it("tells on request what each step looked at, and nothing changes by it", async () => {
      const parameters = readParameters(program.exportOnnx({}));
      const x = batch.x.subarray(0, window * FEATURES);
      const network: Network = (g, input) => {
        const encoding = encoder(g, input, { attention: true });
        const heads = sixHeads(g, encoding, {});
        return { ...heads, ...encoding.attention };
      };
      const given = { network, input: { time: window, features: FEATURES }, parameters, threads: 1 };
      const outputs = await networkOutputs(given, x, 1);
      const layers = Object.keys(outputs).filter((name) => name.startsWith("encoder."));
      expect(layers.toSorted()).toEqual(Object.keys(options.attention).toSorted());
      for (const layer of layers) {
        const { shape, values } = outputs[layer]!;
        const heads = options.attention[layer]!;
        expect([...shape], layer).toEqual(heads === 1 ? [window] : [heads, window, window]);
        for (let at = 0; at < values.length; at += window)
          expect(values.subarray(at, at + window).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
      // built as for training, step by step, where the program's own prediction takes ONNX's LSTM at once
      const plain = await program.predict(x, 1);
      for (const [name, y] of Object.entries(plain)) expectClose(outputs[name]!.values, y, name);
    });

    it("gives the same tensor each time that a part of the encoding is read", () => {
      const network: Network = (g, x) => {
        const encoding = encoder(g, x);
        for (const group of TASK_GROUPS) expect(encoding[group]).toBe(encoding[group]);
        expect(encoding.attention).toBeUndefined();
        return {};
      };
      expect(countParameters(network, { time: window, features: FEATURES })).toBeGreaterThan(0);
    });
  });
}

/** Windows of noise with targets that have nothing to do with them: they can only be learned by heart. */
function sixTasks(window: number): Batch {
  const random = seededRandom(23);
  const some = (length: number, of: () => number) => Float32Array.from({ length }, of);
  const centred = () => 2 * random.next() - 1;
  const label = () => random.below(3);
  return {
    x: some(ROWS * window * FEATURES, centred),
    targets: {
      returns: some(ROWS * 3, centred),
      direction: Int32Array.from({ length: ROWS }, label),
      position: Int32Array.from({ length: ROWS }, label),
      volatility: some(ROWS, () => 0.5 + random.next()),
      confidence: some(ROWS, () => random.below(2)),
      risk: some(ROWS, () => random.next()),
    },
  };
}

/** Within 1e-5 of it, or of its size where that is above 1. */
function expectClose(found: Float32Array, expected: Float32Array, name: string): void {
  expect(found.length, name).toBe(expected.length);
  const gap = (v: number, i: number) => Math.abs(found[i]! - v) / Math.max(1, Math.abs(v));
  expect(Math.max(...Array.from(expected, gap)), name).toBeLessThan(1e-5);
}
