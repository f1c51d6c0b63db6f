/**
 * What the training rows' regimes alone say of test rows, without any column:
 *   prior         P(k)         = (n[k] + 1) / (n + K)
 *   persistence   P(k | known) = (n[known, k] + 1) / (n[known] + K), by the last regime known at the row
 * One is added to each count (Laplace), so that what was never seen is not impossible.
 */
export function regimeBaselines(
  train: { readonly actual: Int32Array; readonly known: Int32Array },
  known: Int32Array,
  K: number,
): { readonly prior: Float64Array; readonly persistence: Float64Array } {
  const all = new Float64Array(K).fill(1);
  const by = new Float64Array(K * K).fill(1);
  train.actual.forEach((k, i) => {
    all[k]! += 1;
    if (train.known[i]! >= 0) by[train.known[i]! * K + k]! += 1;
  });
  const prior = new Float64Array(known.length * K);
  const persistence = new Float64Array(known.length * K);
  const share = (counts: Float64Array): Float64Array => {
    const sum = counts.reduce((a, b) => a + b, 0);
    return counts.map((n) => n / sum);
  };
  const shares = share(all);
  const sharesBy = Array.from({ length: K }, (_, k) => share(by.subarray(k * K, (k + 1) * K)));
  known.forEach((k, i) => {
    prior.set(shares, i * K);
    persistence.set(sharesBy[k] ?? shares, i * K);
  });
  return { prior, persistence };
}
