import type { Parameter } from "../graph/graph.ts";
import { sizeOf } from "../graph/shape.ts";

export interface ParameterSlot {
  name: string;
  shape: readonly number[];
  offset: number;
  size: number;
}
export interface ParameterLayout {
  /** Every parameter, in the graph's order. */
  slots: readonly ParameterSlot[];
  /** What the optimizer updates at once: each matrix alone, all biases and norms together as one vector. */
  groups: readonly ParameterGroup[];
  /** Floats of a flat buffer that holds all parameters. */
  length: number;
  /** Numbers of all parameters. */
  count: number;
  /** Numbers of those that are trained. */
  trained: number;
}
export interface ParameterGroup extends ParameterSlot {
  /** Indices of its parameters; they lie one behind the other. */
  members: readonly number[];
  decay: boolean;
}

const FLOATS_A_LINE = 16;
const aligned = (floats: number) => Math.ceil(floats / FLOATS_A_LINE) * FLOATS_A_LINE;

/**
 * Decayed parameters first, each at a multiple of 64 bytes, then the others packed: half of a Transformer's tensors
 * are biases and norms of a few hundred numbers, and an update of one vector costs one node where many cost many.
 * Frozen parameters come last and are of no group.
 */
export function layOutParameters(
  parameters: readonly Parameter[],
  frozen: (name: string) => boolean = () => false,
): ParameterLayout {
  const slots: ParameterSlot[] = [];
  const groups: ParameterGroup[] = [];
  let length = 0;
  parameters.forEach(({ name, tensor: { shape }, decay }, i) => {
    if (!decay || frozen(name)) return;
    slots[i] = { name, shape, offset: length, size: sizeOf(shape) };
    groups.push({ ...slots[i], members: [i], decay });
    length += aligned(slots[i].size);
  });
  const start = length;
  const members: number[] = [];
  parameters.forEach(({ name, tensor: { shape }, decay }, i) => {
    if (decay || frozen(name)) return;
    slots[i] = { name, shape, offset: length, size: sizeOf(shape) };
    members.push(i);
    length += slots[i].size;
  });
  const size = length - start;
  if (size > 0) groups.push({ name: "vectors", shape: [size], offset: start, size, members, decay: false });
  const trained = groups.reduce((sum, group) => sum + group.size, 0);
  length = aligned(length);
  parameters.forEach(({ name, tensor: { shape } }, i) => {
    if (!frozen(name)) return;
    slots[i] = { name, shape, offset: length, size: sizeOf(shape) };
    length += aligned(slots[i].size);
  });
  return { slots, groups, length, count: slots.reduce((sum, s) => sum + s.size, 0), trained };
}
