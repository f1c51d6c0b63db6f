import { canonicalJson } from "../../core/hash.ts";
import { createPart } from "../../core/parts.ts";
import { blockBootstrap, blockLength } from "../../models/evaluation/blockBootstrap.ts";
import { logLosses } from "../../models/evaluation/probabilityScores.ts";
import type { StackConfig } from "../../models/tabular/fitStack.ts";
import { outOfFold } from "../../models/tabular/outOfFold.ts";
import type { TabularContext, TabularModel } from "../../models/tabular/tabularModel.ts";
import { tabularParts } from "../../models/tabular/tabularParts.ts";
import type { PurgedFold } from "../../models/validation/index.ts";
import type { ModelSpec } from "./tuneSpaces.ts";
import type { TuneTable } from "./tuneTable.ts";

export interface FoldLossOptions {
  readonly table: TuneTable;
  readonly folds: readonly PurgedFold[];
  readonly config: StackConfig;
  readonly context: TabularContext;
  /** after each fold: how many of how many are done */
  readonly onFold?: (done: number, total: number) => void;
}

/**
 * Log losses [rows] of a model's options, each row told by the purged fold's model that has not seen it or its future, fitted as
 * the stack fits it (early stopping on the same latest share of the fold's training rows); NaN in folds that were left out.
 * The latest `budget` folds are fitted. What was fitted before is remembered: more folds of the same options cost the rest only.
 */
export function foldLosses({ table, folds, config, context, onFold }: FoldLossOptions) {
  const { data, spans } = table;
  const { target } = data;
  if (target.kind !== "classes") throw new RangeError("a scanner's rows have classes");
  const K = target.classes.length;
  const known = new Map<string, Float64Array[]>();
  const inner = { validation: { share: config.validationShare, spans, embargoBars: config.embargoBars } };
  return async (spec: ModelSpec, budget: number = folds.length): Promise<Float64Array> => {
    const model = createPart<TabularModel>(tabularParts, spec, "space");
    const key = canonicalJson(spec);
    const done = known.get(key) ?? [];
    known.set(key, done);
    const wanted = [...folds].reverse().slice(0, budget);
    for (const fold of wanted.slice(done.length)) {
      const told = await outOfFold(model, data, [fold], context, inner);
      const picked = new Float32Array(fold.test.length * K);
      fold.test.forEach((row, i) => {
        picked.set(told.predictions.subarray(row * K, (row + 1) * K), i * K);
      });
      const actual = fold.test.map((row) => target.y[row]!);
      done.push(logLosses(actual, picked, K));
      onFold?.(done.length, wanted.length);
    }
    const losses = new Float64Array(data.table.rows).fill(Number.NaN);
    for (const [k, fold] of wanted.entries())
      fold.test.forEach((row, i) => {
        losses[row] = done[k]![i]!;
      });
    return losses;
  };
}

/** Mean of the rows that have a loss. */
export function meanLoss(losses: Float64Array): number {
  const told = losses.filter((v) => !Number.isNaN(v));
  return told.reduce((a, b) => a + b, 0) / told.length;
}

/** A mean with its 95 % interval; null with too few rows for one. */
export interface ToldLoss {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/**
 * Mean and block bootstrap interval of numbers in time's order. Rows of one day share the market's move, and outcomes that overlap
 * share more: a block holds the rows of as many days of decision as one outcome spans.
 */
export function toldLoss(
  values: Float64Array,
  { days, overlapDays, seed }: { days: number; overlapDays: number; seed: number },
): ToldLoss {
  const block = blockLength(values.length, (values.length / days) * Math.max(1, overlapDays));
  const found = blockBootstrap([values], ([sum], rows) => sum! / rows, { block, seed });
  return {
    value: meanLoss(values),
    interval: found && { low: found.interval.low, high: found.interval.high },
  };
}
