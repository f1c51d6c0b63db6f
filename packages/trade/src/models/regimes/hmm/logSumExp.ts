/** ln Σ exp(v[i]) of `count` values from `from`, without overflow; -Infinity where all are. */
export function logSumExp(values: Float64Array, from = 0, count = values.length - from): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = from; i < from + count; i++) if (values[i]! > most) most = values[i]!;
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += Math.exp(values[i]! - most);
  return most + Math.log(sum);
}
