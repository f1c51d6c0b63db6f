import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { SignalNetManifest } from "../models/signalNet/signalNetManifest.ts";
import { Classification, type ModelSummary } from "../wire/training.ts";
import { RecipeSchema } from "./recipeSchema.ts";

/** The graph among a model's files. */
export const GRAPH_FILE = "model.onnx";

const msRange = z.strictObject({ from: z.number(), to: z.number() });

/** All that is known of a trained model besides its graph; stored beside it as `manifest.json`. */
export const ModelManifest = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  /** what was run: the recipe with its profile applied */
  recipe: RecipeSchema.omit({ profiles: true }),
  profile: z.enum(["quick", "default", "full"]),
  /** SHA-256 of all that determines the fit: recipe, bars, engine */
  trainKey: z.string(),
  /** ms UTC */
  savedAt: z.number(),
  orionVersion: z.string(),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int() })),
  /** SHA-256 of all the rest but `savedAt`: a threshold that was changed by hand would trade, and look right */
  seal: z.string(),
  data: z.strictObject({
    symbol: z.string(),
    market: z.string(),
    timeframe: z.string(),
    rows: z.int(),
    from: z.number(),
    to: z.number(),
    sha256: z.string(),
  }),
  /** closes of the first and last decision bar of each part, ms UTC */
  ranges: z.strictObject({ train: msRange, validation: msRange, test: msRange }),
  /** first and last moment, ms UTC, whose prices training, early stopping or the choice of thresholds has seen */
  seen: msRange,
  horizonBars: z.int(),
  net: SignalNetManifest,
  training: z.strictObject({
    epochs: z.int(),
    bestEpoch: z.int(),
    stoppedEarly: z.boolean(),
    windows: z.int(),
    windowsPerSecond: z.number(),
    gflops: z.number(),
    lossBefore: z.number(),
    lossAfter: z.number(),
    history: z.array(z.strictObject({ epoch: z.number(), loss: z.number(), validationLoss: z.number() })),
  }),
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
  /** why the run counts as failed, or null */
  failed: z.string().nullable(),
});
export type ModelManifest = z.output<typeof ModelManifest>;

/** What `seal` holds for a manifest, as it is about to be stored or as it was read. */
export function sealOf(manifest: Readonly<Record<string, unknown>>): string {
  const { savedAt: _savedAt, seal: _seal, ...sealed } = manifest;
  return sha256(canonicalJson(sealed));
}

/**
 * @param place the file, for errors
 * @throws DataError that names the file and the key, or says that it was changed after the training
 */
export function parseManifest(value: Readonly<Record<string, unknown>>, place: string): ModelManifest {
  const parsed = ModelManifest.safeParse(value);
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
export function summaryOf(manifest: ModelManifest): ModelSummary {
  const range = (r: { from: number; to: number }) => ({ from: isoTime(r.from), to: isoTime(r.to) });
  return {
    id: manifest.id,
    recipe: manifest.recipe.name,
    profile: manifest.profile,
    createdAt: isoTime(manifest.savedAt),
    symbol: manifest.data.symbol,
    timeframe: manifest.data.timeframe,
    parameters: manifest.net.parameters,
    sha256: manifest.files[GRAPH_FILE]?.sha256 ?? "",
    trainingRange: range(manifest.ranges.train),
    validationRange: range(manifest.ranges.validation),
    testRange: range(manifest.ranges.test),
    epochs: manifest.training.epochs,
    windows: manifest.training.windows,
    windowsPerSecond: manifest.training.windowsPerSecond,
    gflops: manifest.training.gflops,
    lossBefore: manifest.training.lossBefore,
    lossAfter: manifest.training.lossAfter,
    test: manifest.test,
    failed: manifest.failed,
  };
}
