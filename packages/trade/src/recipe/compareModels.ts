import { UsageError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import { blockBootstrap, type InferenceSpeed, measureInference } from "../models/index.ts";
import type { Workspace } from "../store/index.ts";
import { CHOICE_RULE, chooseModel, type ModelChoice } from "./chooseModel.ts";
import { workspaceOf } from "./dataUse.ts";
import { type AnyModelManifest, hasSixHeads } from "./modelManifest.ts";
import { readModel, shelvedModels } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { type PartScores, storedScores } from "./storedScores.ts";

export interface CompareQuery {
  /** ids; or all that are stored, or all of a recipe */
  readonly ids?: readonly string[];
  readonly all?: boolean | undefined;
  readonly recipe?: string | undefined;
}

type Bounds = [number, number] | null;

/** One model's figures. Intervals are of 95 %; null where there is nothing to compute them from (see `note`). */
export interface ComparedModel {
  readonly id: string;
  readonly recipe: string;
  readonly network: string;
  /** six heads are compared by their direction */
  readonly kind: "signal" | "sixHeads";
  readonly test: {
    readonly n: number;
    readonly from: string;
    readonly to: string;
    /** cross entropy, nats a row */
    readonly logLoss: number;
    readonly logLossInterval: Bounds;
    readonly balancedAccuracy: number;
    readonly balancedAccuracyInterval: Bounds;
    readonly macroF1: number;
    readonly macroF1Interval: Bounds;
    readonly averagePrecision: Readonly<Record<string, number | null>>;
  };
  /** what the choice goes by: log loss of a signal model, the weighted loss of all tasks where there are six heads */
  readonly validation: { readonly n: number | null; readonly loss: number };
  readonly parameters: number;
  readonly onnxBytes: number;
  readonly speed: InferenceSpeed;
  readonly failed: string | null;
  readonly note: string | null;
}

/** Log loss of the test rows less that of the first model of the group: below 0 is better than the first. */
export interface PairedDifference {
  readonly model: string;
  readonly against: string;
  readonly n: number;
  readonly difference: number;
  readonly interval: Bounds;
  /** of the bootstrap, rows */
  readonly block: number;
  readonly draws: number;
}

/** Models whose validation and test rows are the same bars with the same labels. */
export interface ComparableGroup {
  readonly models: readonly string[];
  readonly differences: readonly PairedDifference[];
  /** null where there is nothing to choose from */
  readonly choice: ModelChoice | null;
}

export interface Comparison {
  readonly models: readonly ComparedModel[];
  readonly groups: readonly ComparableGroup[];
  /** false: the figures of different groups are of other rows and say nothing about which model is better */
  readonly comparable: boolean;
  readonly rule: string;
  /** of all the models; null when they are not comparable, then each group has its own */
  readonly choice: ModelChoice | null;
}

const SEED = 20_240_501;

interface Entry {
  readonly told: ComparedModel;
  readonly group: string;
  readonly scores: { validation: PartScores; test: PartScores } | undefined;
}

/**
 * Figures of trained models beside each other; nothing is trained. Test figures are the stored reports' own, their
 * speed is measured now, and which models may be compared is decided by their rows.
 * @throws UsageError with fewer than two models, or one named twice
 */
export async function compareModels(
  context: PipelineContext,
  query: CompareQuery,
  onProgress?: OnProgress,
): Promise<Comparison> {
  const workspace = await workspaceOf(context);
  const ids = await chosenIds(workspace, query);
  const started = performance.now();
  const entries: Entry[] = [];
  for (const id of ids) {
    context.signal?.throwIfAborted();
    entries.push(await entryOf(workspace, id, context.signal));
    const done = entries.length;
    const secondsLeft = ((performance.now() - started) / 1000 / done) * (ids.length - done);
    onProgress?.({ stage: "measuring", done, total: ids.length, secondsLeft });
  }
  const byRows = new Map<string, Entry[]>();
  for (const entry of entries) byRows.set(entry.group, [...(byRows.get(entry.group) ?? []), entry]);
  const groups = [...byRows.values()].map(groupOf);
  const comparable = groups.length === 1;
  return {
    models: entries.map((e) => e.told),
    groups,
    comparable,
    rule: CHOICE_RULE,
    choice: comparable ? groups[0]!.choice : null,
  };
}

async function chosenIds(workspace: Workspace, query: CompareQuery): Promise<readonly string[]> {
  const { ids = [], all, recipe } = query;
  const isByName = ids.length > 0;
  if ([isByName, all === true, recipe !== undefined].filter(Boolean).length !== 1)
    throw new UsageError(
      "models compare: name two models or more, or --all, or --recipe NAME: one of the three",
    );
  if (isByName) {
    const twice = ids.find((id, i) => ids.indexOf(id) < i);
    if (twice !== undefined) throw new UsageError(`models compare: ${twice} is named twice: name it once`);
    if (ids.length < 2) throw new UsageError("models compare: one model alone: name two or more");
    return ids;
  }
  const found = (await shelvedModels(workspace)).filter((m) => all === true || m.recipe.name === recipe);
  if (found.length < 2)
    throw new UsageError(
      `models compare: ${found.length} model${found.length === 1 ? "" : "s"}${recipe === undefined ? "" : ` of recipe '${recipe}'`} in this workspace, two are needed: see ./orion models list`,
    );
  return found.map((m) => m.id);
}

async function entryOf(workspace: Workspace, id: string, signal: AbortSignal | undefined): Promise<Entry> {
  const { manifest, onnx, forecast } = await readModel(workspace, id);
  const scores =
    hasSixHeads(manifest) || !forecast ? undefined : await storedScores(workspace, manifest, forecast);
  const known = typeof scores === "object" ? scores : undefined;
  const test = hasSixHeads(manifest) ? manifest.tasks.direction : manifest.test;
  const { ranges, training } = manifest;
  const told: ComparedModel = {
    id,
    recipe: manifest.recipe.name,
    network: manifest.recipe.model.kind,
    kind: hasSixHeads(manifest) ? "sixHeads" : "signal",
    test: {
      n: test.n,
      from: isoTime(ranges.test.from),
      to: isoTime(ranges.test.to),
      logLoss: test.logLoss,
      logLossInterval: known ? meanInterval(known.test, known.test.losses) : null,
      balancedAccuracy: test.balancedAccuracy,
      balancedAccuracyInterval: test.balancedAccuracyInterval,
      macroF1: test.macroF1,
      macroF1Interval: known ? macroF1Interval(known.test) : null,
      averagePrecision: test.averagePrecision,
    },
    validation: hasSixHeads(manifest)
      ? { n: null, loss: training.lossAfter }
      : { n: manifest.validation.n, loss: manifest.validation.logLoss },
    parameters: manifest.net.parameters,
    onnxBytes: onnx.byteLength,
    speed: await measureInference(onnx, signal),
    failed: manifest.failed,
    note: hasSixHeads(manifest)
      ? "six heads keep no forecasts: no interval of the log loss, macro F1 and differences; the choice goes by the weighted loss of all tasks on the validation rows"
      : typeof scores === "string"
        ? `no interval of the log loss, macro F1 and differences: ${scores}`
        : null,
  };
  return { told, scores: known, group: groupKey(manifest, known) };
}

/** Equal for models that were judged on the same rows, and so may be compared. */
function groupKey(manifest: AnyModelManifest, scores: Entry["scores"]): string {
  if (scores) return sha256(scores.validation.rows, scores.test.rows);
  const { recipe, data, ranges } = manifest;
  const rows = { label: recipe.label, data: data.sha256, validation: ranges.validation, test: ranges.test };
  // the loss of six heads is a sum that depends on how the tasks are weighed
  const loss = hasSixHeads(manifest)
    ? { tasks: manifest.recipe.training.taskWeights, balance: manifest.recipe.training.classBalance }
    : { everyBars: manifest.recipe.decision.everyBars, alone: true };
  return sha256(canonicalJson({ ...rows, ...loss }));
}

function groupOf(entries: readonly Entry[]): ComparableGroup {
  const [first, ...others] = entries;
  const byId = new Map(entries.map((e) => [e.told.id, e]));
  const choice =
    others.length === 0
      ? null
      : chooseModel(
          entries.map(({ told }) => ({
            id: told.id,
            parameters: told.parameters,
            validationLoss: told.validation.loss,
            failed: told.failed,
          })),
          (best, other) => {
            const [a, b] = [byId.get(best.id)?.scores?.validation, byId.get(other.id)?.scores?.validation];
            const interval = a && b ? pairedInterval(a, b) : null;
            return interval && { low: interval[0], high: interval[1] };
          },
        );
  const differences = others.flatMap(({ told, scores }): PairedDifference[] => {
    const base = first?.scores?.test;
    if (!scores || !base || !first) return [];
    return [
      {
        model: told.id,
        against: first.told.id,
        n: base.n,
        difference: told.test.logLoss - first.told.test.logLoss,
        interval: pairedInterval(base, scores.test),
        block: base.block,
        draws: DRAWS,
      },
    ];
  });
  return { models: entries.map((e) => e.told.id), differences, choice };
}

const DRAWS = 2000;

/** Of the mean loss of `other` less that of `base`, row by row. */
function pairedInterval(base: PartScores, other: PartScores): Bounds {
  return meanInterval(
    base,
    other.losses.map((loss, i) => loss - base.losses[i]!),
  );
}

function meanInterval({ block }: PartScores, values: Float64Array): Bounds {
  const found = blockBootstrap([values], (sums, n) => sums[0]! / n, { block, seed: SEED, draws: DRAWS });
  return found && [found.interval.low, found.interval.high];
}

/** Of 2 hits / (said + support), the mean over the classes that occur or were said. */
function macroF1Interval({ actual, said, block }: PartScores): Bounds {
  const is = (column: Uint8Array, c: number) => Uint8Array.from(column, (k) => (k === c ? 1 : 0));
  const columns = [0, 1, 2].flatMap((c) => [
    is(said, c),
    is(actual, c),
    Uint8Array.from(actual, (k, i) => (k === c && said[i] === c ? 1 : 0)),
  ]);
  const found = blockBootstrap(
    columns,
    (sums) => {
      const scores = [0, 1, 2].flatMap((c) => {
        const both = sums[3 * c]! + sums[3 * c + 1]!;
        return both > 0 ? [(2 * sums[3 * c + 2]!) / both] : [];
      });
      return scores.reduce((a, b) => a + b, 0) / scores.length;
    },
    { block, seed: SEED, draws: DRAWS },
  );
  return found && [found.interval.low, found.interval.high];
}
