/** A stretch of time, ms UTC. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretches of [from, to] that bars do not cover, oldest first; `closeTime` ascending. */
export function missingRanges(closeTime: Float64Array, barMs: number, from: number, to: number): Stretch[] {
  const missing: Stretch[] = [];
  let covered = from;
  for (const close of closeTime) {
    if (close <= covered) continue;
    const start = close - barMs;
    if (start >= to) break;
    if (start > covered) missing.push({ from: covered, to: start });
    covered = close;
  }
  if (covered < to) missing.push({ from: covered, to });
  return missing;
}
