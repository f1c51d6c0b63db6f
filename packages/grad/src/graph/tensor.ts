import type { Shape } from "./shape.ts";

export type FloatType = "float32" | "float64";
export type DType = FloatType | "int32" | "int64" | "bool";

/** A value of the graph: what a node makes, an input, a parameter or a constant. It holds no numbers. */
export interface Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
}
