import { GradUsageError } from "../errors.ts";
import type { Schedule } from "../schedules/schedule.ts";
import { type BatchSource, emptyBatch } from "./batchSource.ts";
import {
  type EpochRecord,
  readCheckpoint,
  type Snapshot,
  type TrainingPosition,
  writeCheckpoint,
} from "./checkpoint.ts";
import { evaluateSource } from "./evaluateSource.ts";
import { shuffledRows } from "./seeded.ts";
import type { StepResult, TrainingProgram, Weights } from "./trainingProgram.ts";

export interface FitProgress {
  /** Counted from 1. */
  epoch: number;
  epochs: number;
  /** Steps of this epoch that are done. */
  step: number;
  /** Steps that this epoch has. */
  stepsPerEpoch: number;
  /** Steps of the whole training that are done, and how many it has if every epoch is trained. */
  stepsDone: number;
  stepsTotal: number;
  /** Exponentially smoothed over about 20 steps. */
  loss: number;
  /** Means over the epoch so far. */
  metrics: Record<string, number>;
  gradientNorm: number;
  learningRate: number;
  windowsPerSecond: number;
  gflops: number;
  /** If every epoch is trained; early stopping may end sooner. */
  secondsLeft: number;
  /** Validation loss and metrics, when the epoch has ended. */
  validation?: Record<string, number>;
}
export interface FitOptions {
  train: BatchSource;
  validation: BatchSource;
  epochs: number;
  /** Of the order of rows; epoch e depends on (seed, e) only. */
  seed: number;
  schedule: Schedule;
  /** Epochs without a better monitored value after which training stops. */
  patience: number;
  /** What decides which epoch is best: "loss", a metric of the loss, or one of `derive` or `validate`; of the validation rows. */
  monitor?: string;
  /** Whether a lower or a higher value is better; lower unless said. */
  direction?: "min" | "max";
  /**
   * Which weights are validated, and kept when they are the best: "average" is their moving average (`averageDecay` of
   * the spec). "last" unless said.
   */
  weights?: Weights;
  /**
   * Which rows of `train` an epoch, counted from 0, draws from, shuffled by (seed, epoch); all of them unless said. It is
   * asked for every epoch beforehand, so that the steps of the whole training are known, and has to answer the same
   * each time: a view of rows that are ordered once is best.
   */
  rowsOf?(epoch: number): Int32Array;
  /**
   * Whether the weights are kept after a step, counted from 0 over the whole training: those at the end of each cosine
   * cycle (`endsCycle`) make a snapshot ensemble (Huang et al. 2017, arXiv 1704.00109). They are given back in
   * `FitResult.snapshots` and stay in the checkpoints, each at the cost of the weights' memory.
   */
  snapshotAfter?(step: number): boolean;
  /** More values of the epoch from the means of its validation rows: a ratio of means is no mean of ratios. */
  derive?(validation: Readonly<Record<string, number>>): Record<string, number>;
  /** More validation metrics, after each epoch. */
  validate?(predict: TrainingProgram["predict"]): Promise<Record<string, number>>;
  /** After every step and at the end of every epoch. */
  onProgress?(progress: FitProgress): void;
  /** Stops between two steps, with a checkpoint. */
  signal?: AbortSignal;
  /** Saved every so many steps or seconds, after each epoch when neither is said, and on abort. */
  checkpoint?: { everySteps?: number; everySeconds?: number; save(bytes: Uint8Array): Promise<void> };
  /** A checkpoint's bytes: training goes on from there, bit for bit as if it had never stopped. */
  resume?: Uint8Array;
  /** Names data, network and options; a checkpoint of another fingerprint is refused. */
  fingerprint: string;
}
export interface FitResult {
  history: EpochRecord[];
  /** Counted from 1; null when none ended. The program holds this epoch's weights afterwards. */
  bestEpoch: number | null;
  bestValue: number | null;
  /** Epochs that were completed. */
  epochs: number;
  stoppedEarly: boolean;
  aborted: boolean;
  /** What `snapshotAfter` asked for, oldest first: the weights that `weights` names. */
  snapshots: readonly Snapshot[];
  /** Training steps only, of this run. */
  windowsPerSecond: number;
  gflops: number;
  /**
   * Share of those steps in which the engine waited: for gathering and feeding a batch, and for `onProgress`. Neither
   * validation nor checkpoints count. null when no step was run.
   */
  engineIdleShare: number | null;
}

const SMOOTHING = 0.95;

