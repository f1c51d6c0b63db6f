import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DataError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import { createPart } from "../../core/parts.ts";
import type { OnProgress } from "../../core/progress.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { metaParts } from "../../models/tabular/metaParts.ts";
import type { TabularContext, TabularData, TabularModel } from "../../models/tabular/tabularModel.ts";
import { loadModel, saveModel, type Workspace, workspacePath } from "../../store/index.ts";
import { parseRange, type RangeMs, type RangeText, workspaceOf } from "../dataUse.ts";
import { GRAPH_FILE, sealOf } from "../modelManifest.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import type { Profile } from "../recipeSchema.ts";
import type { OnTrainingStatus } from "../trainingTask.ts";
import { gitRevision, orionVersion } from "../version.ts";
import type { CandidateRow } from "./candidateRows.ts";
import { openKeptWork, type TrainingWork } from "./keptWork.ts";
import { type ScannerBars, scannerBars } from "./scannerBars.ts";
import { ScannerManifest } from "./scannerManifest.ts";
import { scannerReport } from "./scannerReport.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { type ScannerRows, scannerData, scannerRows, scannerTableOf } from "./scannerTableOf.ts";
import { stackStage } from "./stackStage.ts";
import type { TimeframeNet } from "./timeframeStage.ts";

export { timeframeColumns } from "./scannerTable.ts";
export { stackConfigOf } from "./scannerTableOf.ts";

export interface TrainScannerOptions extends RangeText {
  readonly profile: Profile;
  /** instead of the recipe's symbols, or of all that are stored */
  readonly symbols?: readonly string[] | undefined;
  /** take over what was finished of an interrupted training; without it all is made anew */
  readonly resume?: boolean | undefined;
  /** seconds of work within a network or the risk figures that a crash may cost; the recipe's checkpointMinutes, or 60, unless given */
  readonly checkpointSeconds?: number | undefined;
}

/**
 * Threads of the tree libraries. Below so many rows their threads wait for one another at every leaf for longer than they work,
 * and on a machine with other work many times as long.
 */
export const treeThreads = (rows: number): number => (rows < 50_000 ? 1 : availableParallelism());

/** Where a timeframe's network lies among a model's files. */
export const timeframeFile = (timeframe: string): string => `timeframe-${timeframe}.onnx`;
/** Where a base model lies; the meta-learner is the model's own graph. */
export const baseFile = (name: string): string => `base-${name}.onnx`;

/**
 * Trains a recipe of stages: the scan's candidates of every k-th bar, their features, one network a timeframe, volatility and
 * dependence, base models and a meta-learner; then one look at the test rows. Training rows know the earlier stages out of
 * fold only. The model is kept in the workspace.
 *
 * Each network, the risk figures and each base model are kept as they end, by the hash of all that determines them, and
 * removed when the model is kept; an interrupted training goes on from them with `resume` to the same model, byte for byte.
 * @throws DataError where too little is stored; AbortError when stopped: the last status says what is kept
 */
export async function trainScanner(
  context: PipelineContext,
  recipe: ScannerRecipe,
  options: TrainScannerOptions,
  onStatus: OnTrainingStatus = () => {},
): Promise<ScannerManifest> {
  const workspace = await workspaceOf(context);
  const { signal } = context;
  const range = parseRange(options);
  const say = (stage: string, message: string | null = null): void =>
    onStatus({ stage, step: 0, steps: 0, secondsLeft: null, message });
  const tell: OnProgress = ({ stage, done, total, secondsLeft, note }) =>
    onStatus({ stage, step: done, steps: total ?? 0, secondsLeft, message: note ?? null });
  onStatus({ recipe: recipe.name, profile: options.profile });
  say("reading bars");
  const bars = await scannerBars(workspace, recipe, {
    ...{ symbols: options.symbols, until: range.to },
    ...{ signal, onProgress: tell },
  });
  const known = scannerRows(recipe, bars, range, tell);
  const kept = await openKeptWork(workspace, {
    recipe: recipe.name,
    training: { recipe, data: bars.sha256, range },
    common: { data: bars.sha256 },
    resume: options.resume ?? false,
    everySeconds: options.checkpointSeconds,
    say,
  });
  try {
    const told = await trainedStages({ context, recipe, options, range, bars, known, kept, onStatus, tell });
    const model = await keepScanner(workspace, told.manifest, told.files);
    onStatus({ stage: "done", modelId: model.id, secondsLeft: 0, message: null });
    await kept.clear();
    return model;
  } catch (thrown) {
    const left = kept.told();
    if (left !== null) say("stopped", `kept: ${left}`);
    throw thrown;
  }
}

interface TrainingAtWork {
  readonly context: PipelineContext;
  readonly recipe: ScannerRecipe;
  readonly options: TrainScannerOptions;
  readonly range: RangeMs;
  readonly bars: ScannerBars;
  readonly known: ScannerRows;
  readonly kept: TrainingWork;
  readonly onStatus: OnTrainingStatus;
  readonly tell: OnProgress;
}

