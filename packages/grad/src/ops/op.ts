import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Shape } from "../graph/shape.ts";
import type { DType, FloatType, Tensor } from "../graph/tensor.ts";
import type { OpAttributes, OpName } from "./attributes.ts";

export interface Signature {
  shape: Shape;
  dtype: DType;
}

export type OnnxAttribute =
  | { kind: "int"; value: number }
  | { kind: "float"; value: number }
  | { kind: "string"; value: string }
  | { kind: "ints"; value: readonly number[] };

/** Writes ONNX nodes; operands and results are value names. */
export interface Emitter {
  readonly float: FloatType;
  node(
    type: string,
    inputs: readonly string[],
    options?: { domain?: string; attributes?: Record<string, OnnxAttribute>; outputs?: number },
  ): readonly string[];
  /** An int64 constant; a bare number makes a scalar. */
  integers(values: number | readonly number[]): string;
  /** A scalar of the given type. */
  scalar(value: number, dtype: DType): string;
  ones(length: number): string;
}

/** The values of a node as its gradient sees them. */
export interface Application<K extends OpName> {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  attributes: OpAttributes[K];
  /** Which inputs want a derivative: work for the others may be left out. */
  wanted: readonly boolean[];
  /** xᵀ where it pays to make it once, for many products share x on the left. */
  transposed(x: Tensor): Tensor | undefined;
}

/**
 * One operation: what comes out (shape), its derivative (gradient) and how ONNX says it (emit). All three are
 * required, so that an operation without a derivative does not compile; `noGradient` says that there is none.
 */
export interface Op<K extends OpName> {
  shape(inputs: readonly Tensor[], attributes: OpAttributes[K]): readonly Signature[];
  gradient(
    g: GraphBuilder,
    node: Application<K>,
    dy: readonly (Tensor | undefined)[],
  ): readonly (Tensor | undefined)[];
  emit(
    e: Emitter,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    tensors: { inputs: readonly Tensor[]; outputs: readonly Tensor[]; used: readonly boolean[] },
  ): readonly string[];
}
export type Ops<K extends OpName> = { readonly [P in K]: Op<P> };

/** Piecewise constant (comparisons, sign, arg max, integer casts): the derivative is zero wherever it exists. */
export const noGradient = (): readonly undefined[] => [];
