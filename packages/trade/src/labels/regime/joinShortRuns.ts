/**
 * States in runs of at least `minBars`: a shorter run takes the state of the last long run before it, unless missing rows (-1)
 * or the beginning lie between, where it is missing itself. Whether the run of row t is long is seen in t ± (minBars - 1):
 * row t is decided by rows up to t + minBars - 1, and missing while these are not all there.
 * @param states [T] whole numbers from 0, -1 for missing
 */
export function joinShortRuns(states: Int32Array, minBars: number): Int32Array {
  const out = new Int32Array(states.length).fill(-1);
  let before = -1;
  for (let from = 0; from < states.length; ) {
    const state = states[from]!;
    let to = from + 1;
    while (to < states.length && states[to] === state) to++;
    const isLong = to - from >= minBars;
    if (state < 0) before = -1;
    else if (isLong) before = state;
    for (let t = from; t < to && t + minBars <= states.length; t++) out[t] = state < 0 ? -1 : before;
    from = to;
  }
  return out;
}
