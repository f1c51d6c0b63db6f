/** 1 / T beyond which no temperature is sought. */
const [LEAST, MOST] = [1e-3, 1e3];
const HALVINGS = 200;
/** As in the log loss: a probability of 0 counts as this. */
const SMALLEST = 2 ** -24;

/**
 * Temperature scaling (Guo et al. 2017): q = softmax(ln p / T), T > 0 of least log loss. With β = 1 / T the derivative of the
 * loss, Σ w (Σ_k q_k ln p_k - ln p_y), rises in β: its zero is found by halving of ln β. The order of the classes of a row
 * never changes.
 * @param probabilities [N, K]
 * @returns T, and whether the loss falls still at the border of [0.001, 1000]
 */
export function temperatureScaling(
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  classes: number,
  weights?: Float64Array,
): { temperature: number; atBorder: boolean } {
  const logs = Float64Array.from(probabilities, (p) => Math.log(Math.max(p, SMALLEST)));
  const q = new Float64Array(classes);
  const slope = (beta: number): number => {
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const row = logs.subarray(i * classes, (i + 1) * classes);
      scaled(row, beta, q);
      let expected = 0;
      for (let k = 0; k < classes; k++) expected += q[k]! * row[k]!;
      sum += (weights?.[i] ?? 1) * (expected - row[y[i]!]!);
    }
    return sum;
  };
  let [low, high] = [Math.log(LEAST), Math.log(MOST)];
  if (slope(LEAST) >= 0) return { temperature: 1 / LEAST, atBorder: true };
  if (slope(MOST) <= 0) return { temperature: 1 / MOST, atBorder: true };
  for (let i = 0; i < HALVINGS && high - low > 1e-14; i++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return { temperature: Math.exp(-(low + high) / 2), atBorder: false };
}

/** softmax(ln p / T) of one row, written into `into`. */
export function applyTemperature(
  p: ArrayLike<number>,
  temperature: number,
  into: { [k: number]: number; length: number },
): void {
  const logs = Float64Array.from(p, (v) => Math.log(Math.max(v, SMALLEST)));
  scaled(logs, 1 / temperature, into);
}

function scaled(logs: Float64Array, beta: number, into: { [k: number]: number; length: number }): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const l of logs) most = Math.max(most, l);
  let sum = 0;
  for (let k = 0; k < logs.length; k++) {
    into[k] = Math.exp(beta * (logs[k]! - most));
    sum += into[k]!;
  }
  for (let k = 0; k < logs.length; k++) into[k]! /= sum;
}
