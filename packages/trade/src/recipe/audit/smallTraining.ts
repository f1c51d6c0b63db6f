import type { MultiTaskTraining } from "../../models/multiTask/multiTaskConfig.ts";
import { NetworkConfig } from "../../models/networks/index.ts";
import { classCounts } from "../../models/sequence/strideRows.ts";
import type { TrainingConfig } from "../../models/signalNet/signalNetConfig.ts";

/** Sizes of a network that learns something in a second. Two heads divide every width. */
const WIDTH = 16;
const MOST: Readonly<Record<string, number>> = {
  width: WIDTH,
  feedForward: 2 * WIDTH,
  fusion: WIDTH,
  pooling: WIDTH,
  columns: WIDTH,
  heads: 2,
  blocks: 1,
  layers: 1,
};
const BATCH = 32;

/** Windows that a network of the audit is trained on. */
export interface AuditSize {
  /** of each class (signal), or half of all (six heads) */
  readonly windowsPerClass: number;
}

/**
 * The same kind of network over the same window, as small as it goes: one block, widths of 16, two heads. What the audit
 * looks for lies in the columns, the rows and the fitting, and a small network goes through all of them.
 */
export function smallNetwork(network: NetworkConfig): NetworkConfig {
  return NetworkConfig.parse(shrink(network));
}

function shrink(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, given]: [string, unknown]) => {
      if (key === "hidden") return [key, [WIDTH]];
      // kinds of recurrent blocks, in their order: one of each is enough
      if (Array.isArray(given)) return [key, [...new Set<unknown>(given)]];
      if (typeof given === "number") return [key, Math.min(given, MOST[key] ?? given)];
      if (typeof given === "object" && given !== null) return [key, shrink(given)];
      return [key, given];
    }),
  );
}

/** One pass over a few windows of each class; what weighs, balances and clips stays the recipe's. */
export function smallSignalTraining(
  training: TrainingConfig,
  { windowsPerClass }: AuditSize,
  train: Int32Array,
  classes: Float32Array,
): TrainingConfig {
  const { schedule: _s, curriculum: _c, accumulate: _a, monitor: _m, averageDecay: _d, ...kept } = training;
  const [buy, hold, sell] = classCounts(train, classes, 3).map((n) =>
    Math.max(1, Math.ceil(n / windowsPerClass)),
  );
  return {
    ...kept,
    ...onePass(training),
    windowStride: { BUY: buy!, HOLD: hold!, SELL: sell! },
  };
}

export function smallMultiTaskTraining(
  training: MultiTaskTraining,
  { windowsPerClass }: AuditSize,
  rows: number,
): MultiTaskTraining {
  const {
    schedule: _s,
    restarts: _r,
    curriculum: _c,
    accumulate: _a,
    monitor: _m,
    averageDecay: _d,
    ...kept
  } = training;
  return {
    ...kept,
    ...onePass(training),
    confidence: { ...training.confidence, epochs: 1 },
    rowStride: Math.max(1, Math.ceil(rows / (2 * windowsPerClass))),
  };
}

/**
 * One epoch: with more, the validation rows would choose among them, and what was chosen by its result there is no longer
 * at chance.
 */
function onePass({ learningRate }: { learningRate: number }) {
  return {
    epochs: 1,
    patience: 1,
    batch: BATCH,
    warmupSteps: 5,
    learningRate: Math.max(learningRate, 0.003),
  };
}
