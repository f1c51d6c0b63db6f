import { z } from "zod";
import { DataError, UsageError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { MultiTaskManifest } from "../models/multiTask/multiTaskManifest.ts";
import { SignalNetManifest } from "../models/signalNet/signalNetManifest.ts";
import { Classification, type ModelSummary, TaskReports } from "../wire/training.ts";
import { MultiTaskRecipeSchema, RecipeSchema } from "./recipeSchema.ts";

/** The graph among a model's files. */
export const GRAPH_FILE = "model.onnx";

const msRange = z.strictObject({ from: z.number(), to: z.number() });

/** The model that a training went on from. */
export const ParentRecord = z.strictObject({
  id: z.string(),
  /** of its graph file */
  sha256: z.string(),
  /** transfer: a training of its own from these weights; update: a few steps on bars that came later */
  how: z.enum(["transfer", "update"]),
  frozenEncoder: z.boolean(),
});
export type ParentRecord = z.output<typeof ParentRecord>;

/** What every trained model says of itself, whatever it is made of. */
export const trainedModelKeys = {
  format: z.literal(1),
  id: z.string(),
  profile: z.enum(["quick", "default", "full"]),
  /** SHA-256 of all that determines the fit: recipe, bars, engine */
  trainKey: z.string(),
  /** ms UTC */
  savedAt: z.number(),
  orionVersion: z.string(),
  /** the commit of the program that trained it; null outside a checkout. Not in the graph: equal weights are equal bytes */
  gitRevision: z.string().nullable().optional(),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int() })),
  /** SHA-256 of all the rest but `savedAt`: a threshold that was changed by hand would trade, and look right */
  seal: z.string(),
  /** closes of the first and last decision bar of each part, ms UTC */
  ranges: z.strictObject({ train: msRange, validation: msRange, test: msRange }),
  /** first and last moment, ms UTC, whose prices training, early stopping or the choice of thresholds has seen */
  seen: msRange,
  horizonBars: z.int(),
  /** why the run counts as failed, or null */
  failed: z.string().nullable(),
};

/** The same of a model that is one network. */
const common = {
  ...trainedModelKeys,
  training: z.strictObject({
    epochs: z.int(),
    bestEpoch: z.int(),
    stoppedEarly: z.boolean(),
    windows: z.int(),
    windowsPerSecond: z.number(),
    gflops: z.number(),
    engineIdleShare: z.number().optional(),
    lossBefore: z.number(),
    lossAfter: z.number(),
    history: z.array(z.strictObject({ epoch: z.number(), loss: z.number(), validationLoss: z.number() })),
  }),
  /** absent where the weights were drawn by the seed */
  parent: ParentRecord.optional(),
};
const series = {
  symbol: z.string(),
  market: z.string(),
  timeframe: z.string(),
  rows: z.int(),
  from: z.number(),
  to: z.number(),
};

/** All that is known of a trained signal model besides its graph; stored beside it as `manifest.json`. */
export const ModelManifest = z.strictObject({
  ...common,
  /** what was run: the recipe with its profile applied */
  recipe: RecipeSchema.omit({ profiles: true }),
  data: z.strictObject({ ...series, sha256: z.string() }),
  net: SignalNetManifest,
  decision: z.strictObject({
    buy: z.number().nullable(),
    sell: z.number().nullable(),
    note: z.string(),
    candidates: z.int(),
    validationTrades: z.int(),
    validationMeanNetReturn: z.number().nullable(),
  }),
  validation: Classification,
  test: Classification,
});
export type ModelManifest = z.output<typeof ModelManifest>;

/** The same of a model with six heads, told apart by `task`. */
export const MultiTaskModelManifest = z.strictObject({
  ...common,
  task: z.literal("sixHeads"),
  recipe: MultiTaskRecipeSchema.omit({ profiles: true }),
  data: z.strictObject({
    /** symbols and context as they were read, in order */
    symbols: z.array(z.strictObject(series)),
    context: z.array(z.strictObject(series)),
    /** symbols of the recipe that were left out */
    dropped: z.array(z.strictObject({ symbol: z.string(), reason: z.string() })),
    sha256: z.string(),
  }),
  net: MultiTaskManifest,
  /** each head on the test rows */
  tasks: TaskReports,
});
export type MultiTaskModelManifest = z.output<typeof MultiTaskModelManifest>;

export type AnyModelManifest = ModelManifest | MultiTaskModelManifest;

export function hasSixHeads(manifest: AnyModelManifest): manifest is MultiTaskModelManifest {
  return "task" in manifest;
}

/** What `seal` holds for a manifest, as it is about to be stored or as it was read. */
export function sealOf(manifest: Readonly<Record<string, unknown>>): string {
  const { savedAt: _savedAt, seal: _seal, ...sealed } = manifest;
  return sha256(canonicalJson(sealed));
}

/**
 * @param place the file, for errors
 * @throws DataError that names the file and the key, or says that it was changed after the training
 */
export function parseManifest(value: Readonly<Record<string, unknown>>, place: string): AnyModelManifest {
  if (value.task === "scan")
    throw new UsageError(
      `model ${String(value.id)} scans many symbols in stages: ask it by ./orion scan, ./orion backtest and ./orion explain`,
    );
  const parsed = ("task" in value ? MultiTaskModelManifest : ModelManifest).safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError(
      `${place}: ${issue.path.join(".") || "manifest"}: ${issue.message}; delete the model and train it again`,
    );
  }
  if (sealOf(value) !== parsed.data.seal) {
    throw new DataError(
      `${place} was changed after the training (its seal does not match): delete the model and train it again`,
    );
  }
  return parsed.data;
}

/** What lists and pages show of a model. */
export function summaryOf(manifest: AnyModelManifest): ModelSummary {
  const range = (r: { from: number; to: number }) => ({ from: isoTime(r.from), to: isoTime(r.to) });
  return {
    id: manifest.id,
    recipe: manifest.recipe.name,
    profile: manifest.profile,
    createdAt: isoTime(manifest.savedAt),
    ...(hasSixHeads(manifest)
      ? {
          symbol: manifest.data.symbols[0]!.symbol,
          symbols: manifest.data.symbols.map((s) => s.symbol),
          dropped: manifest.data.dropped,
          tasks: manifest.tasks,
          test: manifest.tasks.direction,
        }
      : {
          symbol: manifest.data.symbol,
          test: manifest.test,
          ...(manifest.net.ensemble ? { members: manifest.net.ensemble.members.length } : {}),
        }),
    ...(manifest.parent ? { parent: manifest.parent } : {}),
    timeframe: manifest.recipe.universe.timeframe,
    network: manifest.recipe.model.kind,
    parameters: manifest.net.parameters,
    sha256: manifest.files[GRAPH_FILE]?.sha256 ?? "",
    trainingRange: range(manifest.ranges.train),
    validationRange: range(manifest.ranges.validation),
    testRange: range(manifest.ranges.test),
    epochs: manifest.training.epochs,
    windows: manifest.training.windows,
    windowsPerSecond: manifest.training.windowsPerSecond,
    gflops: manifest.training.gflops,
    ...(manifest.training.engineIdleShare === undefined
      ? {}
      : { engineIdleShare: manifest.training.engineIdleShare }),
    lossBefore: manifest.training.lossBefore,
    lossAfter: manifest.training.lossAfter,
    failed: manifest.failed,
  };
}
