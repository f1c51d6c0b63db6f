import { DataError, OrionError, UsageError } from "../../core/errors.ts";
import { type LabelSpans, type PurgedFold, purgeRows } from "../validation/purgedKFold.ts";
import { pickRows, pickTable } from "./pickRows.ts";
import type { TabularContext, TabularData, TabularModel } from "./tabularModel.ts";

export interface OutOfFold {
  /** [rows, K] each row's prediction by the model that never saw it or its future; NaN for a row in no test fold */
  readonly predictions: Float32Array;
  /** [rows] which fold's model told it, -1 for none */
  readonly fold: Int32Array;
  readonly outputs: readonly string[];
  /** what the folds' models said of their fit, each with its fold */
  readonly notes: readonly string[];
}

/** What one fold's model said. */
export interface FoldAnswer {
  /** [test rows, K] */
  readonly predictions: Float32Array;
  readonly outputs: readonly string[];
  readonly notes: readonly string[];
}

export interface OutOfFoldOptions {
  /** stands around each fold's fit: gives back what was kept of it, or makes and keeps it */
  readonly keep?: (fold: number, make: () => Promise<FoldAnswer>) => Promise<FoldAnswer>;
  /**
   * For models that stop early: the latest rows of a fold's training rows, this share of them, decide when to stop,
   * purged from the others in the same way. None unless given.
   */
  readonly validation?: { readonly share: number; readonly spans: LabelSpans; readonly embargoBars: number };
}

/**
 * Fits one model a fold on its training rows and predicts its test rows: what a stack's meta-learner and calibrators are
 * fitted on, since predictions of rows that a model has learned from are too good. One seed for all folds.
 * @throws what a fold's fit throws, with the fold's number
 */
export async function outOfFold(
  model: TabularModel,
  data: TabularData,
  folds: readonly PurgedFold[],
  context: TabularContext,
  options: OutOfFoldOptions = {},
): Promise<OutOfFold> {
  const { rows } = data.table;
  const K = data.target.kind === "classes" ? data.target.classes.length : 1;
  const predictions = new Float32Array(rows * K).fill(Number.NaN);
  const fold = new Int32Array(rows).fill(-1);
  let outputs: readonly string[] = [];
  const notes: string[] = [];
  for (const [k, { train, test }] of folds.entries()) {
    context.signal?.throwIfAborted();
    for (const row of [...train, ...test])
      if (!(row >= 0 && row < rows)) throw new DataError(`folds: row ${row} is none of the ${rows} rows`);
    const make = (): Promise<FoldAnswer> => foldAnswer(model, data, folds, k, context, options.validation);
    const told = await (options.keep ? options.keep(k, make) : make());
    test.forEach((row, i) => {
      predictions.set(told.predictions.subarray(i * K, (i + 1) * K), row * K);
      fold[row] = k;
    });
    outputs = told.outputs;
    for (const note of told.notes) notes.push(`fold ${k + 1}: ${note}`);
  }
  return { predictions, fold, outputs, notes };
}

async function foldAnswer(
  model: TabularModel,
  data: TabularData,
  folds: readonly PurgedFold[],
  k: number,
  context: TabularContext,
  validation: OutOfFoldOptions["validation"],
): Promise<FoldAnswer> {
  const { train, test } = folds[k]!;
  const { fitted: fitRows, watched } = splitValidation(train, validation);
  const fitted = await model
    .fit(pickRows(data, fitRows), watched ? pickRows(data, watched) : undefined, {
      ...context,
      onUpdate: (update) => context.onUpdate?.({ ...update, note: `fold ${k + 1} of ${folds.length}` }),
    })
    .catch((error: unknown) => {
      throw error instanceof OrionError
        ? new DataError(`fold ${k + 1} of ${folds.length}: ${error.message}`, { cause: error })
        : error;
    });
  try {
    const { signal } = context;
    const predictions = await fitted.predict(pickTable(data.table, test), signal ? { signal } : {});
    return { predictions, outputs: fitted.outputs, notes: fitted.manifest.notes };
  } finally {
    await fitted.close();
  }
}

function splitValidation(
  train: Int32Array,
  validation: OutOfFoldOptions["validation"],
): { fitted: Int32Array; watched?: Int32Array } {
  if (!validation || validation.share === 0) return { fitted: train };
  const { share, spans, embargoBars } = validation;
  if (!(share > 0 && share < 1))
    throw new UsageError(`folds: a validation share of ${share} is not possible: give one between 0 and 1`);
  const byTime = train.slice().sort((a, b) => spans.time[a]! - spans.time[b]! || a - b);
  const from = spans.time[byTime[Math.min(byTime.length - 1, Math.floor(byTime.length * (1 - share)))]!]!;
  const watched = train.filter((row) => spans.time[row]! >= from);
  const { rows: fitted } = purgeRows(
    train.filter((row) => spans.time[row]! < from),
    watched,
    spans,
    embargoBars,
  );
  if (fitted.length === 0)
    throw new UsageError(
      "folds: no training rows are left before the validation rows: give more rows or a smaller share",
    );
  return { fitted, watched };
}
