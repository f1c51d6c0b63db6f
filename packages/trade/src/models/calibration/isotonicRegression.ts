/**
 * The rising function that is nearest to y in weighted squares, min Σ w_i (y_i - g(x_i))² over g with g(a) <= g(b) for a < b,
 * by pooling adjacent violators (Ayer et al. 1955; Barlow et al. 1972): values of one x are first put together at their
 * mean, then a block that lies below the block before it is merged with it. O(N log N) for the sorting.
 * @returns the ends of each block: x ascending, y not falling. Between them g may be drawn as a straight line.
 */
export function isotonicRegression(
  x: Float64Array,
  y: Float64Array,
  weights?: Float64Array,
): { x: Float64Array; y: Float64Array } {
  const order = Int32Array.from(x, (_, i) => i)
    .filter((i) => (weights?.[i] ?? 1) > 0)
    .sort((a, b) => x[a]! - x[b]! || a - b);
  const blocks: { from: number; to: number; weight: number; mean: number }[] = [];
  let at = 0;
  while (at < order.length) {
    const from = x[order[at]!]!;
    let [weight, sum] = [0, 0];
    for (; at < order.length && x[order[at]!]! === from; at++) {
      const w = weights?.[order[at]!] ?? 1;
      weight += w;
      sum += w * y[order[at]!]!;
    }
    let block = { from, to: from, weight, mean: sum / weight };
    for (let before = blocks.at(-1); before && before.mean >= block.mean; before = blocks.at(-1)) {
      blocks.pop();
      const both = before.weight + block.weight;
      const mean = (before.weight * before.mean + block.weight * block.mean) / both;
      block = { from: before.from, to: block.to, weight: both, mean };
    }
    blocks.push(block);
  }
  const ends = blocks.flatMap(({ from, to, mean }) =>
    from === to
      ? [[from, mean]]
      : [
          [from, mean],
          [to, mean],
        ],
  );
  return { x: Float64Array.from(ends, ([v]) => v!), y: Float64Array.from(ends, ([, v]) => v!) };
}
