import { createTrainingProgram, reduceMean } from "@orion/grad";
import { expect, test } from "vitest";
import { TransformerSignalConfig, transformerSignal } from "../networks/index.ts";
import { architectureOf, blockOf } from "./architectureOf.ts";

test.each([
  ["encoder.block0.attention.query.weight", "encoder.block0"],
  ["encoder.xlstm.block2.slstm.recurrent.weight", "encoder.xlstm.block2"],
  ["encoder.fusion.first.query.weight", "encoder.fusion"],
  ["encoder.input.weight", "encoder.input"],
  ["classHead.hidden.weight", "classHead"],
  ["member1/encoder.layer0.weight", "member1/encoder.layer0"],
  ["lone", ""],
])("%s belongs to %s", (name, block) => {
  expect(blockOf(name)).toBe(block);
});

test("tensors by block with shapes and counts, worked by hand", async () => {
  const config = TransformerSignalConfig.parse({
    kind: "transformerSignal",
    window: 5,
    width: 6,
    heads: 2,
    blocks: 2,
    feedForward: 7,
    dropout: 0,
  });
  const program = await createTrainingProgram({
    network: transformerSignal(config, 1),
    input: { time: 5, features: 3 },
    targets: {},
    loss: (g, y) => ({ loss: reduceMean(g, y.return!), metrics: {} }),
    optimizer: { learningRate: 1e-3, weightDecay: 0 },
    clipNorm: 1,
    batch: 2,
    seed: 1,
    threads: 1,
    // the loss reaches the return alone: what it does not reach is not trained
    freeze: (name) => name.startsWith("classHead."),
  });
  const told = architectureOf(program.exportOnnx({}), config);
  await program.close();
  expect(told.kind).toBe("transformerSignal");
  expect(told.blocks.map((b) => b.name).toSorted()).toEqual(
    [
      "classHead",
      "encoder.block0",
      "encoder.block1",
      "encoder.input",
      "encoder.norm",
      "returnHead",
    ].toSorted(),
  );
  const count = (name: string) => told.blocks.find((b) => b.name === name)!.parameters;
  expect(count("encoder.input")).toBe(3 * 6 + 6);
  // two norms, q k v with a bias for q alone, the output, two feed-forward layers
  const block = 2 * 12 + (3 * 36 + 6) + (36 + 6) + (6 * 7 + 7) + (7 * 6 + 6);
  expect([count("encoder.block0"), count("encoder.block1")]).toEqual([block, block]);
  expect(count("encoder.norm")).toBe(12);
  // heads read [last step ; mean], 12 wide; hidden layers of 256 and 64
  expect(count("classHead")).toBe(12 * 256 + 256 + 256 * 3 + 3);
  expect(count("returnHead")).toBe(12 * 64 + 64 + 64 + 1);
  expect(told.parameters).toBe(told.blocks.reduce((sum, b) => sum + b.parameters, 0));
  expect(told.blocks.find((b) => b.name === "encoder.input")!.tensors).toContainEqual({
    name: "weight",
    shape: [3, 6],
    parameters: 18,
  });
});
