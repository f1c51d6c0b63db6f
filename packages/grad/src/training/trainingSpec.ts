import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Shape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { AdamWOptions } from "../optimizers/adamW.ts";
import type { Device } from "../runtime/device.ts";

/**
 * Forward only. x [B, T, F]; `g.training` says whether dropout is live. It is called once for each graph that is
 * built (training, evaluation, prediction, export) and has to make the same parameters each time.
 */
export type Network = (g: GraphBuilder, x: Tensor) => Record<string, Tensor>;

export interface TargetSpec {
  /** Shape of one row's target; [] for a scalar a row. */
  shape: readonly number[];
  dtype: "float32" | "int32";
}
export interface Objective {
  /** A scalar, the mean over the batch. */
  loss: Tensor;
  /** Scalars, means over the batch. */
  metrics: Record<string, Tensor>;
}
export interface TrainingSpec {
  network: Network;
  input: { time: number; features: number };
  targets: Record<string, TargetSpec>;
  loss(g: GraphBuilder, outputs: Record<string, Tensor>, targets: Record<string, Tensor>): Objective;
  optimizer: AdamWOptions;
  /** Largest global norm of the gradient. */
  clipNorm: number;
  /** Rows of a training step. */
  batch: number;
  /**
   * Parts that a batch is run in, one after the other, their gradients added up: memory for batch / accumulate rows.
   * The gradient is the mean of the parts'; where the loss is a mean over rows, that is the gradient of the batch.
   */
  accumulate?: number;
  /**
   * β of an exponential moving average of the weights (Polyak & Juditsky 1992), a ← β a + (1 - β) θ after each step
   * with β = min(averageDecay, (1 + t) / (10 + t)) at step t, so that the first weights are soon forgotten. None unless
   * said. See `weights` in evaluate, predict and exportOnnx.
   */
  averageDecay?: number;
  /** Parameters, by name, that stay as they are: they have no gradient, no decay and no part in the norm. */
  freeze?(name: string): boolean;
  /** First values by the parameter's name, as `readParameters` gives them; the others are drawn by the seed. */
  initial?: ReadonlyMap<string, { shape: Shape; values: Float32Array }>;
  seed: number;
  /** Threads of the matrix products; all cores when not said. */
  threads?: number;
  /** Where the graphs run; "cpu" unless said. Another device gives other last digits, and so another model. */
  device?: Device;
  /** Writes ONNX Runtime's profile of the training graph to a file whose name starts so. */
  profilePrefix?: string;
}

/** x [rows, T, F] row-major; each target [rows, ...shape]. The arrays may be longer than the rows in use. */
export interface Batch {
  x: Float32Array;
  targets: Record<string, Float32Array | Int32Array>;
}
