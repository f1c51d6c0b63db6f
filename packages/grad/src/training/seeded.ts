import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { GradUsageError } from "../errors.ts";
import type { Initializer } from "../graph/graphBuilder.ts";

/** 32-bit FNV-1a hash of a text (Fowler, Noll & Vo). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** 32 well-mixed bits from integers: each is folded in with the finalizer of MurmurHash3 (Appleby). */
export function mix(...values: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) {
    hash = (hash ^ (value >>> 0)) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = (hash ^ (hash >>> 16)) + 0x9e3779b9;
  }
  return hash >>> 0;
}

/** The order of `rows` rows in an epoch: a Fisher-Yates shuffle that depends on (seed, epoch) only. */
export function shuffledRows(rows: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const generator = xoroshiro128plus(mix(seed, 0x5f0ff1e, epoch));
  for (let i = rows - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}

/** Fills a parameter with its first values. They depend on (seed, name) only, not on the other parameters. */
export function initialize(into: Float32Array, name: string, init: Initializer, seed: number): void {
  if (init.kind === "zeros") into.fill(0);
  else if (init.kind === "ones") into.fill(1);
  else if (init.kind === "constant") into.fill(init.value);
  else if (init.kind === "values") {
    if (init.values.length !== into.length)
      throw new GradUsageError(
        `parameter "${name}" has ${into.length} numbers, its first values are ${init.values.length}`,
      );
    into.set(init.values);
  } else {
    const generator = xoroshiro128plus(mix(seed, hashText(name)));
    if (init.kind === "glorot") {
      const bound = Math.sqrt(6 / (init.fanIn + init.fanOut));
      for (let i = 0; i < into.length; i++) into[i] = (2 * uniformFloat64(generator) - 1) * bound;
    } else {
      // Box & Muller 1958: a normal from two uniforms; 1 - u keeps the logarithm finite.
      for (let i = 0; i < into.length; i++) {
        const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
        into[i] = radius * Math.cos(2 * Math.PI * uniformFloat64(generator)) * init.standardDeviation;
      }
    }
  }
}
