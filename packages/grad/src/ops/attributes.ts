import type { Shape } from "../graph/shape.ts";

type None = Record<never, never>;
export interface ReduceAttributes {
  axes: readonly number[];
  keepDims: boolean;
}
export interface FusedMatMulAttributes {
  transA: boolean;
  transB: boolean;
  /** The operand is laid out [rows, ...batch, columns] and read as [...batch, rows, columns]. */
  transBatchA: boolean;
  transBatchB: boolean;
  alpha: number;
}

/** Every operation's name with its attributes. The operation table has to have an entry for each of them. */
export interface OpAttributes {
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Max: None;
  Min: None;
  Pow: { exponent: number };
  Neg: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Reciprocal: None;
  Abs: None;
  Sign: None;
  Step: None;
  Tanh: None;
  Sigmoid: None;
  Relu: None;
  Erf: None;
  Softplus: None;
  Gelu: None;
  Clip: { min: number; max: number };
  Identity: None;
  Cast: { to: "float32" | "float64" | "int32" | "int64" | "bool" };
  Equal: None;
  Greater: None;
  Less: None;
  Not: None;
  And: None;
  Where: None;
  MatMul: None;
  FusedMatMul: FusedMatMulAttributes;
  Gemm: { transA: boolean; transB: boolean; alpha: number };
  Reshape: { shape: Shape };
  Transpose: { perm: readonly number[] };
  Slice: { axis: number; start: number; end: number; step: number };
  Pad: { axis: number; before: number; after: number };
  Concat: { axis: number };
  Split: { axis: number; sizes: readonly number[] };
  Expand: { shape: Shape };
  Gather: { axis: number };
  OneHot: { depth: number };
  ArgMax: { axis: number };
  ReduceSum: ReduceAttributes;
  ReduceMean: ReduceAttributes;
  ReduceMax: ReduceAttributes;
  ReduceSumSquare: ReduceAttributes;
  Softmax: { axis: number };
  LogSoftmax: { axis: number };
  LayerNormalization: { epsilon: number };
  Lstm: { width: number };
  Normalize: { epsilon: number; centred: boolean };
}
export type OpName = keyof OpAttributes;
