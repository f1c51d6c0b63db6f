import { createTrainingProgram, reduceMean, type TrainingProgram } from "@orion/grad";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { encoderOf, NetworkConfig } from "./index.ts";

const WINDOW = 5;
const FEATURES = 7;
const COLUMNS = 3;
const config = NetworkConfig.parse({
  kind: "hybrid",
  window: WINDOW,
  xlstm: { width: 6, heads: 2, blocks: ["slstm", "mlstm"] },
  transformer: { width: 10, heads: 2, blocks: 1, feedForward: 11 },
  fusion: { width: 9, heads: 3 },
  positionState: { columns: COLUMNS, width: 13 },
});

const programOf = (features: number): Promise<TrainingProgram> =>
  createTrainingProgram({
    network: (g, x) => ({ h: encoderOf(config)(g, x).direction }),
    input: { time: WINDOW, features },
    targets: {},
    loss: (g, { h }) => ({ loss: reduceMean(g, h!), metrics: {} }),
    optimizer: { learningRate: 1e-3, weightDecay: 0 },
    clipNorm: 1,
    batch: 1,
    seed: 3,
    threads: 1,
  });
let program: TrainingProgram;
beforeAll(async () => {
  program = await programOf(FEATURES);
});
afterAll(() => program?.close());

/** The window's vector with one number of the window changed. */
async function changed(step: number, column: number): Promise<Float32Array> {
  const random = seededRandom(9);
  const x = Float32Array.from({ length: WINDOW * FEATURES }, () => 2 * random.next() - 1);
  if (step >= 0) x[step * FEATURES + column]! += 1;
  return (await program.predict(x, 1)).h!;
}

test("the position's state is read in the last step, the market's columns in every step", async () => {
  const plain = await changed(-1, 0);
  expect(plain).toHaveLength(9);
  for (let column = 0; column < FEATURES; column++)
    for (let step = 0; step < WINDOW; step++) {
      const read = column < FEATURES - COLUMNS || step === WINDOW - 1;
      const same = (await changed(step, column)).every((v, i) => v === plain[i]);
      expect(same, `step ${step}, column ${column}`).toBe(!read);
    }
});

test("a state that leaves no column of the market is refused", async () => {
  await expect(programOf(COLUMNS)).rejects.toThrow(
    new UsageError("hybrid: positionState.columns 3 leaves no market column of 3: name fewer"),
  );
});
