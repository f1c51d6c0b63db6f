/**
 * An order of columns in which those that move together are neighbours: average linkage (UPGMA, Sokal and Michener 1958) of
 * the distance 1 - |r|, and of the four ways to set two clusters side by side the one whose touching ends are closest.
 * Columns without an r (those that do not vary) come last. Equal distances are joined in the order of the columns, so that
 * the same matrix gives the same order.
 * @param r [n, n] row-major, symmetric
 */
export function clusterOrder(r: ArrayLike<number>, n: number): number[] {
  const distance = (i: number, j: number): number => 1 - Math.abs(r[i * n + j]! || 0);
  const known = Array.from({ length: n }, (_, i) => i).filter((i) => Number.isFinite(r[i * n + i]!));
  const clusters = known.map((i) => [i]);
  const between = known.map((i) => known.map((j) => distance(i, j)));
  while (clusters.length > 1) {
    let [a, b] = [0, 1];
    for (let i = 0; i < clusters.length; i++) {
      for (let j = i + 1; j < clusters.length; j++) if (between[i]![j]! < between[a]![b]!) [a, b] = [i, j];
    }
    const [left, right] = [clusters[a]!, clusters[b]!];
    const merged = between[a]!.map(
      (d, k) => (d * left.length + between[b]![k]! * right.length) / (left.length + right.length),
    );
    for (let k = 0; k < clusters.length; k++) {
      between[a]![k] = merged[k]!;
      between[k]![a] = merged[k]!;
    }
    clusters[a] = sideBySide(left, right, distance);
    clusters.splice(b, 1);
    between.splice(b, 1);
    for (const row of between) row.splice(b, 1);
  }
  const still = Array.from({ length: n }, (_, i) => i).filter((i) => !known.includes(i));
  return [...(clusters[0] ?? []), ...still];
}

function sideBySide(
  left: readonly number[],
  right: readonly number[],
  distance: (i: number, j: number) => number,
): number[] {
  const ways = [
    [left, right],
    [left.toReversed(), right],
    [left, right.toReversed()],
    [left.toReversed(), right.toReversed()],
  ] as const;
  const gaps = ways.map(([first, second]) => distance(first.at(-1)!, second[0]!));
  const [first, second] = ways[gaps.indexOf(Math.min(...gaps))]!;
  return [...first, ...second];
}