class Fit {
  readonly #program: TrainingProgram;
  readonly #options: FitOptions;
  /** Steps of each epoch, and before each. */
  readonly #steps: readonly number[];
  readonly #stepsBefore: readonly number[];
  readonly #stepsTotal: number;
  #position: TrainingPosition = {
    epoch: 0,
    stepInEpoch: 0,
    lossSum: 0,
    metricSums: {},
    smoothedLoss: null,
    bestEpoch: null,
    bestValue: null,
    history: [],
  };
  #best: Float32Array | undefined;
  #snapshots: Snapshot[] = [];
  #stepsRun = 0;
  #trainingMs = 0;
  #reportingMs = 0;
  readonly #engineMsBefore: number;
  #validationMs = 0;
  #savedAtMs = performance.now();
  #stepsSinceSave = 0;

  constructor(program: TrainingProgram, options: FitOptions) {
    this.#program = program;
    this.#options = options;
    this.#engineMsBefore = program.engineMs;
    if (options.validation.rows < 1) throw new GradUsageError("there are no validation rows");
    if (!Number.isInteger(options.epochs) || options.epochs < 1 || !(options.patience >= 1))
      throw new GradUsageError("epochs and patience have to be 1 or more");
    this.#steps = Array.from({ length: options.epochs }, (_, epoch) => this.#stepsOf(epoch));
    let before = 0;
    this.#stepsBefore = this.#steps.map((steps) => {
      before += steps;
      return before - steps;
    });
    this.#stepsTotal = before;
    if (options.resume) {
      const length = program.state().parameters.length;
      const { position, state, best, snapshots } = readCheckpoint(
        options.resume,
        options.fingerprint,
        length,
      );
      this.#position = position;
      this.#best = best;
      this.#snapshots = [...snapshots];
      program.restore(state);
    }
    if (options.weights === "average" && program.spec.averageDecay === undefined)
      throw new GradUsageError('weights "average" need "averageDecay" in the spec of the training');
  }

  #stepsOf(epoch: number): number {
    const { batch } = this.#program.spec;
    const rows = this.#options.rowsOf?.(epoch).length ?? this.#options.train.rows;
    if (rows < batch) throw new GradUsageError(`${rows} training rows do not fill a batch of ${batch}`);
    return Math.floor(rows / batch);
  }

  async run(): Promise<FitResult> {
    const { epochs, signal } = this.#options;
    let stoppedEarly = this.#outOfPatience();
    while (this.#position.epoch < epochs && !stoppedEarly && !signal?.aborted) {
      if (!(await this.#trainEpoch())) break;
      await this.#endEpoch();
      stoppedEarly = this.#outOfPatience() && this.#position.epoch < epochs;
    }
    const aborted = !stoppedEarly && this.#position.epoch < epochs;
    if (aborted) await this.#save();
    if (this.#best) {
      const state = this.#program.state();
      const average = state.average ? { average: this.#best } : {};
      this.#program.restore({ ...state, ...average, parameters: this.#best });
    }
    const { history, bestEpoch, bestValue, epoch } = this.#position;
    const wallMs = this.#trainingMs + this.#reportingMs;
    const engineMs = this.#program.engineMs - this.#engineMsBefore;
    return {
      history,
      bestEpoch,
      bestValue,
      epochs: epoch,
      stoppedEarly,
      aborted,
      snapshots: this.#snapshots,
      ...this.#rates(),
      engineIdleShare: wallMs > 0 ? Math.max(0, 1 - engineMs / wallMs) : null,
    };
  }

  #outOfPatience(): boolean {
    const { epoch, bestEpoch } = this.#position;
    return epoch - (bestEpoch ?? 0) >= this.#options.patience;
  }

  /** The steps of the epoch that are left. False when the signal stopped it. */
  async #trainEpoch(): Promise<boolean> {
    const { train, seed, schedule, signal, rowsOf } = this.#options;
    const { batch: size } = this.#program.spec;
    const { epoch } = this.#position;
    const steps = this.#steps[epoch]!;
    const drawn = rowsOf?.(epoch);
    const shuffled = shuffledRows(drawn?.length ?? train.rows, seed, epoch);
    const order = drawn ? shuffled.map((at) => drawn[at]!) : shuffled;
    const batch = emptyBatch(this.#program.spec, size);
    while (this.#position.stepInEpoch < steps) {
      if (signal?.aborted) return false;
      const start = performance.now();
      const at = this.#position.stepInEpoch;
      const step = this.#stepsBefore[epoch]! + at;
      train.gather(order.subarray(at * size, (at + 1) * size), batch);
      const learningRate = schedule(step, this.#stepsTotal);
      const result = await this.#program.step(batch, learningRate);
      const stepped = performance.now();
      this.#trainingMs += stepped - start;
      this.#count(result);
      if (this.#options.snapshotAfter?.(step)) this.#keepSnapshot(step + 1);
      this.#report(result.gradientNorm, learningRate);
      this.#reportingMs += performance.now() - stepped;
      // The last step of an epoch is saved with its validation, in endEpoch.
      if (this.#position.stepInEpoch < steps && this.#saveIsDue()) await this.#save();
    }
    return true;
  }

  #keepSnapshot(step: number): void {
    const parameters = this.#weightsInUse()!;
    this.#snapshots.push({ step, epoch: this.#position.epoch + 1, parameters });
  }

  #weightsInUse(): Float32Array | undefined {
    const state = this.#program.state();
    return this.#options.weights === "average" ? state.average : state.parameters;
  }

  #count({ loss, metrics }: StepResult): void {
    const p = this.#position;
    p.stepInEpoch++;
    p.lossSum += loss;
    for (const [name, value] of Object.entries(metrics))
      p.metricSums[name] = (p.metricSums[name] ?? 0) + value;
    p.smoothedLoss = p.smoothedLoss === null ? loss : SMOOTHING * p.smoothedLoss + (1 - SMOOTHING) * loss;
    this.#stepsRun++;
    this.#stepsSinceSave++;
  }

  async #endEpoch(): Promise<void> {
    const {
      validation,
      validate,
      derive,
      monitor = "loss",
      direction = "min",
      schedule,
      epochs,
      checkpoint,
      weights = "last",
    } = this.#options;
    const start = performance.now();
    const { loss, metrics } = await evaluateSource(this.#program, validation, weights);
    const extra = validate ? await validate((x, rows) => this.#program.predict(x, rows, weights)) : {};
    const values: Record<string, number> = { loss, ...metrics, ...derive?.({ loss, ...metrics }), ...extra };
    this.#validationMs += performance.now() - start;
    const value = values[monitor];
    if (value === undefined)
      throw new GradUsageError(`monitor "${monitor}" is none of ${Object.keys(values).join(", ")}`);
    const p = this.#position;
    const steps = this.#steps[p.epoch]!;
    const learningRate = schedule(this.#stepsBefore[p.epoch]! + steps - 1, this.#stepsTotal);
    p.epoch++;
    p.history.push({
      epoch: p.epoch,
      loss: p.lossSum / steps,
      metrics: this.#epochMetrics(),
      validation: values,
      learningRate,
    });
    // A value that is not a number is never better.
    if (
      p.bestValue === null
        ? Number.isFinite(value)
        : direction === "min"
          ? value < p.bestValue
          : value > p.bestValue
    ) {
      p.bestValue = value;
      p.bestEpoch = p.epoch;
      this.#best = this.#weightsInUse();
    }
    this.#report(0, learningRate, values);
    p.stepInEpoch = 0;
    p.lossSum = 0;
    p.metricSums = {};
    const unsaid = checkpoint?.everySteps === undefined && checkpoint?.everySeconds === undefined;
    if (p.epoch < epochs && checkpoint && (unsaid || this.#saveIsDue())) await this.#save();
  }

  #epochMetrics(): Record<string, number> {
    const { metricSums, stepInEpoch } = this.#position;
    return Object.fromEntries(Object.entries(metricSums).map(([name, sum]) => [name, sum / stepInEpoch]));
  }

  #rates() {
    const seconds = this.#trainingMs / 1000;
    const perSecond = seconds > 0 ? this.#stepsRun / seconds : 0;
    return {
      windowsPerSecond: perSecond * this.#program.spec.batch,
      gflops: (perSecond * this.#program.flopsPerStep) / 1e9,
    };
  }

  #report(gradientNorm: number, learningRate: number, validation?: Record<string, number>): void {
    const { onProgress, epochs } = this.#options;
    if (!onProgress) return;
    const { epoch, stepInEpoch, smoothedLoss } = this.#position;
    const ended = validation !== undefined;
    const epochsLeft = epochs - epoch;
    // `epoch` counts the epochs that have ended
    const stepsDone = ended
      ? this.#stepsBefore[epoch - 1]! + this.#steps[epoch - 1]!
      : this.#stepsBefore[epoch]! + stepInEpoch;
    const stepsLeft = this.#stepsTotal - stepsDone;
    const validations = this.#position.history.length;
    const validationMs = validations > 0 ? this.#validationMs / validations : 0;
    onProgress({
      epoch: ended ? epoch : epoch + 1,
      epochs,
      step: stepInEpoch,
      stepsPerEpoch: this.#steps[ended ? epoch - 1 : epoch]!,
      stepsDone,
      stepsTotal: this.#stepsTotal,
      loss: smoothedLoss ?? 0,
      metrics: this.#epochMetrics(),
      gradientNorm,
      learningRate,
      ...this.#rates(),
      secondsLeft:
        (stepsLeft * (this.#trainingMs / Math.max(1, this.#stepsRun)) + epochsLeft * validationMs) / 1000,
      ...(ended ? { validation } : {}),
    });
  }

  #saveIsDue(): boolean {
    const { everySteps = Number.POSITIVE_INFINITY, everySeconds = Number.POSITIVE_INFINITY } =
      this.#options.checkpoint ?? {};
    const elapsed = (performance.now() - this.#savedAtMs) / 1000;
    return this.#stepsSinceSave >= everySteps || elapsed >= everySeconds;
  }

  async #save(): Promise<void> {
    const { checkpoint, fingerprint } = this.#options;
    if (!checkpoint) return;
    const content = {
      position: this.#position,
      state: this.#program.state(),
      best: this.#best,
      snapshots: this.#snapshots,
    };
    await checkpoint.save(writeCheckpoint(content, fingerprint));
    this.#savedAtMs = performance.now();
    this.#stepsSinceSave = 0;
  }
}

/**
 * Trains over shuffled batches (rows that do not fill a last batch wait for another epoch's order), validates after
 * each epoch, stops early, and leaves the best epoch's weights in the program. The same program state, options and
 * thread count give the same weights bit for bit, interrupted or not.
 */
export async function fit(program: TrainingProgram, options: FitOptions): Promise<FitResult> {
  return new Fit(program, options).run();
}
