import { readFile } from "node:fs/promises";
import { add, createTrainingProgram, reduceMean, reduceSum } from "@orion/grad";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { orionquant38 } from "../../features/sets/orionquant38.ts";
import { transformerSignal } from "./transformerSignal.ts";
import { TransformerSignalConfig } from "./transformerSignalConfig.ts";

const recipe = new URL("../../../../../recipes/orionquant.yaml", import.meta.url);

async function parameterCount(config: TransformerSignalConfig, features: number): Promise<number> {
  const program = await createTrainingProgram({
    network: transformerSignal(config, 1),
    // positions are constants: the number of weights does not depend on the window, and two steps load quicker
    input: { time: 2, features },
    targets: {},
    // any scalar that every weight has a part in
    loss: (g, outputs) => ({
      loss: add(g, reduceMean(g, reduceSum(g, outputs.logits!, 1)), reduceMean(g, outputs.return!)),
      metrics: {},
    }),
    optimizer: { learningRate: 1e-3, weightDecay: 0 },
    clipNorm: 1,
    batch: 1,
    seed: 1,
  });
  try {
    return program.parameterCount;
  } finally {
    await program.close();
  }
}

/** Weights by the formulas of the layers' papers, biases named where a layer has them. */
function countByHand(f: number, d: number, inner: number, blocks: number): number {
  const linear = (from: number, to: number): number => from * to + to;
  const norm = 2 * d; // gain and bias
  const query = linear(d, d);
  const keyAndValue = 2 * d * d; // no bias: it would cancel in the softmax or belong to the output's
  const attention = norm + query + keyAndValue + linear(d, d);
  const feedForward = norm + linear(d, inner) + linear(inner, d);
  const classHead = linear(2 * d, 256) + linear(256, 3);
  const returnHead = linear(2 * d, 64) + linear(64, 1);
  return linear(f, d) + blocks * (attention + feedForward) + norm + classHead + returnHead;
}

test("the recipe's network has 4.1M weights, as worked out by hand", async () => {
  const config = TransformerSignalConfig.parse(parse(await readFile(recipe, "utf8")).model);
  const features = orionquant38.create({}).columns.length;
  expect(features).toBe(38);
  const count = await parameterCount(config, features);
  // 9,984 input + 6 x (263,168 attention + 394,752 feed-forward) + 512 norm + 132,099 and 32,897 heads
  expect(count).toBe(4_123_012);
  expect(count).toBe(countByHand(features, 256, 768, 6));
  expect(Math.abs(count / 4_100_000 - 1)).toBeLessThan(0.02);
});

test("another shape has the weights of its own formula", async () => {
  const config = TransformerSignalConfig.parse({
    kind: "transformerSignal",
    window: 5,
    width: 14,
    heads: 7,
    blocks: 3,
    feedForward: 11,
    dropout: 0,
  });
  expect(await parameterCount(config, 13)).toBe(countByHand(13, 14, 11, 3));
});

test("heads that do not divide the width are refused", () => {
  const parsed = TransformerSignalConfig.safeParse({
    kind: "transformerSignal",
    window: 5,
    width: 10,
    heads: 3,
    blocks: 1,
    feedForward: 4,
    dropout: 0,
  });
  expect(parsed.error?.issues[0]).toMatchObject({
    path: ["heads"],
    message: "3 heads do not divide a width of 10",
  });
});
