import { toValue, type Value } from "../runtime/session.ts";
import type { ParameterLayout, ParameterSlot } from "./parameterLayout.ts";

/** Flat buffers of everything that a step changes, and the views of them that the training graph reads and writes. */
export interface StateSet {
  parameters: Float32Array;
  m: Float32Array;
  v: Float32Array;
  /** Moving average of the parameters, where one is kept. */
  average: Float32Array | undefined;
  /** Each parameter by its name. */
  weights: Record<string, Value>;
  /** Each parameter's average by its name; the parameters themselves where none is kept. */
  averages: Record<string, Value>;
  /** What the update reads, by group. */
  feeds: Record<string, Value>;
  /** What the update writes, by group. */
  fetches: Record<string, Value>;
}

export function makeSet({ length, slots, groups }: ParameterLayout, withAverage: boolean): StateSet {
  const floats = () => new Float32Array(length);
  const [parameters, m, v, average] = [floats(), floats(), floats(), withAverage ? floats() : undefined];
  const view = (flat: Float32Array, { shape, offset, size }: ParameterSlot) =>
    toValue(flat.subarray(offset, offset + size), shape);
  const set: StateSet = { parameters, m, v, average, weights: {}, averages: {}, feeds: {}, fetches: {} };
  for (const slot of slots) {
    set.weights[slot.name] = view(parameters, slot);
    set.averages[slot.name] = view(average ?? parameters, slot);
  }
  for (const group of groups)
    for (const [part, flat] of Object.entries({ p: parameters, m, v, a: average })) {
      if (!flat) continue;
      const value = view(flat, group);
      set.feeds[`${part}/${group.name}`] = value;
      set.fetches[`next/${part}/${group.name}`] = value;
    }
  return set;
}
