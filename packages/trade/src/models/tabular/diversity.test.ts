import { expect, it } from "vitest";
import { diversity } from "./diversity.ts";

it("tells pairs apart by hand", () => {
  // rights of A 1 1 1 1 0 0, of B 1 1 0 0 1 0: N11 = 2, N10 = 2, N01 = 1, N00 = 1
  const told = (right: readonly number[]): Float32Array =>
    Float32Array.from(right.flatMap((r) => [r, 1 - r]));
  const target = { kind: "classes" as const, classes: ["x", "y"], y: new Int32Array(6) };
  const [pair] = diversity(["A", "B"], [told([1, 1, 1, 1, 0, 0]), told([1, 1, 0, 0, 1, 0])], target);
  expect(pair!.members).toEqual(["A", "B"]);
  expect(pair!.disagreement).toBe(0.5);
  // (2 - 2) / (2 + 2)
  expect(pair!.q).toBe(0);
  expect(pair!.errorCorrelation).toBeCloseTo(0, 12);
});

it("knows twins and opposites", () => {
  const target = { kind: "values" as const, y: Float64Array.of(1, 2, 3) };
  const [a, b, c] = [Float32Array.of(2, 2, 2), Float32Array.of(3, 2, 1), Float32Array.of(0, 2, 4)];
  const pairs = diversity(["a", "b", "c"], [a!, b!, c!], target);
  expect(pairs.map(({ errorCorrelation }) => errorCorrelation)).toEqual([
    expect.closeTo(1, 12),
    expect.closeTo(-1, 12),
    expect.closeTo(-1, 12),
  ]);
  expect(pairs[0]!.q).toBeNull();
});

it("tells null where nothing varies, and refuses rows that nobody told", () => {
  const target = { kind: "classes" as const, classes: ["x", "y"], y: Int32Array.of(0, 0) };
  const sure = Float32Array.of(1, 0, 1, 0);
  expect(diversity(["a", "b"], [sure, sure], target)[0]).toEqual({
    members: ["a", "b"],
    disagreement: 0,
    q: null,
    errorCorrelation: null,
  });
  const none = new Float32Array(4).fill(Number.NaN);
  expect(() => diversity(["a", "b"], [sure, none], target)).toThrow(/no row was told by all/);
  expect(() => diversity(["a", "b"], [sure, sure.slice(2)], target)).toThrow(/'b' tells 1 rows/);
});
