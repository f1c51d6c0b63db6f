import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./random.ts";

const MASK = (1n << 64n) - 1n;

/** xoroshiro128+ as published (Blackman and Vigna, https://prng.di.unimi.it/xoroshiro128plus.c, 2018: 24, 16, 37). */
function* published(s0: bigint, s1: bigint): Generator<bigint> {
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (64n - k))) & MASK;
  for (;;) {
    yield (s0 + s1) & MASK;
    const mixed = s0 ^ s1;
    s0 = rotate(s0, 24n) ^ mixed ^ ((mixed << 16n) & MASK);
    s1 = rotate(mixed, 37n);
  }
}

describe("seededRandom", () => {
  test("is the published generator, 53 bits from two low words", () => {
    const seed = 42;
    const words = published((0xffffffffn << 32n) | BigInt(~seed >>> 0), BigInt(seed) << 32n);
    const word = (): number => Number(words.next().value! & 0xffffffffn);
    const random = seededRandom(seed);
    for (let i = 0; i < 1000; i++) {
      const high = word() >>> 5;
      expect(random.next()).toBe((high * 2 ** 26 + (word() >>> 6)) / 2 ** 53);
    }
  });

  test("equal seeds give equal numbers, others others", () => {
    const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed).next);
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  test("is uniform: chi-squared of 20 cells over 20,000 draws", () => {
    const random = seededRandom(1);
    const cells = new Array<number>(20).fill(0);
    for (let i = 0; i < 20_000; i++) cells[random.below(20)]!++;
    const chi2 = cells.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // 19 degrees of freedom: 43.82 is passed once in a thousand (table of the chi-squared distribution)
    expect(chi2).toBeLessThan(43.82);
  });

  test("a shuffle keeps every value, and reaches every order of three alike", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, values) => {
        expect(
          seededRandom(seed)
            .shuffle([...values])
            .sort(),
        ).toEqual([...values].sort());
      }),
    );
    const random = seededRandom(3);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle([1, 2, 3]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    const chi2 = [...orders.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(orders.size).toBe(6);
    // 5 degrees of freedom, once in a thousand
    expect(chi2).toBeLessThan(20.52);
  });
});
