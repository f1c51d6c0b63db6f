import { expect, it } from "vitest";
import { linear } from "../layers/linear.ts";
import { softmax } from "../ops/normalization.ts";
import { reduceSum } from "../ops/reduction.ts";
import type { Network } from "../training/trainingSpec.ts";
import { networkOutputs } from "./networkOutputs.ts";

const network: Network = (g, x) => {
  const y = linear(g, x, "scores", 2, { bias: false });
  return { weights: softmax(g, y, 1), total: reduceSum(g, y, [1, 2]) };
};
const parameters = new Map([["scores.weight", { shape: [1, 2], values: Float32Array.of(1, 0) }]]);
const given = { network, input: { time: 3, features: 1 }, parameters, threads: 1 };

it("gives each output with the shape of a row, by hand", async () => {
  // Scores of step t are (x_t, 0): over the steps (0, ln 2, ln 5) weigh 1/8, 2/8, 5/8, and equal ones a third each.
  const x = Float32Array.of(0, Math.log(2), Math.log(5), 1, 1, 1);
  const { weights, total } = await networkOutputs(given, x, 2);
  expect(weights!.shape).toEqual([3, 2]);
  const third = 1 / 3;
  const expected = [1 / 8, third, 2 / 8, third, 5 / 8, third, third, third, third, third, third, third];
  for (const [i, value] of expected.entries()) expect(weights!.values[i]).toBeCloseTo(value, 6);
  expect(total!.shape).toEqual([]);
  expect(total!.values[0]).toBeCloseTo(Math.log(10), 6);
  expect(total!.values[1]).toBeCloseTo(3, 6);
});

it("refuses weights of another network and outputs without rows", async () => {
  const x = new Float32Array(3);
  await expect(networkOutputs({ ...given, parameters: new Map() }, x, 1)).rejects.toThrow(
    /"scores.weight" is missing/,
  );
  const sum: Network = (g, input) => ({ ...network(g, input), all: reduceSum(g, input) });
  await expect(networkOutputs({ ...given, network: sum }, x, 1)).rejects.toThrow(/"all" has not the rows/);
});
