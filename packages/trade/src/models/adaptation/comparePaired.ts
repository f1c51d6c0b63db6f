import { blockBootstrap, blockLength, logLosses } from "../evaluation/index.ts";
import type { SignalForecast } from "../signalNet/signalNet.ts";

/** Two models on the same rows. Cross entropy in nats, of the probabilities at the market's own frequencies. */
export interface PairedComparison {
  readonly n: number;
  /** rows of a block of the bootstrap */
  readonly blockRows: number;
  readonly oldLoss: number;
  readonly newLoss: number;
  /** newLoss - oldLoss: below 0 the new model is better */
  readonly difference: number;
  /** of the difference, 95 %; null with fewer than 8 blocks */
  readonly interval: readonly [number, number] | null;
}

/**
 * The mean over rows of the difference of their cross entropies with its block-bootstrap interval. Rows are paired: what
 * is hard for both models cancels. @param overlap rows that share an outcome
 */
export function comparePaired(
  actual: Float32Array,
  older: SignalForecast,
  newer: SignalForecast,
  { overlap, seed }: { overlap: number; seed: number },
): PairedComparison {
  const n = actual.length;
  const a = logLosses(actual, probabilityRows(older), 3);
  const b = logLosses(actual, probabilityRows(newer), 3);
  const differences = b.map((loss, i) => loss - a[i]!);
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / n;
  const block = blockLength(n, overlap);
  const drawn = blockBootstrap([differences], ([sum], rows) => sum! / rows, { block, seed });
  return {
    n,
    blockRows: block,
    oldLoss: mean(a),
    newLoss: mean(b),
    difference: mean(differences),
    interval: drawn && [drawn.interval.low, drawn.interval.high],
  };
}

/** [N, 3] row by row: BUY, HOLD, SELL. */
export function probabilityRows({ buy, hold, sell }: SignalForecast): Float32Array {
  const out = new Float32Array(3 * buy.length);
  for (let i = 0; i < buy.length; i++) {
    out[3 * i] = buy[i]!;
    out[3 * i + 1] = hold[i]!;
    out[3 * i + 2] = sell[i]!;
  }
  return out;
}
