import { afterAll, describe, expect, it } from "vitest";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { linear } from "../layers/linear.ts";
import { add, exp, mul, sigmoid, step, sub } from "../ops/elementwise.ts";
import { reshape, slice } from "../ops/layout.ts";
import { reduceSum } from "../ops/reduction.ts";
import { createExplainer, type Explainer } from "./createExplainer.ts";
import { integratedGradients } from "./integratedGradients.ts";
import type { NamedParameters } from "./readParameters.ts";

const opened: Explainer[] = [];
afterAll(async () => {
  for (const explainer of opened) await explainer.close();
});

/** One output y of windows [T, F], with or without weights. */
async function explainerOf(
  input: { time: number; features: number },
  y: (g: GraphBuilder, x: Tensor) => Tensor,
  parameters: NamedParameters = new Map(),
): Promise<Explainer> {
  const explainer = await createExplainer({
    network: (g, x) => ({ y: y(g, x) }),
    input,
    parameters,
    output: (_g, outputs) => outputs.y!,
    threads: 1,
  });
  opened.push(explainer);
  return explainer;
}
/** Number i of each window, [B]. */
const at = (g: GraphBuilder, x: Tensor, i: number) =>
  reshape(g, slice(g, reshape(g, x, ["rest", x.shape[1]! * x.shape[2]!]), 1, i, i + 1), ["rest"]);

describe("integrated gradients", () => {
  it("of a linear network are weight times distance, exact with one node", async () => {
    const weights = [2, -3, 0.5, 0, 4, -1];
    const explainer = await explainerOf(
      { time: 3, features: 2 },
      (g, x) => reshape(g, linear(g, reshape(g, x, ["rest", 6]), "out", 1), ["rest"]),
      new Map([
        ["out.weight", { shape: [6, 1], values: Float32Array.from(weights) }],
        ["out.bias", { shape: [1], values: Float32Array.of(7) }],
      ]),
    );
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    const baseline = Float32Array.of(0.5, 2, -1, 8, 4, 0);
    const result = await integratedGradients(explainer, x, { baseline, steps: 1 });
    // 2·0.5, -3·0, 0.5·4, 0·-4, 4·1, -1·6; f(x) = 2-6+1.5+0+20-6+7, f(x') = 1-6-0.5+0+16-0+7.
    expect([...result.attribution]).toEqual([1, -0, 2, -0, 4, -6]);
    expect(result).toMatchObject({ value: 18.5, baselineValue: 17.5, complete: true, gap: 0, steps: 1 });
  });

  it("of x0·x1 + x2², worked by hand", async () => {
    // Along a: ∂f/∂x0 = b1 + a(x1 - b1), so attribution 0 is (x0 - b0)(x1 + b1)/2; of the square x2² - b2².
    const explainer = await explainerOf({ time: 1, features: 3 }, (g, x) =>
      add(g, mul(g, at(g, x, 0), at(g, x, 1)), mul(g, at(g, x, 2), at(g, x, 2))),
    );
    const zero = await integratedGradients(explainer, Float32Array.of(3, 5, -2));
    for (const [i, expected] of [7.5, 7.5, 4].entries()) expect(zero.attribution[i]).toBeCloseTo(expected, 5);
    expect(zero).toMatchObject({ value: 19, baselineValue: 0, complete: true, steps: 64 });
    const moved = await integratedGradients(explainer, Float32Array.of(3, 5, -2), {
      baseline: Float32Array.of(1, -1, 1),
      steps: 1,
    });
    // (3-1)(5-1)/2, (5+1)(3+1)/2, 4-1.
    for (const [i, expected] of [4, 12, 3].entries()) expect(moved.attribution[i]).toBeCloseTo(expected, 5);
    expect(moved.value - moved.baselineValue).toBe(19);
  });

  it("doubles the steps until the sum is complete", async () => {
    // A steep rise at 0.3, between the few nodes of the first rounds: f(1) - f(0) is 1 in float32 but for 4e-9.
    const explainer = await explainerOf({ time: 1, features: 1 }, (g, x) =>
      sigmoid(g, mul(g, sub(g, at(g, x, 0), 0.3), 64)),
    );
    const result = await integratedGradients(explainer, Float32Array.of(1), { steps: 2 });
    expect(result.complete).toBe(true);
    expect(result.steps).toBeGreaterThan(2);
    expect(Math.abs(result.attribution[0]! - 1)).toBeLessThan(0.01);
    const few = await integratedGradients(explainer, Float32Array.of(1), { steps: 2, maxSteps: 7 });
    expect(few.complete).toBe(false);
    expect(few.steps).toBeLessThanOrEqual(4);
    expect(few.gap).toBeGreaterThan(0.01);
  });

  it("says so where a jump has no derivative, and where nothing changes there is no gap", async () => {
    const explainer = await explainerOf({ time: 1, features: 2 }, (g, x) =>
      step(g, sub(g, at(g, x, 0), 0.5)),
    );
    const jump = await integratedGradients(explainer, Float32Array.of(1, 1), { steps: 2, maxSteps: 8 });
    expect(jump).toMatchObject({ value: 1, baselineValue: 0, complete: false, gap: 1 });
    expect([...jump.attribution]).toEqual([0, 0]);
    const level = await integratedGradients(explainer, Float32Array.of(0.25, 1));
    expect(level).toMatchObject({ value: 0, baselineValue: 0, complete: true, gap: 0 });
  });

  it("gives nothing to a number that the output does not read or that stays at the baseline", async () => {
    const explainer = await explainerOf({ time: 2, features: 2 }, (g, x) =>
      mul(g, exp(g, at(g, x, 0)), reduceSum(g, slice(g, x, 1, 0, 1), [1, 2])),
    );
    const baseline = Float32Array.of(0.1, 0.4, 0, 0);
    const { attribution } = await integratedGradients(explainer, Float32Array.of(1, 0.4, 2, -3), {
      baseline,
    });
    expect([...attribution.subarray(1)].map(Math.abs)).toEqual([0, 0, 0]);
    // f = e^u (u + 0.4): f(1) - f(0.1) = 1.4 e - 0.5 e^0.1
    expect(attribution[0]).toBeCloseTo(1.4 * Math.E - 0.5 * Math.exp(0.1), 5);
  });

  it("refuses numbers that are not finite, and sizes and steps that do not fit", async () => {
    const explainer = await explainerOf({ time: 2, features: 2 }, (g, x) => reduceSum(g, exp(g, x), [1, 2]));
    const fine = new Float32Array(4);
    await expect(integratedGradients(explainer, Float32Array.of(0, 0, 0, Number.NaN))).rejects.toThrow(
      /x is NaN at step 1, feature 1/,
    );
    await expect(
      integratedGradients(explainer, fine, { baseline: Float32Array.of(0, Infinity, 0, 0) }),
    ).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/baseline is Infinity at step 0/),
    });
    await expect(integratedGradients(explainer, Float32Array.of(100, 0, 0, 0))).rejects.toThrow(
      /the output is Infinity for x/,
    );
    await expect(integratedGradients(explainer, new Float32Array(5))).rejects.toThrow(
      /5 numbers, one window 4/,
    );
    await expect(integratedGradients(explainer, new Float32Array(3))).rejects.toThrow(/3 numbers where 4/);
    for (const steps of [0, 1.5, Number.NaN, 1e9])
      await expect(integratedGradients(explainer, fine, { steps })).rejects.toThrow(/steps has to be/);
    await expect(integratedGradients(explainer, fine, { steps: 4, maxSteps: 2 })).rejects.toThrow(
      /maxSteps 2 is less than steps 4/,
    );
  });
});
