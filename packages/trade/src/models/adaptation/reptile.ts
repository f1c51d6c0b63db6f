import { type BatchSource, emptyBatch, type TrainingProgram, type TrainingState } from "@orion/grad";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";

/** How first weights are sought from which each task is learned in few steps: see `reptile`. */
export const ReptileConfig = z.strictObject({
  kind: z.literal("reptile"),
  /** k, steps on one task before the weights move: at 1 it is plain joint training */
  innerSteps: z.int().min(1).max(1000).default(8),
  /** learning rate of these steps */
  innerRate: z.number().gt(0).max(1).default(0.001),
  /** ε at first; it falls linearly to 0 */
  outerRate: z.number().gt(0).max(1).default(1),
  /** how often the weights move */
  outerSteps: z.int().min(1).max(1_000_000).default(200),
});
export type ReptileConfig = z.output<typeof ReptileConfig>;

export interface ReptileOptions extends Omit<ReptileConfig, "kind"> {
  /** of the order of tasks and of the rows drawn from each */
  seed: number;
  /** stops between two steps by an AbortError; the program then holds the weights of the last outer step */
  signal?: AbortSignal | undefined;
  /** after every outer step, counted from 1; `loss` is that of its last inner step */
  onProgress?(progress: { outerStep: number; loss: number; secondsLeft: number }): void;
}

/**
 * Reptile (Nichol, Achiam and Schulman 2018, On First-Order Meta-Learning Algorithms, arXiv 1803.02999, algorithm 1):
 *
 *   for i = 0 … outerSteps - 1:  θ̃ = θ after k steps of AdamW on batches of one task
 *                                θ ← θ + ε_i (θ̃ - θ),   ε_i = outerRate (1 - i / outerSteps)
 *
 * ε falls linearly as in the paper's experiments. Tasks follow one another in rounds, each round in an order of its own.
 * A batch's rows are drawn with replacement, so that a task may have fewer rows than a batch. AdamW begins anew on each
 * task: what it gathered of one task's gradients says nothing of the next. The program holds θ afterwards, with AdamW
 * at its beginning. Equal programs, tasks and seeds give equal weights, bit for bit.
 * @throws UsageError when there is no task, or one without rows
 */
export async function reptile(
  program: TrainingProgram,
  tasks: readonly BatchSource[],
  { innerSteps, innerRate, outerRate, outerSteps, seed, signal, onProgress }: ReptileOptions,
): Promise<void> {
  const empty = tasks.findIndex((task) => task.rows < 1);
  if (tasks.length === 0 || empty >= 0)
    throw new UsageError(tasks.length === 0 ? "meta: there is no task" : `meta: task ${empty} has no rows`);
  const random = seededRandom(seed);
  const size = program.spec.batch;
  const batch = emptyBatch(program.spec, size);
  const rows = new Int32Array(size);
  const round = Int32Array.from(tasks, (_, i) => i);
  const theta = program.state().parameters;
  const started = performance.now();
  try {
    for (let outer = 0; outer < outerSteps; outer++) {
      const place = outer % tasks.length;
      if (place === 0) random.shuffle(round);
      const task = tasks[round[place]!]!;
      program.restore(begin(program, theta));
      let loss = 0;
      for (let inner = 0; inner < innerSteps; inner++) {
        signal?.throwIfAborted();
        for (let b = 0; b < size; b++) rows[b] = random.below(task.rows);
        task.gather(rows, batch);
        ({ loss } = await program.step(batch, innerRate));
      }
      const adapted = program.state().parameters;
      const rate = outerRate * (1 - outer / outerSteps);
      for (let i = 0; i < theta.length; i++) theta[i]! += rate * (adapted[i]! - theta[i]!);
      const perStep = (performance.now() - started) / 1000 / (outer + 1);
      onProgress?.({ outerStep: outer + 1, loss, secondsLeft: perStep * (outerSteps - outer - 1) });
    }
  } finally {
    program.restore(begin(program, theta));
  }
}

/** A training that has taken no step, at these weights. */
function begin(program: TrainingProgram, parameters: Float32Array): TrainingState {
  const state = program.state();
  return {
    step: 0,
    parameters,
    m: new Float32Array(state.m.length),
    v: new Float32Array(state.v.length),
    ...(state.average ? { average: parameters } : {}),
  };
}
