import { describe, expect, it } from "vitest";
import { evaluateGraph } from "../graph/centralDifferences.ts";
import { concat } from "../ops/layout.ts";
import { type AdamWOptions, adamW, adamWScalars } from "./adamW.ts";
import { clipGlobalNorm } from "./clipGlobalNorm.ts";

/** Loshchilov & Hutter 2019, algorithm 2 (decoupled decay), transcribed in float64. */
function paper(
  theta: number,
  gradients: number[],
  rate: number,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay }: AdamWOptions,
) {
  let [m, v, x] = [0, 0, theta];
  return gradients.map((g, i) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const [mHat, vHat] = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
    x -= rate * (mHat / (Math.sqrt(vHat) + epsilon) + weightDecay * x);
    return x;
  });
}

async function steps(theta: number, gradients: number[], rate: number, options: AdamWOptions) {
  const { beta1 = 0.9, beta2 = 0.999 } = options;
  let state = [theta, 0, 0];
  const path: number[] = [];
  for (const [i, gradient] of gradients.entries()) {
    const scalars = adamWScalars(i + 1, rate, options);
    const operands = [...state, gradient, scalars.stepSize, scalars.epsilon, scalars.keep].map((v) => ({
      shape: [1],
      values: [v],
    }));
    state = await evaluateGraph(operands, (g, p, m, v, d, stepSize, epsilon, keep) => {
      const next = adamW(
        g,
        { parameter: p!, m: m!, v: v! },
        d!,
        { beta1, beta2, decay: true },
        { stepSize: stepSize!, epsilon: epsilon!, keep: keep! },
      );
      return concat(g, [next.parameter, next.m, next.v], 0);
    });
    path.push(state[0]!);
  }
  return path;
}

describe("AdamW", () => {
  it("first step by hand: 1 - 0.1·(0.5/0.5 + 0.01·1) = 0.899", async () => {
    expect((await steps(1, [0.5], 0.1, { learningRate: 0.1, weightDecay: 0.01 }))[0]).toBeCloseTo(0.899, 6);
  });

  it("follows the paper's algorithm over steps, with ε that matters", async () => {
    const options = { learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 0.3, weightDecay: 0.2 };
    const gradients = [0.5, -1.25, 0.75, 3, -0.1];
    const expected = paper(1.5, gradients, 0.05, options);
    for (const [i, x] of (await steps(1.5, gradients, 0.05, options)).entries())
      expect(x).toBeCloseTo(expected[i]!, 7);
  });
});

describe("clipping by global norm", () => {
  const operands = [
    { shape: [1], values: [3] },
    { shape: [2], values: [0, 4] },
  ];
  it.each([
    // |(3, 0, 4)| = 5: to norm 2.5 every element is halved; a limit of 10 changes nothing.
    [2.5, [1.5, 0, 2, 5]],
    [10, [3, 0, 4, 5]],
  ])("to %d", async (limit, expected) => {
    const out = await evaluateGraph(operands, (g, a, b) => {
      const { gradients, norm } = clipGlobalNorm(g, [a!, b!], limit);
      return concat(g, [...gradients, g.apply("Reshape", [norm], { shape: [1] })[0]!], 0);
    });
    for (const [i, x] of out.entries()) expect(x).toBeCloseTo(expected[i]!, 12);
  });
});
