import type { ExportOptions } from "./exportForward.ts";
import type { ParameterSlot } from "./parameterLayout.ts";
import type { Batch, TrainingSpec } from "./trainingSpec.ts";

/** Everything that a step changes. Copies: later steps do not touch it. */
export interface TrainingState {
  /** Steps taken. */
  step: number;
  /** Flat, in the order and at the offsets of `layOutParameters`. */
  parameters: Float32Array;
  /** AdamW's running sums, see `adamW`. */
  m: Float32Array;
  v: Float32Array;
  /** Moving average of the parameters, where the spec asks for one. */
  average?: Float32Array;
}
/** Which weights are meant: those of the last step, or their moving average. */
export type Weights = "last" | "average";
export interface StepResult {
  loss: number;
  /** Global norm of the gradient before clipping. */
  gradientNorm: number;
  metrics: Record<string, number>;
}
export interface EvaluationResult {
  loss: number;
  metrics: Record<string, number>;
}

export interface TrainingProgram {
  readonly spec: TrainingSpec;
  /** Numbers of all parameters, the frozen ones included. */
  readonly parameterCount: number;
  /** Numbers of the parameters that are trained. */
  readonly trainedCount: number;
  /** The parameters: name, shape and place in the flat buffers. */
  readonly parameters: readonly ParameterSlot[];
  /** Matrix products only, 2·m·n·k each in the forward pass, times 3 for forward and backward; of all parts. */
  readonly flopsPerStep: number;
  /** Matrix products of the forward pass of one row. */
  readonly flopsPerWindow: number;
  /** Milliseconds that the engine has computed in steps, all of them together: the rest of a step is preparation. */
  readonly engineMs: number;
  /** One step of AdamW. A loss or gradient that is not finite is refused: the state stays as it was. */
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /** Loss and metrics without dropout, means over the first `rows` rows of the batch, any number of them. */
  evaluate(batch: Batch, rows: number, weights?: Weights): Promise<EvaluationResult>;
  /** The network's outputs without dropout, each [rows, ...], row-major. */
  predict(x: Float32Array, rows: number, weights?: Weights): Promise<Record<string, Float32Array>>;
  state(): TrainingState;
  restore(state: TrainingState): void;
  /** The forward graph with its weights as one ONNX file; any number of rows. Equal states give equal bytes. */
  exportOnnx(metadata: Record<string, string>, options?: ExportOptions & { weights?: Weights }): Uint8Array;
  close(): Promise<void>;
}
