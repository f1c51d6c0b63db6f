import type { Parameter } from "../graph/graph.ts";
import { sizeOf } from "../graph/shape.ts";

export interface ParameterSlot {
  name: string;
  shape: readonly number[];
  offset: number;
  size: number;
}
export interface ParameterLayout {
  slots: readonly ParameterSlot[];
  /** Floats of a flat buffer that holds all parameters, each at a multiple of 64 bytes. */
  length: number;
  /** Numbers that are trained. */
  count: number;
}

const FLOATS_A_LINE = 16;

export function layOutParameters(parameters: readonly Parameter[]): ParameterLayout {
  const slots: ParameterSlot[] = [];
  let length = 0;
  let count = 0;
  for (const { name, tensor } of parameters) {
    const size = sizeOf(tensor.shape);
    slots.push({ name, shape: tensor.shape, offset: length, size });
    length += Math.ceil(size / FLOATS_A_LINE) * FLOATS_A_LINE;
    count += size;
  }
  return { slots, length, count };
}
