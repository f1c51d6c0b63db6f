import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DataError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import { createPart } from "../../core/parts.ts";
import { timeframeMs } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { unionPanel } from "../../market/panel/unionPanel.ts";
import { calendarSplit } from "../../models/multiTask/calendarSplit.ts";
import { fitStack, StackConfig } from "../../models/tabular/fitStack.ts";
import { metaParts } from "../../models/tabular/metaParts.ts";
import { pickTable } from "../../models/tabular/pickRows.ts";
import type { TabularContext, TabularData, TabularModel } from "../../models/tabular/tabularModel.ts";
import { tabularParts } from "../../models/tabular/tabularParts.ts";
import { purgedKFold } from "../../models/validation/index.ts";
import { loadModel, saveModel, type Workspace, workspacePath } from "../../store/index.ts";
import { parseRange, type RangeText, workspaceOf } from "../dataUse.ts";
import { GRAPH_FILE, sealOf } from "../modelManifest.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import type { Profile } from "../recipeSchema.ts";
import type { OnTrainingStatus } from "../trainingTask.ts";
import { gitRevision, orionVersion } from "../version.ts";
import { type CandidateRow, candidateRows, scannerLabeler } from "./candidateRows.ts";
import { riskStage } from "./riskStage.ts";
import { scannerBars } from "./scannerBars.ts";
import { ScannerManifest } from "./scannerManifest.ts";
import { scannerReport } from "./scannerReport.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { featureColumns, featureLookback, type NamedColumns, tableOf } from "./scannerTable.ts";
import { timeframeParts } from "./timeframeRows.ts";
import { type TimeframeNet, timeframeStage } from "./timeframeStage.ts";

export interface TrainScannerOptions extends RangeText {
  readonly profile: Profile;
  /** instead of the recipe's symbols, or of all that are stored */
  readonly symbols?: readonly string[] | undefined;
}

/** Fewer rows than this say too little about a hundred columns. */
const LEAST_ROWS = 300;

/** Where a timeframe's network lies among a model's files. */
export const timeframeFile = (timeframe: string): string => `timeframe-${timeframe}.onnx`;
/** Where a base model lies; the meta-learner is the model's own graph. */
export const baseFile = (name: string): string => `base-${name}.onnx`;

/** Two columns a timeframe: the next bar's expected return, and how much likelier its rise is than its fall. */
export function timeframeColumns(
  nets: readonly Pick<TimeframeNet, "timeframe" | "expected" | "edge">[],
): NamedColumns {
  return {
    names: nets.flatMap(({ timeframe }) => [`expected${timeframe}`, `edge${timeframe}`]),
    columns: nets.flatMap(({ expected, edge }) => [expected, edge]),
  };
}

