import { seededRandom } from "../../../core/random.ts";
import type { Dataset } from "../../model.ts";
import type { SignalNetOptions } from "../../signalNet/fitSignalNet.ts";
import { TrainingConfig } from "../../signalNet/signalNetConfig.ts";

/**
 * A planted rule: with m the mean of the last `over` values of column `told` (uniform in [-1, 1]), times `sign`: BUY where
 * m > 0.3, SELL where m < -0.3. Column `noise` says nothing. The return is 0.01 m and some noise.
 */
export function plantedSignal(length: number, { seed = 21, sign = 1, scale = 1, over = 3 } = {}): Dataset {
  const random = seededRandom(seed);
  const uniform = (): number => 2 * random.next() - 1;
  const told = Float32Array.from({ length }, () => scale * uniform());
  const noise = Float32Array.from({ length }, uniform);
  const classes = new Float32Array(length).fill(Number.NaN);
  const returns = new Float32Array(length).fill(Number.NaN);
  for (let t = over - 1; t < length; t++) {
    let sum = 0;
    for (let back = 0; back < over; back++) sum += told[t - back]!;
    const m = (sign * sum) / (over * scale);
    classes[t] = m > 0.3 ? 0 : m < -0.3 ? 2 : 1;
    returns[t] = 0.01 * m + 0.001 * uniform();
  }
  const train = Math.floor(length * 0.7);
  return {
    features: {
      names: ["told", "noise"],
      columns: [told, noise],
      closeTime: Float64Array.from({ length }, (_, i) => i),
    },
    classes,
    returns,
    train: rowsBetween(10, train),
    validation: rowsBetween(train + 5, length),
  };
}

export function rowsBetween(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

/** A network of under a thousand weights besides its heads, two short epochs; HOLD thinned and classes weighted. */
export const tinyOptions: SignalNetOptions = {
  network: {
    kind: "transformerSignal",
    window: 4,
    width: 8,
    heads: 2,
    blocks: 1,
    feedForward: 8,
    dropout: 0.1,
  },
  training: TrainingConfig.parse({
    epochs: 2,
    batch: 32,
    learningRate: 0.003,
    weightDecay: 0.0001,
    warmupSteps: 2,
    clipNorm: 1,
    patience: 5,
    classBalance: "weights",
    focalGamma: 0,
    returnWeight: 0.1,
    windowStride: { BUY: 1, HOLD: 2, SELL: 1 },
  }),
  scaling: { kind: "standard", clip: 8 },
  metadata: { recipe: "planted" },
};
