import { countParameters, type Tensor } from "@orion/grad";
import { describe, expect, test } from "vitest";
import type { Encoding } from "./encoding.ts";
import { encoderOf, NetworkConfig, nextCloseHead, signalHeads, sixHeads } from "./index.ts";

// Weights by the layers' equations: a matrix from I to O has I·O numbers, a bias O, a norm a gain and a bias.
const linear = (from: number, to: number): number => from * to + to;
const norm = (d: number): number => 2 * d;

/** Beck et al. 2024, figure 10: four gates from the input, four block-diagonal ones from the state, one bias each. */
function slstmBlock(d: number, heads: number, inner: number): number {
  const convolution = 4 * d + d;
  const gates = 4 * d * d + (4 * d * d) / heads + 4 * d;
  const headNorm = d;
  return norm(d) + convolution + gates + headNorm + norm(d) + 2 * linear(d, inner) + linear(inner, d);
}

/** Beck et al. 2024, figure 11: two branches up, q, k, v by head, two gates a head, skip, head norm, down. */
function mlstmBlock(d: number, heads: number, inner: number): number {
  const convolution = 4 * inner + inner;
  const queryKeyValue = (3 * inner * inner) / heads;
  const gates = linear(3 * inner, 2 * heads);
  return norm(d) + 2 * linear(d, inner) + convolution + queryKeyValue + gates + 2 * inner + linear(inner, d);
}

/** Vaswani et al. 2017; keys and values without bias. */
function transformer(f: number, d: number, inner: number, blocks: number): number {
  const attention = norm(d) + linear(d, d) + 2 * d * d + linear(d, d);
  const feedForward = norm(d) + linear(d, inner) + linear(inner, d);
  return linear(f, d) + blocks * (attention + feedForward) + norm(d);
}

/** A layer to the scores' width, and a vector without bias. */
const pooling = (d: number, width = d): number => linear(d, width) + width;
const convolutions = (f: number, c: number, blocks: number): number =>
  linear(f, c) + blocks * (norm(c) + 2 * linear(3 * c, c)) + norm(c);
/** Hidden layers of 128; outputs 3 returns, 3 + 3 classes, volatility, confidence, risk. */
const heads = (direction: number, price = direction, risk = direction): number =>
  3 * linear(direction, 128) +
  linear(price, 128) +
  2 * linear(risk, 128) +
  3 * linear(128, 3) +
  3 * linear(128, 1);

const xlstm512 = linear(40, 512) + 3 * slstmBlock(512, 4, 1536) + 3 * mlstmBlock(512, 4, 1536) + norm(512);
const pair384 = linear(40, 384) + slstmBlock(384, 4, 512) + mlstmBlock(384, 4, 768) + norm(384);
const crossAttention = linear(256, 256) + 2 * 256 * 256 + linear(256, 256);
const attentionFusion =
  linear(512, 256) + linear(256, 256) + 2 * norm(256) + 2 * crossAttention + linear(512, 256);
const temporalFusion = pooling(256) + linear(512, 256);

type Heads = "six" | "signal" | "nextClose";
function count(config: object, features: number, which: Heads): number {
  const parsed = NetworkConfig.parse(config);
  const build: Record<Heads, (...of: Parameters<typeof sixHeads>) => unknown> = {
    six: (g, encoding) => sixHeads(g, encoding, {}),
    signal: (g, encoding) => signalHeads(g, encoding, { returnScale: 1 }),
    nextClose: (g, encoding) => nextCloseHead(g, encoding, { returnScale: 1 }),
  };
  return countParameters((g, x) => build[which](g, encoderOf(parsed)(g, x), {}), {
    time: parsed.window,
    features,
  });
}

