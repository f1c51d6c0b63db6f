import { readParameters } from "@orion/grad";
import { DataError, UsageError } from "../../core/errors.ts";
import type { Dataset, FitContext } from "../model.ts";
import { strideRows } from "../sequence/strideRows.ts";
import { fitSignalNet, type SignalNetFit, type SignalNetOptions } from "../signalNet/fitSignalNet.ts";
import { strideList, type TrainingConfig } from "../signalNet/signalNetConfig.ts";
import { schedulePlan } from "../training/schedulePlan.ts";
import { exportMembers } from "./signalNetworkOf.ts";

/**
 * One training under `cosineRestarts`; the members are its weights at the end of the last `members` cycles, where the
 * learning rate is lowest (Huang et al. 2017, arXiv 1704.00109). It costs one training. All of the summary is that of
 * the training; each member's own validation loss stands in the manifest.
 * @throws UsageError when the schedule does not restart; DataError when fewer cycles ended than there are to be members
 */
export async function fitSnapshotEnsemble(
  members: number,
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  if (options.training.schedule?.kind !== "cosineRestarts")
    throw new UsageError(
      "ensemble: snapshots are taken where the learning rate restarts: give training.schedule the kind cosineRestarts",
    );
  const planned = plannedCycles(options.training, data);
  if (planned !== null && planned < members)
    throw new UsageError(
      `ensemble: ${members} snapshots are wanted and ${planned} cycles end in ${options.training.epochs} epochs (the warm-up delays them): more training.epochs, or shorter cycles (training.schedule)`,
    );
  const fitted = await fitSignalNet({ ...options, keepSnapshots: true }, data, context);
  if (fitted.summary.aborted) context.signal?.throwIfAborted();
  const taken = fitted.snapshots ?? [];
  if (taken.length < members)
    throw new DataError(
      `ensemble: ${members} snapshots are wanted and ${taken.length} cycles ended in ${fitted.summary.epochs} epochs: it was stopped early: give it more training.patience`,
    );
  const chosen = taken.slice(-members);
  const manifest: SignalNetFit["manifest"] = {
    ...fitted.manifest,
    parameters: members * fitted.manifest.parameters,
    ensemble: {
      kind: "snapshots",
      members: chosen.map(({ epoch, validationLoss }) => ({ seed: context.seed, epoch, validationLoss })),
    },
  };
  const weights = chosen.map((s) => readParameters(s.onnx));
  return { manifest, onnx: exportMembers(weights, manifest, options.metadata), summary: fitted.summary };
}

/** Cycles that end within the training, if it is not stopped early; null under a curriculum, whose epochs differ in length. */
function plannedCycles(training: TrainingConfig, data: Dataset): number | null {
  const { schedule, curriculum, batch, epochs } = training;
  if (!schedule || curriculum) return null;
  const rows = strideRows(data.train, data.classes, strideList(training)).length;
  const epochSteps = Math.floor(rows / batch);
  const { endsCycle } = schedulePlan(schedule, training, epochSteps);
  return Array.from({ length: epochs * epochSteps }, (_, step) => endsCycle?.(step)).filter(Boolean).length;
}
