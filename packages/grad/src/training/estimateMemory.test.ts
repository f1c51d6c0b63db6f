import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linear } from "../layers/linear.ts";
import { meanSquaredError } from "../losses/meanSquaredError.ts";
import { relu } from "../ops/elementwise.ts";
import { reshape } from "../ops/layout.ts";
import { checkMemory, largestBatch } from "./checkMemory.ts";
import { estimateMemory } from "./estimateMemory.ts";
import { tinyTransformer } from "./tinyTransformer.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

const GIB = 2 ** 30;

/** x [4, 1, 16] → linear 16x16 → relu → linear 16x16 → mean squared error. */
function twoLayers(batch: number): TrainingSpec {
  return {
    network: (g, x) => {
      const rows = reshape(g, x, ["rest", 16]);
      return { y: linear(g, relu(g, linear(g, rows, "one", 16)), "two", 16) };
    },
    input: { time: 1, features: 16 },
    targets: { y: { shape: [16], dtype: "float32" } },
    loss: (g, { y }, { y: t }) => ({ loss: meanSquaredError(g, y!, t!), metrics: {} }),
    optimizer: { learningRate: 0.01, weightDecay: 0 },
    clipNorm: 1,
    batch,
    seed: 1,
  };
}

describe("estimateMemory", () => {
  it("counts parameters and moments by hand: two weights of 16 x 16 and two biases of 16, in two sets", () => {
    const numbers = 2 * 16 * 16 + 2 * 16;
    const { parametersBytes, optimizerBytes } = estimateMemory(twoLayers(4));
    expect(parametersBytes).toBe(2 * 4 * numbers);
    expect(optimizerBytes).toBe(2 * 2 * 4 * numbers);
    const averaged = estimateMemory({ ...twoLayers(4), averageDecay: 0.9 });
    expect(averaged.optimizerBytes).toBe(2 * 3 * 4 * numbers);
    // in parts there are two sets of sums of gradients besides
    expect(estimateMemory({ ...twoLayers(4), accumulate: 2 }).optimizerBytes).toBe((2 * 2 + 2) * 4 * numbers);
  });

  it("adds up to its total, and tells parts smaller than the whole batch", () => {
    const whole = estimateMemory(tinyTransformer({ batch: 8 }));
    const { parametersBytes, optimizerBytes, activationsBytes, workspaceBytes, totalBytes } = whole;
    expect(parametersBytes + optimizerBytes + activationsBytes + workspaceBytes).toBe(totalBytes);
    const parts = estimateMemory({ ...tinyTransformer({ batch: 8 }), accumulate: 4 });
    expect(parts.activationsBytes).toBeLessThan(activationsBytes);
  });

  // Products of many rows are split in two where the rows are even, which costs two more weights: hence the percent.
  it("rises with the batch", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const [small, large] = [less, more].map((batch) => estimateMemory(tinyTransformer({ batch })));
        expect(large!.totalBytes).toBeGreaterThanOrEqual(0.99 * small!.totalBytes);
        expect(large!.activationsBytes).toBeGreaterThanOrEqual(0.99 * small!.activationsBytes);
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});

describe("checkMemory", () => {
  const spec = tinyTransformer({ batch: 512 });
  const limit = { limitText: "--max-memory is", baselineBytes: 0 };
  const needs = (batch: number) => estimateMemory({ ...spec, batch }).totalBytes;

  it("lets a training pass that needs exactly the limit, with what the process held before", () => {
    const baselineBytes = GIB;
    const limitBytes = needs(512) + baselineBytes;
    const memory = checkMemory(spec, { ...limit, baselineBytes, limitBytes });
    expect(memory).toMatchObject({ baselineBytes, totalBytes: limitBytes });
    expect(() => checkMemory(spec, { ...limit, baselineBytes, limitBytes: limitBytes - 1 })).toThrow(
      /^training needs about 1\.\d\d GiB, --max-memory is 1\.\d\d GiB: batch \d+ would fit \(training\.batch\)/,
    );
  });

  it("names the largest batch that fits: its estimate is within the limit, the next one's is not", () => {
    for (const limitBytes of [needs(100), needs(333), needs(511)]) {
      const batch = largestBatch(spec, limitBytes)!;
      expect(needs(batch)).toBeLessThanOrEqual(limitBytes);
      expect(needs(batch + 1)).toBeGreaterThan(limitBytes);
      expect(() => checkMemory(spec, { ...limit, limitBytes })).toThrow(`batch ${batch} would fit`);
    }
  });

  it("names a batch that divides into the parts that were asked for, and parts that would do", () => {
    const inParts = { ...spec, accumulate: 4 };
    const room = estimateMemory({ ...inParts, batch: 300 }).totalBytes;
    const batch = largestBatch(inParts, room)!;
    expect(batch % 4).toBe(0);
    expect(estimateMemory({ ...inParts, batch }).totalBytes).toBeLessThanOrEqual(room);
    expect(estimateMemory({ ...inParts, batch: batch + 4 }).totalBytes).toBeGreaterThan(room);

    const message = (() => {
      try {
        checkMemory(spec, { ...limit, limitBytes: needs(400) });
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return "";
    })();
    const parts = Number(/training\.accumulate (\d+)/.exec(message)?.[1]);
    expect(estimateMemory({ ...spec, accumulate: parts }).totalBytes).toBeLessThanOrEqual(needs(400));
    expect(estimateMemory({ ...spec, accumulate: parts / 2 }).totalBytes).toBeGreaterThan(needs(400));
  });

  it("says so when not even the smallest batch fits", () => {
    expect(() => checkMemory(spec, { ...limit, limitBytes: 2 ** 20 })).toThrow(/not even a batch of 1/);
    expect(largestBatch(spec, 2 ** 20)).toBeUndefined();
  });
});
