import { describe, expect, test } from "vitest";
import { encoderOf, NetworkConfig, networkParts } from "./index.ts";
import { networkContract } from "./networkContract.ts";

const window = 7;
const xlstm = { width: 15, heads: 3 };
const transformer = { width: 10, heads: 2, blocks: 1, feedForward: 13 };
const small: Record<string, { config: object; attention: Record<string, number> }> = {
  transformerSignal: {
    config: { width: 10, heads: 2, blocks: 2, feedForward: 13 },
    attention: { "encoder.block0.attention": 2, "encoder.block1.attention": 2 },
  },
  hybrid: {
    config: {
      xlstm: { ...xlstm, blocks: ["slstm", "mlstm"] },
      transformer,
      fusion: { width: 15, heads: 5 },
      positionState: { columns: 2, width: 11 },
    },
    attention: {
      "encoder.transformer.block0.attention": 2,
      "encoder.fusion.first": 5,
      "encoder.fusion.second": 5,
      "encoder.temporal.pooling": 1,
    },
  },
  simplexLstm: {
    config: { xlstm, pooling: 5 },
    attention: { "encoder.pooling": 1 },
  },
  efficientHybrid: {
    config: { xlstm: { ...xlstm, blocks: ["mlstm"] }, transformer, fusion: 13 },
    attention: { "encoder.transformer.block0.attention": 2, "encoder.pooling": 1 },
  },
  taskEnsemble: {
    config: { direction: xlstm, pooling: 5, price: transformer, risk: { channels: 7, blocks: 2, kernel: 2 } },
    attention: { "encoder.direction.pooling": 1, "encoder.price.block0.attention": 2 },
  },
  timeframeLstm: { config: { width: 13 }, attention: {} },
  mlp: { config: { hidden: [17, 13] }, attention: {} },
  patternNet: { config: { channels: 11, blocks: 2 }, attention: {} },
};

test("every network is in the contract", () => {
  expect(Object.keys(small).toSorted()).toEqual(networkParts.map((part) => part.kind).toSorted());
});

describe.each(Object.entries(small))("%s", (kind, { config, attention }) => {
  const parsed = NetworkConfig.parse({ kind, window, dropout: 0, ...config });
  networkContract({ encoder: encoderOf(parsed), window, attention });
});
