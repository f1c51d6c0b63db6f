import type { OpAttributes, OpName } from "../ops/attributes.ts";
import type { Shape } from "./shape.ts";
import type { FloatType, Tensor } from "./tensor.ts";

/** How a parameter starts, before training. Draws come from a generator seeded by (seed, parameter name). */
export type Initializer =
  | { kind: "zeros" }
  | { kind: "ones" }
  | { kind: "constant"; value: number }
  /** Row-major, as many as the parameter has. */
  | { kind: "values"; values: readonly number[] }
  /** U(-a, a), a = sqrt(6 / (fanIn + fanOut)): Glorot & Bengio 2010. */
  | { kind: "glorot"; fanIn: number; fanOut: number }
  | { kind: "normal"; standardDeviation: number };

export interface ParameterOptions {
  init: Initializer;
  /** Whether AdamW's weight decay shrinks it: true for matrices, false for biases and norms. */
  decay: boolean;
}

/** What operations, layers, losses and networks see of a graph that is being built. */
export interface GraphBuilder {
  /** Whether dropout is live. */
  readonly training: boolean;
  /** The type of real numbers: float32; gradient checks build the same graph in float64. */
  readonly float: FloatType;
  /** Whether a layer may use a node that does all its steps at once and has no derivative: export only. */
  readonly fused: boolean;
  apply<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): readonly Tensor[];
  /** A trainable tensor. Its name is unique in the graph. */
  parameter(name: string, shape: Shape, options: ParameterOptions): Tensor;
  /** A fixed tensor of reals, row-major; a lone number makes a scalar. */
  constant(values: number | readonly number[] | Float64Array, shape?: Shape): Tensor;
  /** A mask of 0 (with probability `rate`) and 1 / (1 - rate), new in every training step. */
  dropoutMask(shape: Shape, rate: number): Tensor;
  /**
   * Offers a value that explains the network, such as attention weights [B, …], as a further output of the exported
   * model. It is computed only where it was asked for. Its name is unique in the graph.
   */
  extra(name: string, value: Tensor): void;
  /**
   * A part of the graph with a derivative of its own: `forward` builds it from `inputs`; the reverse walk then
   * calls `gradient` with the derivatives of the outputs and wants those of the inputs, in their order; work for
   * inputs that are not wanted may be left out.
   */
  custom(
    inputs: readonly Tensor[],
    forward: () => readonly Tensor[],
    gradient: (
      outputGradients: readonly (Tensor | undefined)[],
      wanted: readonly boolean[],
    ) => readonly (Tensor | undefined)[],
  ): readonly Tensor[];
}
