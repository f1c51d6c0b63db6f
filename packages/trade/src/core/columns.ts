/** The first index whose value is >= wanted in an ascending column (its length when there is none). */
export function lowerBound(ascending: Float64Array, wanted: number, length = ascending.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose value is > wanted in an ascending column (its length when there is none). */
export function upperBound(ascending: Float64Array, wanted: number, length = ascending.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
