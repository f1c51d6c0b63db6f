import { GradDataError, GradUsageError } from "../errors.ts";
import { firstNumbers } from "../runtime/predictRows.ts";
import type { Explainer } from "./createExplainer.ts";
import { gaussLegendre } from "./gaussLegendre.ts";

export interface IntegratedGradientsOptions {
  /** What x is compared with, [T, F]; zeros when not said. */
  baseline?: Float32Array;
  /** Quadrature nodes on the path at first; 64 when not said. */
  steps?: number;
  /** They are doubled up to this number until the sum is complete; 1024 when not said, `steps` at least. */
  maxSteps?: number;
}
export interface IntegratedGradients {
  /** By input number [T, F] row-major, in units of the output. */
  attribution: Float64Array;
  /** The output at x and at the baseline. */
  value: number;
  baselineValue: number;
  /** Whether the attributions add up to value - baselineValue, see `integratedGradients`. */
  complete: boolean;
  /** |Σ attribution - (value - baselineValue)|, in units of the output. */
  gap: number;
  /** Nodes that `attribution` comes from. */
  steps: number;
}

/** Largest gap, as a part of the difference that has to be explained. */
const TOLERANCE = 0.01;
/**
 * A difference below this part of what it is made of, the two outputs and the attributions that cancel in it, is
 * lost in float32's rounding: the gap is then measured against that part.
 */
const RESOLUTION = 1e-3;
/** Windows that are laid out at once; bounds the memory. */
const WINDOWS = 64;

/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv 1703.01365, equation 1):
 *   attribution_i = (x_i - x'_i) ∫₀¹ ∂f/∂x_i (x' + a (x - x')) da
 * along the straight path from the baseline x' to x, by Gauss-Legendre quadrature in s with a = s³: exact where the
 * derivative is a polynomial of a degree up to (2·steps - 3) / 3 along the path, and no worse than the midpoint rule
 * across the kinks of a ReLU. The cube sets nodes close to the baseline: a layer norm takes out the scale of what it is
 * given, so that much of what a network has to say changes within the first thousandths of the path.
 *
 * Completeness (proposition 1 there): Σ attribution = f(x) - f(x'). `complete` says that the gap is at most 1 % of
 * max(|f(x) - f(x')|, 0.001 · max(|f(x)|, |f(x')|, Σ |attribution|)). The steps are doubled until it holds; where
 * it does not at `maxSteps` (a jump, or a part of the network without a derivative), the result of the smallest gap
 * comes back with `complete: false`.
 * @param x one window [T, F] row-major
 * @throws GradDataError when x, the baseline or the output is not finite
 */
export async function integratedGradients(
  explainer: Explainer,
  x: Float32Array,
  options: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const { time, features } = explainer.input;
  const size = time * features;
  const { baseline = new Float32Array(size), steps = 64 } = options;
  const { maxSteps = Math.max(1024, steps) } = options;
  check(steps, maxSteps);
  for (const [name, window] of Object.entries({ x, baseline })) {
    if (firstNumbers(`integratedGradients: ${name}`, window, size).length !== window.length)
      throw new GradUsageError(
        `integratedGradients: ${name} has ${window.length} numbers, one window ${size}`,
      );
    const bad = window.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0)
      throw new GradDataError(
        `integratedGradients: ${name} is ${window[bad]} at step ${Math.floor(bad / features)}, feature ${bad % features}`,
      );
  }
  const ends = new Float32Array(2 * size);
  ends.set(x);
  ends.set(baseline, size);
  const values = await explainer.value(ends, 2);
  const value = values[0]!;
  const baselineValue = values[1]!;
  if (!Number.isFinite(value) || !Number.isFinite(baselineValue))
    throw new GradDataError(
      `the output is ${value} for x and ${baselineValue} for the baseline: its weights or the window are too large`,
    );

  let best: IntegratedGradients | undefined;
  for (let nodes = steps; nodes <= maxSteps; nodes *= 2) {
    const attribution = await alongPath(explainer, x, baseline, nodes);
    const sum = attribution.reduce((a, b) => a + b, 0);
    const mass = attribution.reduce((a, b) => a + Math.abs(b), 0);
    if (!Number.isFinite(mass))
      throw new GradDataError("the derivative of the output is not finite between the baseline and x");
    const difference = value - baselineValue;
    const gap = Math.abs(sum - difference);
    const scale = RESOLUTION * Math.max(Math.abs(value), Math.abs(baselineValue), mass);
    const complete = gap <= TOLERANCE * Math.max(Math.abs(difference), scale);
    if (!best || complete || gap < best.gap)
      best = { attribution, value, baselineValue, complete, gap, steps: nodes };
    if (complete) break;
  }
  return best!;
}

function check(steps: number, maxSteps: number): void {
  for (const [name, count] of Object.entries({ steps, maxSteps }))
    if (!Number.isInteger(count) || count < 1 || count > 65_536)
      throw new GradUsageError(
        `integratedGradients: ${name} has to be a whole number of 1 to 65536, not ${count}`,
      );
  if (maxSteps < steps)
    throw new GradUsageError(`integratedGradients: maxSteps ${maxSteps} is less than steps ${steps}`);
}

/** (x - x') times the quadrature of the derivative with n nodes. */
async function alongPath(
  explainer: Explainer,
  x: Float32Array,
  baseline: Float32Array,
  n: number,
): Promise<Float64Array> {
  const size = x.length;
  const { nodes, weights } = gaussLegendre(n);
  const cubed = weights.map((w, k) => 3 * nodes[k]! ** 2 * w);
  // 1 by itself from two nodes on
  const total = cubed.reduce((a, b) => a + b, 0);
  const integral = new Float64Array(size);
  const path = new Float32Array(Math.min(n, WINDOWS) * size);
  for (let from = 0; from < n; from += WINDOWS) {
    const count = Math.min(WINDOWS, n - from);
    for (let k = 0; k < count; k++) {
      const a = nodes[from + k]! ** 3;
      for (let i = 0; i < size; i++) path[k * size + i] = baseline[i]! + a * (x[i]! - baseline[i]!);
    }
    const { gradient } = await explainer.gradient(path, count);
    for (let k = 0; k < count; k++) {
      const w = cubed[from + k]! / total;
      for (let i = 0; i < size; i++) integral[i]! += w * gradient[k * size + i]!;
    }
  }
  return integral.map((d, i) => d * (x[i]! - baseline[i]!));
}
