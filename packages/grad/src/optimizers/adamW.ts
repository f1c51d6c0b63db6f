import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, mul, sqrt, sub } from "../ops/elementwise.ts";

export interface AdamWOptions {
  learningRate: number;
  /** Decay of the mean of gradients, 0.9 unless said. */
  beta1?: number;
  /** Decay of the mean of squared gradients, 0.999 unless said. */
  beta2?: number;
  /** Added to the root of the mean of squares, 1e-8 unless said. */
  epsilon?: number;
  /** Decoupled decay λ a step and unit of learning rate; not applied to biases and norms. */
  weightDecay: number;
}
export interface AdamWScalars {
  stepSize: number;
  epsilon: number;
  keep: number;
}
export interface Updated {
  parameter: Tensor;
  m: Tensor;
  v: Tensor;
}

/**
 * AdamW (Loshchilov & Hutter 2019, algorithm 2), with the schedule's learning rate η:
 *   m ← β1 m + (1-β1) g      v ← β2 v + (1-β2) g²
 *   θ ← θ - η ( m/(1-β1^t) / (√(v/(1-β2^t)) + ε) + λ θ )
 * The graph keeps the sums M = m/(1-β1) and V = v/(1-β2) instead of the means, which saves an operation each, and
 * gets the scalars of `adamWScalars`, into which the corrections are folded:
 *   M ← β1 M + g      V ← β2 V + g²      θ ← keep·θ - stepSize · M / (√V + epsilon)
 */
export function adamW(
  g: GraphBuilder,
  state: Updated,
  gradient: Tensor,
  options: { beta1: number; beta2: number; decay: boolean },
  scalars: { stepSize: Tensor; epsilon: Tensor; keep: Tensor },
): Updated {
  const m = add(g, mul(g, state.m, options.beta1), gradient);
  const v = add(g, mul(g, state.v, options.beta2), mul(g, gradient, gradient));
  const step = mul(g, div(g, m, add(g, sqrt(g, v), scalars.epsilon)), scalars.stepSize);
  const kept = options.decay ? mul(g, state.parameter, scalars.keep) : state.parameter;
  return { parameter: sub(g, kept, step), m, v };
}

/** The scalars of step t (counted from 1) at a learning rate: see `adamW`. */
export function adamWScalars(
  t: number,
  learningRate: number,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay }: AdamWOptions,
): AdamWScalars {
  const root = Math.sqrt((1 - beta2 ** t) / (1 - beta2));
  return {
    stepSize: (learningRate * (1 - beta1) * root) / (1 - beta1 ** t),
    epsilon: epsilon * root,
    keep: 1 - learningRate * weightDecay,
  };
}
