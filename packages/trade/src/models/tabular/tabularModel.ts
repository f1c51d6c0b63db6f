import type { z } from "zod";
import type { Part } from "../../core/parts.ts";
import type { Progress } from "../../core/progress.ts";
import type { PredictOptions } from "../model.ts";
import type { TabularManifest } from "./tabularManifest.ts";

/** Rows of features without an order in time: [rows, F], row-major, NaN where a value is missing. Infinities are refused. */
export interface Table {
  readonly names: readonly string[];
  readonly rows: number;
  readonly values: Float32Array;
}

/** y [rows]: place of the row's class in `classes`. */
export interface ClassTarget {
  readonly kind: "classes";
  readonly classes: readonly string[];
  readonly y: Int32Array;
}

/** y [rows], finite. */
export interface ValueTarget {
  readonly kind: "values";
  readonly y: Float64Array;
}

export type TabularTarget = ClassTarget | ValueTarget;

/** Rows to learn from or to stop early on. */
export interface TabularData {
  readonly table: Table;
  readonly target: TabularTarget;
  /** [rows] how many rows each stands for, finite, 0 or more; 1 each unless given */
  readonly weights?: Float64Array;
}

/** What a fit tells while it runs: `done` of `total` rounds, epochs or iterations. */
export interface TabularUpdate extends Progress {
  readonly loss: number | null;
  /** null without validation rows, or where the model does not read them */
  readonly validationLoss: number | null;
}

export interface TabularContext {
  readonly seed: number;
  /** threads of the fit; 1 unless given. The same number gives the same bytes */
  readonly threads?: number;
  /** a fit that is stopped rejects with the signal's reason, between two rounds */
  readonly signal?: AbortSignal;
  onUpdate?(update: TabularUpdate): void;
}

/**
 * A kind of model with its settings. `fit` reads training rows alone for scalers, imputation and the weights;
 * `validation` decides when to stop, in models that stop early, and nothing else.
 *
 * Bad rows: none, one class only, labels that are not finite, an infinite feature and weights that sum to 0 are refused with
 * a DataError. A column that is constant or missing throughout, a class of `classes` without rows, more columns than
 * rows are learned from as far as that is possible and told in `manifest.notes`.
 */
export interface TabularModel {
  readonly kind: string;
  /** whether it can learn classes, values, or both */
  readonly learns: readonly TabularTarget["kind"][];
  fit(
    train: TabularData,
    validation: TabularData | undefined,
    context: TabularContext,
  ): Promise<FittedTabular>;
}

/** What can be asked for the predictions of rows: a fitted model, a stack of them, an ensemble. */
export interface TabularPredictor {
  /** columns in the order in which `predict` wants them */
  readonly names: readonly string[];
  /** one name a class, or ["value"] */
  readonly outputs: readonly string[];
  /**
   * [rows, K] probabilities that sum to 1, or [rows, 1] values; a row's answer depends on nothing but the row.
   * @throws DataError when the columns are others or in another order than in training, or hold an infinity
   */
  predict(table: Table, options?: PredictOptions): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A fitted model: one ONNX file and a manifest; both together open again with `openTabular`, bit for bit. */
export interface FittedTabular extends TabularPredictor {
  readonly kind: string;
  readonly manifest: TabularManifest;
  readonly onnx: Uint8Array;
  /** by measure (`gain`, `split`, `coefficient`, …) one number a column; what the kind of model offers */
  importance(): Readonly<Record<string, readonly number[]>>;
  /**
   * Shapley values [rows, K', F + 1] of the raw score (log odds, logits or value), the last of each the score of an average
   * row; they sum to the row's score. K' is 1 for values and for two classes (the score is that of the second class).
   */
  contributions?(table: Table): Promise<Float32Array>;
}

export interface TabularPart<K extends string, S extends z.ZodType> extends Part<K, S, TabularModel> {
  /** Shapley values from the ONNX file alone; see `FittedTabular.contributions` */
  contributions?(onnx: Uint8Array, manifest: TabularManifest, table: Table): Promise<Float32Array>;
}
