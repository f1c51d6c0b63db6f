/** rank / (n + 1) of each value, equal ones sharing the mean of their ranks: an empirical margin inside (0, 1). */
export function pseudoObservations(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(n);
  for (let from = 0; from < n; ) {
    let to = from;
    while (to + 1 < n && values[order[to + 1]!] === values[order[from]!]) to++;
    // ranks from + 1 .. to + 1
    for (let k = from; k <= to; k++) out[order[k]!] = (from + to + 2) / 2 / (n + 1);
    from = to + 1;
  }
  return out;
}
