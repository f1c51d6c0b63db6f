import {
  add,
  clip,
  createTrainingProgram,
  fit,
  gelu,
  linear,
  log,
  mul,
  type Network,
  neg,
  reduceMean,
  reshape,
  sigmoid,
  sub,
  type TrainingProgram,
} from "@orion/grad";
import { UsageError } from "../../core/errors.ts";

const HEAD = "confidenceHead";
/** How the names of the head's parameters begin: the joint training leaves them as they are. */
export const CONFIDENCE_HEAD = `${HEAD}.`;
/** Probabilities are kept this far from 0 and 1, where a logarithm has no value in float32. */
const EDGE = 1e-6;

/** Rows to fit the head on: what it reads, [N, D] row by row, and 1 where the direction was right, else 0. */
export interface JudgedRows {
  readonly encoded: Float32Array;
  readonly right: Float32Array;
}

export interface ConfidenceOptions {
  epochs: number;
  batch: number;
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
  seed: number;
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Fits the confidence head of a trained program, and nothing else of it: confidence = sigmoid(W2 gelu(W1 h + b1) + b2)
 * with the cross entropy -[y log c + (1 - y) log(1 - c)], y = 1 where the direction head was right. The rows are held
 * back from the other heads' training: on rows that these have learned by heart they are right far more often than they
 * will be tomorrow. `judge` decides which epoch is kept.
 *
 * The trunk does not move, so its vectors h are computed once and the head is trained on them alone; its weights then
 * take their place in the program.
 * @returns the epoch that was kept
 */
export async function fitConfidenceHead(
  program: TrainingProgram,
  rows: JudgedRows,
  judge: JudgedRows,
  options: ConfidenceOptions,
): Promise<number> {
  const width = rows.encoded.length / rows.right.length;
  const slots = program.parameters.filter(({ name }) => name.startsWith(CONFIDENCE_HEAD));
  const hidden = slots.find(({ name }) => name === `${HEAD}.hidden.weight`)?.shape;
  if (hidden?.[0] !== width) {
    throw new UsageError(`the network's confidence head does not read vectors of ${width} numbers`);
  }
  const network: Network = (g, x) => {
    const h = reshape(g, x, ["rest", width]);
    const out = linear(g, gelu(g, linear(g, h, `${HEAD}.hidden`, hidden[1]!)), `${HEAD}.out`, 1);
    return { confidence: reshape(g, sigmoid(g, out), ["rest"]) };
  };
  const head = await createTrainingProgram({
    network,
    input: { time: 1, features: width },
    targets: { right: { shape: [], dtype: "float32" } },
    loss: (g, outputs, targets) => {
      const c = clip(g, outputs.confidence!, EDGE, 1 - EDGE);
      const y = targets.right!;
      const said = add(g, mul(g, y, log(g, c)), mul(g, sub(g, 1, y), log(g, sub(g, 1, c))));
      return { loss: neg(g, reduceMean(g, said)), metrics: {} };
    },
    optimizer: { learningRate: options.learningRate, weightDecay: options.weightDecay },
    clipNorm: options.clipNorm,
    batch: Math.min(options.batch, rows.right.length),
    seed: options.seed,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const source = (part: JudgedRows) => ({
      rows: part.right.length,
      gather(
        picked: Int32Array,
        into: { x: Float32Array; targets: Record<string, Float32Array | Int32Array> },
      ) {
        picked.forEach((row, b) => {
          into.x.set(part.encoded.subarray(row * width, (row + 1) * width), b * width);
          into.targets.right![b] = part.right[row]!;
        });
      },
    });
    const result = await fit(head, {
      train: source(rows),
      validation: source(judge),
      epochs: options.epochs,
      seed: options.seed,
      schedule: () => options.learningRate,
      patience: options.epochs,
      fingerprint: "",
      ...(options.signal ? { signal: options.signal } : {}),
    });
    options.signal?.throwIfAborted();
    const fitted = head.state().parameters;
    const state = program.state();
    for (const slot of slots) {
      const from = head.parameters.find(({ name }) => name === slot.name);
      if (from?.size !== slot.size) {
        throw new UsageError(
          `the network's confidence head has a weight '${slot.name}' that this one has not`,
        );
      }
      for (const values of [state.parameters, state.average])
        values?.set(fitted.subarray(from.offset, from.offset + from.size), slot.offset);
    }
    program.restore(state);
    return result.bestEpoch ?? 0;
  } finally {
    await head.close();
  }
}