const usual = { kind: "transformerSignal", window: 128, width: 256, heads: 8, blocks: 6, feedForward: 768 };
describe("parameters at the usual sizes", () => {
  const networks: [name: string, millions: number, config: object, hand: number, which: Heads, f?: number][] =
    [
      [
        "transformerSignal, 38 columns",
        4.1,
        { ...usual, dropout: 0.1 },
        transformer(38, 256, 768, 6) + linear(512, 256) + linear(256, 3) + linear(512, 64) + linear(64, 1),
        "signal",
        38,
      ],
      [
        "hybrid",
        27.1,
        { kind: "hybrid" },
        xlstm512 + transformer(40, 256, 1024, 3) + attentionFusion + temporalFusion + heads(256),
        "six",
      ],
      [
        // the state's columns are beside the market's 40
        "hybrid with 8 columns of position state",
        27.1,
        { kind: "hybrid", positionState: { columns: 8 } },
        xlstm512 +
          transformer(40, 256, 1024, 3) +
          attentionFusion +
          (linear(8, 320) + linear(320, 320) + 320 * 256 + linear(256, 256)) +
          temporalFusion +
          heads(256),
        "six",
        48,
      ],
      ["simplexLstm", 3, { kind: "simplexLstm" }, pair384 + pooling(384, 128) + heads(384), "six"],
      [
        "efficientHybrid",
        6,
        { kind: "efficientHybrid" },
        linear(40, 384) +
          2 * mlstmBlock(384, 4, 768) +
          norm(384) +
          transformer(40, 256, 768, 4) +
          (linear(384, 256) + linear(256, 256) + linear(640, 256)) +
          pooling(256) +
          heads(256),
        "six",
      ],
      [
        "taskEnsemble",
        8,
        { kind: "taskEnsemble" },
        pair384 +
          pooling(384, 128) +
          transformer(40, 256, 896, 6) +
          convolutions(40, 128, 5) +
          heads(384, 512, 256),
        "six",
      ],
      [
        // four gates of 128 from 40 + 128 and from 128 + 128 numbers, one bias each
        "timeframeLstm",
        0.218,
        { kind: "timeframeLstm" },
        4 * 128 * (40 + 128) + 512 + 4 * 128 * (128 + 128) + 512 + linear(128, 1),
        "nextClose",
      ],
      [
        "mlp",
        0.75,
        { kind: "mlp" },
        linear(60 * 40, 256) + norm(256) + linear(256, 128) + norm(128) + heads(128),
        "six",
      ],
      ["patternNet", 0.226, { kind: "patternNet" }, convolutions(40, 64, 5) + heads(128), "six"],
    ];

  test.each(networks)("%s: %fM", (_name, millions, config, hand, which, features = 40) => {
    const found = count(config, features, which);
    expect(found).toBe(hand);
    expect(Math.abs(found / (millions * 1e6) - 1)).toBeLessThan(0.03);
  });

  test("the sums themselves, added up on paper", () => {
    // sLSTM block of 512, inner 1536: 1,024 + 2,560 + (1,048,576 + 262,144 + 2,048) + 512 + 1,024
    //   + 2 x 787,968 + 786,944
    expect(slstmBlock(512, 4, 1536)).toBe(3_680_768);
    // mLSTM block of 512, inner 1536: 1,024 + 2 x 787,968 + 7,680 + 1,769,472 + 36,872 + 3,072 + 786,944
    expect(mlstmBlock(512, 4, 1536)).toBe(4_181_000);
    expect(xlstm512).toBe(20_992 + 3 * (3_680_768 + 4_181_000) + 1_024);
    // a block: 263,168 attention + 526,080 feed-forward
    expect(transformer(40, 256, 1024, 3)).toBe(10_496 + 3 * 789_248 + 512);
    expect(attentionFusion).toBe(131_328 + 65_792 + 1_024 + 2 * 262_656 + 131_328);
  });
});

describe("a trunk for each group of tasks", () => {
  const config = NetworkConfig.parse({ kind: "taskEnsemble" });
  const size = (read: (encoding: Encoding) => Tensor): number =>
    countParameters((g, x) => read(encoderOf(config)(g, x)), { time: 60, features: 40 });

  test("is built when it is read, alone, and once", () => {
    const alone = [
      size((e) => e.direction),
      size((e) => e.price),
      size((e) => {
        void e.risk;
        return e.risk;
      }),
    ];
    expect(alone).toEqual([
      pair384 + pooling(384, 128),
      transformer(40, 256, 896, 6),
      convolutions(40, 128, 5),
    ]);
    expect(Math.min(...alone)).toBe(alone[2]);
  });

  test("trains alone with its own heads", () => {
    const risk = countParameters((g, x) => sixHeads(g, encoderOf(config)(g, x), { groups: ["risk"] }), {
      time: 60,
      features: 40,
    });
    expect(risk).toBe(convolutions(40, 128, 5) + 2 * (linear(256, 128) + linear(128, 1)));
  });
});
