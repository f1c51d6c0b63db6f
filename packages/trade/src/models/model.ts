import type { Progress } from "../core/progress.ts";
import type { Device } from "./device.ts";

/** Feature columns of one instrument, all of the bars' length, raw (not scaled); NaN where there is no value. */
export interface FeatureSet {
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  /** ms UTC at which each row becomes known */
  readonly closeTime: Float64Array;
}

/** What a model is fitted on: all rows of the columns, and which of them may be used for what. */
export interface Dataset {
  readonly features: FeatureSet;
  /** 0 BUY, 1 HOLD, 2 SELL; NaN where the label is missing */
  readonly classes: Float32Array;
  /** return over the label's horizon, a fraction */
  readonly returns: Float32Array;
  /** how hard a row is to learn, larger is harder; of its own past and label only. What a curriculum orders by */
  readonly difficulty?: Float32Array;
  /** ms UTC by row, when each label is known, and the closing prices: what sample weights are made of */
  readonly history?:
    | { readonly knownAt: Float64Array; readonly close?: Float64Array | undefined }
    | undefined;
  /** row numbers, ascending; purged and embargoed by the caller */
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** What a fit tells while it runs. */
export interface FitUpdate extends Progress {
  epoch: number;
  epochs: number;
  /** with the share of the epoch at work: under a curriculum epochs differ in length */
  epochsDone: number;
  step: number;
  steps: number;
  loss: number | null;
  accuracy: number | null;
  balancedAccuracy: number | null;
  learningRate: number | null;
  windowsPerSecond: number | null;
  gflops: number | null;
  /** of the epoch that has just ended */
  validationLoss: number | null;
}

/** What a training is expected to hold in memory at its peak, bytes; the parts add up to the first. */
export interface MemoryForecast {
  /** of the whole process */
  estimatedBytes: number;
  parametersBytes: number;
  optimizerBytes: number;
  activationsBytes: number;
  /** what the process held before, and what engine, validation and checkpoints take */
  otherBytes: number;
}

export interface FitContext {
  seed: number;
  threads?: number;
  /** where the network is trained; "cpu" unless given */
  device?: Device;
  /** resident memory that the process may reach; what the machine has left unless given */
  maxMemoryBytes?: number;
  /** before anything is opened */
  onMemory?(memory: MemoryForecast): void;
  signal?: AbortSignal;
  onUpdate?(update: FitUpdate): void;
  /** where an interrupted fit is kept; a checkpoint of another fingerprint is refused */
  checkpoint?: {
    fingerprint: string;
    save(bytes: Uint8Array): Promise<void>;
    resume?: Uint8Array;
    /** seconds of work that a crash may cost: the recipe's, or 60, unless given; 0 saves after every step */
    everySeconds?: number;
  };
}

/** A fit as it went. */
export interface FitSummary {
  epochs: number;
  bestEpoch: number;
  stoppedEarly: boolean;
  aborted: boolean;
  windows: number;
  windowsPerSecond: number;
  gflops: number;
  /** share of the training steps in which the engine waited for its next batch; absent when no step was run */
  engineIdleShare?: number;
  lossBefore: number;
  lossAfter: number;
  history: readonly { epoch: number; loss: number; validationLoss: number }[];
}

export interface PredictOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}
