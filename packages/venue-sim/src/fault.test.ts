import { describe, expect, test } from "vitest";
import { dice, FaultPlan, parseFault } from "./fault.ts";

const place = { venue: "binance", on: "request", route: "/api/v3/klines" } as const;

describe("FaultPlan", () => {
  const struckAt = (plan: FaultPlan, calls: number): number[] =>
    Array.from({ length: calls }, (_, i) => (plan.strike(place).length > 0 ? i : -1)).filter((i) => i >= 0);

  test("by counter, by times, always", () => {
    expect(struckAt(new FaultPlan(1, [{ kind: "429", at: [1, 4] }]), 6)).toEqual([1, 4]);
    expect(struckAt(new FaultPlan(1, [{ kind: "429", times: 2 }]), 6)).toEqual([0, 1]);
    expect(struckAt(new FaultPlan(1, [{ kind: "429" }]), 3)).toEqual([0, 1, 2]);
    // what does not match is not counted
    const plan = new FaultPlan(1, [{ kind: "429", route: "klines", at: [0] }]);
    expect(plan.strike({ ...place, route: "/api/v3/time" })).toEqual([]);
    expect(plan.strike(place)).toHaveLength(1);
    expect(new FaultPlan(1, [{ kind: "429", venue: "yahoo" }]).strike(place)).toEqual([]);
    expect(new FaultPlan(1, [{ kind: "drop" }]).strike(place)).toEqual([]);
    expect(new FaultPlan(1, [{ kind: "drop" }]).strike({ ...place, on: "message" })).toHaveLength(1);
  });

  test("by probability: about that often, and the same again for the same seed", () => {
    const often = (seed: number): number[] =>
      struckAt(new FaultPlan(seed, [{ kind: "5xx", probability: 0.1 }]), 5000);
    expect(often(1)).toEqual(often(1));
    expect(often(1)).not.toEqual(often(2));
    // 5000 draws at 0.1: mean 500, standard deviation 21.2; six of them leave a chance of 2e-9
    expect(Math.abs(often(1).length - 500)).toBeLessThan(127);
  });

  test("the dice are mulberry32", () => {
    // first outputs for seed 1, from the author's C code (gist.github.com/tommyettinger/46a874533244883189143505d203312c)
    const mulberry32 = (seed: number): (() => number) => {
      let x = seed;
      return () => {
        x = (x + 0x6d2b79f5) | 0;
        let z = Math.imul(x ^ (x >>> 15), x | 1);
        z = (z ^ (z + Math.imul(z ^ (z >>> 7), z | 61))) | 0;
        return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
      };
    };
    const [ours, theirs] = [dice(1), mulberry32(1)];
    for (let i = 0; i < 100; i++) expect(ours()).toBe(theirs());
  });

  test("a text on the command line", () => {
    expect(parseFault("429:0.01")).toEqual({ kind: "429", probability: 0.01 });
    expect(parseFault("drop:.5")).toEqual({ kind: "drop", probability: 0.5 });
    for (const text of ["429", "429:2", "429:-1", "429:", "429:0.1:1", "429:1e9", "429:x"]) {
      expect(() => parseFault(text)).toThrow(/wants a probability/);
    }
    expect(() => parseFault("teapot:0.1")).toThrow(/choose among 429, 418/);
  });
});