/**
 * Trains a recipe of stages: the scan's candidates of every k-th bar, their features, one network a timeframe, volatility and
 * dependence, base models and a meta-learner; then one look at the test rows. Training rows know the earlier stages out of
 * fold only. The model is kept in the workspace.
 * @throws DataError where too little is stored; AbortError when stopped
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
  const say = (stage: string): void => onStatus({ stage, step: 0, steps: 0, secondsLeft: null });
  const tell = (p: {
    stage: string;
    done: number;
    total: number | null;
    secondsLeft: number | null;
    note?: string;
  }): void =>
    onStatus({
      stage: p.note ? `${p.stage}, ${p.note}` : p.stage,
      step: p.done,
      steps: p.total ?? 0,
      secondsLeft: p.secondsLeft,
    });
  onStatus({ recipe: recipe.name, profile: options.profile });
  say("reading bars");
  const bars = await scannerBars(workspace, recipe, { symbols: options.symbols, until: range.to, signal });
  const clock = unionPanel(bars.bars).closeTime;
  const at = clock[clock.length - 1] ?? Number.NaN;

  say("candidates by day");
  const all = candidateRows(recipe, bars.bars, featureLookback(recipe), range);
  const rows = all.filter((row) => Number.isFinite(row.class) && row.knownAt <= at);
  if (rows.length < LEAST_ROWS) {
    throw new DataError(
      `recipe '${recipe.name}': ${bars.bars.length} symbols give ${rows.length} candidates with a known outcome, ${LEAST_ROWS} are needed: import more symbols or more years`,
    );
  }
  const time = Float64Array.from(rows, (row) => row.time);
  const knownAt = Float64Array.from(rows, (row) => row.knownAt);
  const horizon = scannerLabeler(recipe).horizonBars;
  // the split counts days of decision
  const embargoBars = Math.ceil((recipe.split.embargoBars ?? horizon) / recipe.everyBars);
  const split = calendarSplit(
    { closeTime: time, knownAt, rows: Int32Array.from(rows.keys()) },
    { ...recipe.split, embargoBars },
    1,
  );
  const train = split.train.rows;
  const spans = { time: pick(time, train), knownAt: pick(knownAt, train), calendar: clock };
  const stackConfig = stackConfigOf(recipe);
  const folds = purgedKFold(spans, stackConfig);

  const features = await featureColumns(recipe, bars.bars, rows, { signal, onProgress: tell });
  const parts = timeframeParts(recipe);
  const nets = await timeframeStage({
    recipe,
    parts,
    symbols: bars.sources,
    rows,
    train,
    folds,
    until: split.train.knownUntil,
    at,
    embargoMs: stackConfig.embargoBars * timeframeMs(recipe.universe.timeframe),
    stepMsOf: (timeframe) => (recipe.universe.market === "stock" ? null : timeframeMs(timeframe)),
    context: {
      seed: recipe.seed,
      ...(signal ? { signal } : {}),
      onUpdate: (update) => onStatus({ loss: update.loss, epoch: update.epoch, epochs: update.epochs }),
    },
    onProgress: tell,
  });
  const risk = await riskStage(recipe, bars, rows, { signal, onProgress: tell });

  const table = tableOf([features, timeframeColumns(nets), risk], rows.length);
  const dataOf = (places: Int32Array): TabularData => ({
    table: pickTable(table, places),
    target: {
      kind: "classes",
      classes: [...SIGNALS],
      y: Int32Array.from(places, (place) => rows[place]!.class),
    },
  });
  const tabular: TabularContext = {
    seed: recipe.seed,
    threads: availableParallelism(),
    ...(signal ? { signal } : {}),
    onUpdate: (update) => tell({ ...update, stage: `stack: ${update.stage}` }),
  };
  const bases = Object.entries(recipe.stack.bases).map(([name, spec]) => ({
    name,
    model: createPart<TabularModel>(tabularParts, spec, `stack.bases.${name}`),
  }));
  const meta = createPart<TabularModel>(metaParts, recipe.stack.meta, "stack.meta");
  const trainData = dataOf(train);
  const fit = await fitStack(
    bases,
    meta,
    stackConfig,
    trainData,
    spans,
    dataOf(split.validation.rows),
    tabular,
  );
  try {
    say("testing");
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
    });
    const files = modelFiles(fit.stack.files(), nets);
    const rangeOf = ({ from, to }: { from: number; to: number }) => ({ from, to });
    const told = {
      task: "scan" as const,
      format: 1 as const,
      profile: options.profile,
      trainKey: sha256(canonicalJson({ recipe, dataSha256: bars.sha256, engine: orionVersion() })),
      orionVersion: orionVersion(),
      gitRevision: gitRevision(),
      recipe,
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
    const kept = await keepScanner(workspace, told, files);
    onStatus({ stage: "done", modelId: kept.id, secondsLeft: 0 });
    return kept;
  } finally {
    await fit.stack.close();
  }
}

export function stackConfigOf(recipe: ScannerRecipe): StackConfig {
  const { bases: _bases, meta: _meta, ...config } = recipe.stack;
  return StackConfig.parse(config);
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
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
