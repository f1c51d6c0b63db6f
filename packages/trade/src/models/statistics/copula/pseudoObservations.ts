/** rank / (n + 1) of each value, equal ones sharing the mean of their ranks: an empirical margin inside (0, 1). */
export function pseudoObservations(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const sorted = new Float64Array(values).sort();
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    // ranks from below + 1 to upTo
    const below = countBelow(sorted, values[i]!, false);
    const isAlone = below + 1 === n || sorted[below + 1] !== values[i];
    const upTo = isAlone ? below + 1 : countBelow(sorted, values[i]!, true);
    out[i] = (below + upTo + 1) / 2 / (n + 1);
  }
  return out;
}

/** How many of the sorted values are below this one, or no higher than it. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (orEqual ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
