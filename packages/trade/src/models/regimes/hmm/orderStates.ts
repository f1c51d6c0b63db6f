import type { GaussianHmm } from "./gaussianHmm.ts";

/**
 * The same model with its states in order of the variance of the first column, the least first, of equals by their mean there.
 * A hidden Markov model does not know its states apart: without an order they change their numbers with the seed.
 */
export function orderStates(model: GaussianHmm): GaussianHmm {
  const { initial, transition, means, covariances } = model;
  const order = initial
    .map((_, k) => k)
    .sort((a, b) => covariances[a]![0]![0]! - covariances[b]![0]![0]! || means[a]![0]! - means[b]![0]!);
  return {
    ...model,
    initial: order.map((k) => initial[k]!),
    transition: order.map((i) => order.map((j) => transition[i]![j]!)),
    means: order.map((k) => means[k]!),
    covariances: order.map((k) => covariances[k]!),
  };
}
