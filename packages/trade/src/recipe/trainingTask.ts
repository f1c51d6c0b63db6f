import type { FitContext, FitSummary } from "../models/model.ts";
import type { SplitPart } from "../models/validation/index.ts";
import type { Workspace } from "../store/index.ts";
import type { TrainingStatus } from "../wire/training.ts";
import type { AnyModelManifest, ModelManifest, MultiTaskModelManifest } from "./modelManifest.ts";
import type { ParentModel } from "./parentModel.ts";

export type OnTrainingStatus = (status: Partial<TrainingStatus>) => void;

/** What a task is given beside its recipe. */
export interface TaskRun {
  readonly workspace: Workspace;
  readonly signal: AbortSignal | undefined;
  readonly onStatus: OnTrainingStatus;
  /** the model whose weights the training starts from */
  readonly parent?: ParentModel | undefined;
}

/** What the fit of a task takes over from a parent. */
export function startOf(parent: ParentModel | undefined): {
  initial?: ParentModel["weights"];
  freezeEncoder?: boolean;
  selection?: NonNullable<ParentModel["selection"]>;
} {
  if (!parent) return {};
  const { weights, record, selection } = parent;
  // its weights read the columns that were chosen for it
  return { initial: weights, freezeEncoder: record.frozenEncoder, ...(selection ? { selection } : {}) };
}

/** The steps of a training that depend on the recipe's kind of label; `trainRecipe` does all the others. */
export interface TrainingTask {
  /** SHA-256 of all bars that go in */
  readonly dataSha256: string;
  /** Features, labels and split; what could not be judged after the training is refused here. */
  prepare(): PreparedTask;
}

export interface PreparedTask {
  /** names of the features */
  readonly names: readonly string[];
  readonly train: SplitPart;
  fit(metadata: Record<string, string>, context: FitContext): Promise<FittedTask>;
}

export interface FittedTask {
  readonly onnx: Uint8Array;
  /** The one look at the test rows. */
  evaluate(): Promise<{ manifest: TaskManifest; files: Readonly<Record<string, Uint8Array>> }>;
}

type Given =
  | "format"
  | "id"
  | "savedAt"
  | "files"
  | "seal"
  | "profile"
  | "trainKey"
  | "orionVersion"
  | "gitRevision";
/** What a task says of its model; `trainRecipe` and the shelf add the rest. */
export type TaskManifest = Omit<ModelManifest, Given> | Omit<MultiTaskModelManifest, Given>;

/** A fit as a manifest tells it. */
export function trainingRecord(summary: FitSummary): AnyModelManifest["training"] {
  const { aborted: _aborted, history, ...told } = summary;
  return { ...told, history: [...history] };
}
