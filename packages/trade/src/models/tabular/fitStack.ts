import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";
import { type Calibration, CalibrationConfig, fitCalibration } from "../calibration/calibration.ts";
import { type LabelSpans, PurgedKFoldConfig, purgedKFold } from "../validation/purgedKFold.ts";
import { checkFit } from "./checkTabular.ts";
import { type FittedStack, metaTable, stackOf } from "./openStack.ts";
import { type FoldAnswer, type OutOfFold, outOfFold } from "./outOfFold.ts";
import { metaNames } from "./stackManifest.ts";
import type { FittedTabular, TabularContext, TabularData, TabularModel } from "./tabularModel.ts";

export const StackConfig = z.strictObject({
  ...PurgedKFoldConfig.shape,
  /** the latest share of a fold's training rows that decides when a base model stops early; 0 for none */
  validationShare: z.number().min(0).max(0.5).default(0.1),
  /** of the stack's own probabilities; none unless given */
  calibration: CalibrationConfig.optional(),
});
export type StackConfig = z.output<typeof StackConfig>;

export interface StackBase {
  readonly name: string;
  readonly model: TabularModel;
}

export interface StackFit {
  readonly stack: FittedStack;
  /** by base, on the training rows: what meta-learner and calibration were fitted on, and reports are made from */
  readonly outOfFold: readonly OutOfFold[];
  /** the meta-learner's own predictions out of fold */
  readonly metaOutOfFold: OutOfFold;
}

/** Stands around the fits of the base models: gives back what was kept of one, or makes and keeps it. */
export interface StackKeep {
  fold(base: string, fold: number, make: () => Promise<FoldAnswer>): Promise<FoldAnswer>;
  model(base: string, make: () => Promise<FittedTabular>): Promise<FittedTabular>;
}

/**
 * Stacked generalisation (Wolpert 1992): base models told out of fold by purged k-fold, a meta-learner fitted on those
 * predictions, and the base models fitted again on all training rows. The calibration is fitted on the meta-learner's
 * predictions out of the same folds. Those rest on base predictions of the other folds, whose models have seen the fold's
 * labels, as in every stack of one level of folds: report a stack's quality on rows outside of training.
 * @param bases names are those of files: letters, digits, - and _
 * @param spans of the training rows; validation rows have to be purged by the caller
 */
export async function fitStack(
  bases: readonly StackBase[],
  meta: TabularModel,
  config: StackConfig,
  train: TabularData,
  spans: LabelSpans,
  validation: TabularData | undefined,
  context: TabularContext,
  keep?: StackKeep,
): Promise<StackFit> {
  checkBases(bases);
  for (const { model } of bases) checkFit(model, train, validation);
  if (spans.time.length !== train.table.rows)
    throw new DataError(`stack: ${spans.time.length} label spans for ${train.table.rows} rows`);
  if (config.calibration && train.target.kind !== "classes")
    throw new UsageError("stack.calibration: values have no probabilities to calibrate: leave it out");
  const folds = purgedKFold(spans, config);
  const inner = { validation: { share: config.validationShare, spans, embargoBars: config.embargoBars } };
  const told: OutOfFold[] = [];
  for (const { name, model } of bases)
    told.push(
      await outOfFold(model, train, folds, noted(context, `${name}, out of fold`), {
        ...inner,
        ...(keep ? { keep: (fold, make) => keep.fold(name, fold, make) } : {}),
      }),
    );
  const outputs = told[0]!.outputs;
  const columns = metaNames(
    bases.map(({ name }) => name),
    outputs,
  );
  const metaData: TabularData = {
    ...train,
    table: metaTable(
      columns,
      train.table.rows,
      told.map(({ predictions }) => predictions),
      outputs.length,
    ),
  };
  const metaOutOfFold = await outOfFold(meta, metaData, folds, noted(context, "meta-learner, out of fold"));
  const calibration: Calibration | undefined = config.calibration
    ? fitCalibration(config.calibration, metaOutOfFold, train)
    : undefined;
  const opened: FittedTabular[] = [];
  try {
    for (const { name, model } of bases) {
      const make = (): Promise<FittedTabular> =>
        model.fit(train, validation, noted(context, `${name}, all training rows`));
      opened.push(await (keep ? keep.model(name, make) : make()));
    }
    const fittedMeta = await meta.fit(metaData, undefined, noted(context, "meta-learner"));
    opened.push(fittedMeta);
    const stack = stackOf(opened.slice(0, -1), fittedMeta, {
      names: [...train.table.names],
      members: bases.map(({ name }, m) => ({ name, manifest: opened[m]!.manifest })),
      meta: fittedMeta.manifest,
      ...(calibration ? { calibration } : {}),
      notes: [
        `${config.folds} purged folds, embargo ${config.embargoBars} bars`,
        ...told.flatMap(({ notes }, m) => notes.map((note) => `${bases[m]!.name}, ${note}`)),
      ],
    });
    return { stack, outOfFold: told, metaOutOfFold };
  } catch (error) {
    await Promise.all(opened.map((fitted) => fitted.close()));
    throw error;
  }
}

function checkBases(bases: readonly StackBase[]): void {
  if (bases.length === 0) throw new UsageError("stack: no base models: give two or more");
  const seen = new Set(["meta"]);
  for (const { name } of bases) {
    if (!/^[A-Za-z0-9_-]+$/.test(name) || seen.has(name))
      throw new UsageError(
        `stack: a base model cannot be named '${name}': names are of letters, digits, - and _, once each, not 'meta'`,
      );
    seen.add(name);
  }
}

const noted = (context: TabularContext, stage: string): TabularContext => ({
  ...context,
  onUpdate: (update) => context.onUpdate?.({ ...update, stage }),
});