/** All stages after the candidates, and the report on the test rows. */
async function trainedStages(
  work: TrainingAtWork,
): Promise<{ manifest: Told; files: Record<string, Uint8Array> }> {
  const { recipe, options, range, bars, known, kept, onStatus, tell } = work;
  const { signal } = work.context;
  const { rows, split, train, spans, folds, stackConfig, at, horizonBars: horizon } = known;
  const { nets, risk, table } = await scannerTableOf(recipe, bars, known, {
    context: {
      seed: recipe.seed,
      ...(signal ? { signal } : {}),
      onUpdate: (update) => onStatus({ loss: update.loss, epoch: update.epoch, epochs: update.epochs }),
    },
    onProgress: tell,
    kept,
  });
  const dataOf = (places: Int32Array): TabularData => scannerData(table, rows, places);
  const tabular: TabularContext = {
    seed: recipe.seed,
    threads: treeThreads(rows.length),
    ...(signal ? { signal } : {}),
  };
  const meta = createPart<TabularModel>(metaParts, recipe.stack.meta, "stack.meta");
  const trainData = dataOf(train);
  const fit = await stackStage({
    ...{ recipe, config: stackConfig, meta, train: trainData, spans, kept },
    validation: dataOf(split.validation.rows),
    context: tabular,
    onProgress: tell,
  });
  try {
    const places = split.test.rows;
    const test = await scannerReport({
      recipe,
      fit,
      meta,
      folds,
      train: trainData,
      test: dataOf(places),
      rows: Array.from(places, (place) => rows[place]!),
      risk,
      places,
      context: tabular,
      onProgress: tell,
    });
    const files = modelFiles(fit.stack.files(), nets);
    const rangeOf = ({ from, to }: { from: number; to: number }) => ({ from, to });
    const manifest = {
      task: "scan" as const,
      format: 1 as const,
      profile: options.profile,
      trainKey: sha256(canonicalJson({ recipe, dataSha256: bars.sha256, engine: orionVersion() })),
      orionVersion: orionVersion(),
      gitRevision: gitRevision(),
      recipe,
      asked: { from: range.from ?? null, to: range.to ?? null },
      data: {
        symbols: bars.bars.map(seriesOf),
        indices: bars.indices.map(seriesOf),
        sha256: bars.sha256,
      },
      ranges: {
        train: rangeOf(split.train),
        validation: rangeOf(split.validation),
        test: rangeOf(split.test),
      },
      seen: {
        from: bars.bars.reduce((first, b) => Math.min(first, b.closeTime[0]!), at),
        to: split.validation.knownUntil,
      },
      horizonBars: horizon,
      rows: { train: train.length, validation: split.validation.rows.length, test: places.length },
      timeframes: nets.map(({ timeframe, fit: net, windows, symbols, covered, notes }) => ({
        timeframe,
        net: net?.manifest ?? null,
        windows,
        symbols,
        covered,
        notes: [...notes],
      })),
      stack: fit.stack.manifest,
      classes: classMeans(rows, train),
      riskMethods: { ...risk.methods },
      test,
      failed: test.classification.alwaysOneClass
        ? "every test row gets the same decision: the stack has learned nothing to act on"
        : null,
    };
    return { manifest, files };
  } finally {
    await fit.stack.close();
  }
}

function seriesOf(bars: { instrument: string; length: number; closeTime: Float64Array }) {
  return {
    symbol: bars.instrument,
    rows: bars.length,
    from: bars.closeTime[0] ?? 0,
    to: bars.closeTime[bars.length - 1] ?? 0,
  };
}

function classMeans(rows: readonly CandidateRow[], train: Int32Array): ScannerManifest["classes"] {
  const found: ScannerManifest["classes"] = {};
  for (const [c, name] of SIGNALS.entries()) {
    const own = Array.from(train, (place) => rows[place]!).filter((row) => row.class === c);
    const sum = own.reduce((total, row) => total + row.forwardReturn, 0);
    found[name] = { share: own.length / train.length, meanReturn: own.length === 0 ? 0 : sum / own.length };
  }
  return found;
}

function modelFiles(
  stack: Readonly<Record<string, Uint8Array>>,
  nets: readonly TimeframeNet[],
): Record<string, Uint8Array> {
  const { meta, ...bases } = stack;
  return {
    [GRAPH_FILE]: meta!,
    ...Object.fromEntries(Object.entries(bases).map(([name, onnx]) => [baseFile(name), onnx])),
    ...Object.fromEntries(
      nets.flatMap(({ timeframe, fit }) => (fit ? [[timeframeFile(timeframe), fit.onnx] as const] : [])),
    ),
  };
}

type Told = Omit<ScannerManifest, "id" | "savedAt" | "files" | "seal">;

/** The same training twice is one model: its id comes from what determined it and from its graphs. */
async function keepScanner(
  workspace: Workspace,
  told: Told,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<ScannerManifest> {
  const hashes = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.byteLength }]),
  );
  const id = `${told.recipe.name}-${sha256(told.trainKey, canonicalJson(hashes)).slice(0, 10)}`;
  if (existsSync(workspacePath(workspace, "models", id)))
    return parseScannerManifest((await loadModel(workspace, id)).manifest, id);
  // what is stored is what is read again: keys without a value are not there
  const plain = JSON.parse(JSON.stringify(told)) as Told;
  const seal = sealOf({ ...plain, id, files: hashes });
  return parseScannerManifest(await saveModel(workspace, id, files, { ...plain, seal }), id);
}

/** @throws DataError that names the model and the key, or says that it was changed after the training */
export function parseScannerManifest(value: Readonly<Record<string, unknown>>, id: string): ScannerManifest {
  const parsed = ScannerManifest.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError(
      `model ${id}: ${issue.path.join(".") || "manifest"}: ${issue.message}; delete it and train it again`,
    );
  }
  if (sealOf(value) !== parsed.data.seal)
    throw new DataError(
      `model ${id} was changed after the training (its seal does not match): delete it and train it again`,
    );
  return parsed.data;
}
