import type { LossPoint } from "@orion/trade/wire";

/**
 * At most `limit` points of a loss curve for drawing: every point with a validation loss, the first, the last, and
 * of the others each k-th. The order stays.
 */
export function thinHistory(history: readonly LossPoint[], limit: number): LossPoint[] {
  if (history.length <= limit) return [...history];
  const last = history.length - 1;
  const kept = new Set<number>([0, last]);
  const validated = history.flatMap((point, i) => (point.validationLoss === null ? [] : [i]));
  for (const i of evenly(validated, Math.floor(limit / 2))) kept.add(i);
  const room = limit - kept.size;
  for (const i of evenly([...history.keys()], room)) kept.add(i);
  return history.filter((_, i) => kept.has(i));
}

/** `count` of the values, evenly spaced, all of them when there are no more. */
function evenly(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, k) => values[Math.floor((k * values.length) / count)]!);
}
