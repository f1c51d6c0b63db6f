import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { mix } from "./seeded.ts";

/** Distinct places at which a window can start: 2^18 places of 16 floats, so that every view is 64-byte aligned. */
const PLACES = 1 << 18;
const STRIDE = 16;

/** Memory of a table whose largest mask has so many elements. */
export const tableBytes = (largest: number): number => 4 * (PLACES * STRIDE + largest);

/**
 * Dropout masks at no cost a step. A table of independent draws, 0 with probability `rate` and 1 / (1 - rate)
 * otherwise, is made once; the mask of (step, site) is a window of it at a place that is a hash of (seed, step,
 * site): a view, nothing is generated or copied. Each mask has exactly the wanted distribution; masks of different
 * steps and sites share the table but, unless two places coincide (1 in 262,144), no element of one is the same
 * draw as that element of another. The scheme is the shared noise table of Salimans et al. 2017 (Evolution
 * Strategies as a Scalable Alternative to Reinforcement Learning, section 2.1). It has no state: step s has the
 * same masks in a resumed run.
 */
export class DropoutPool {
  readonly #table: Float32Array;
  readonly #seed: number;

  /** largest: elements of the largest mask that will be asked for. */
  constructor(rate: number, largest: number, seed: number) {
    this.#seed = seed;
    this.#table = new Float32Array(PLACES * STRIDE + largest);
    const kept = 1 / (1 - rate);
    const generator = xoroshiro128plus(mix(seed, 0xd409, Math.round(rate * 2 ** 31)));
    for (let i = 0; i < this.#table.length; i++) this.#table[i] = uniformFloat64(generator) < rate ? 0 : kept;
  }

  /** The mask of one site in one step, a view of `length` floats. */
  mask(step: number, site: number, length: number): Float32Array {
    const start = (mix(this.#seed, step, site) % PLACES) * STRIDE;
    return this.#table.subarray(start, start + length);
  }
}
