import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of random numbers; the same seed gives the same numbers on every machine. */
export interface Random {
  /** uniform in [0, 1), 53 bits */
  next(): number;
  /** uniform whole number in [0, bound) */
  below(bound: number): number;
  /** shuffles in place (Fisher and Yates) and returns its argument */
  shuffle<A extends { length: number; [index: number]: number }>(values: A): A;
}

/** xoroshiro128+ (Blackman and Vigna 2018) from a whole-number seed. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  const word = (): number => generator.next() >>> 0;
  const next = (): number => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000;
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = values[i]!;
        values[i] = values[j]!;
        values[j] = kept;
      }
      return values;
    },
  };
}
