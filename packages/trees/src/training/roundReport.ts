/** One round of training is done. */
export interface RoundReport {
  /** rounds done, from 1 */
  round: number;
  /** rounds wanted */
  rounds: number;
  /** the measure on the validation set; null without one. Lower is better. */
  validation: number | null;
}

/** mlogloss and logloss in nats a row; rmse in the target's unit. */
export type ValidationMetric = "mlogloss" | "logloss" | "rmse";

export interface TrainedModel {
  /** the model in the library's own format */
  bytes: Uint8Array;
  /** rounds that the model keeps: those up to the best one where training was stopped early, else all that were trained */
  rounds: number;
  metric: ValidationMetric;
  /** the measure on the validation set after each round trained; empty without one */
  history: readonly number[];
  /** by measure one number a feature: the gain of all splits on it, and how many they are; none for the svm */
  importance: Readonly<Record<string, readonly number[]>>;
}

/** What a training loop is given to report to and to ask. */
export interface TrainingWatch {
  onRound(report: RoundReport): void;
  /** asked between rounds */
  isStopped(): boolean;
}

/** Thrown by a training loop that was asked to stop. */
export class TrainingStopped extends Error {
  override readonly name: string = "AbortError";
  constructor() {
    super("the training was stopped");
  }
}
