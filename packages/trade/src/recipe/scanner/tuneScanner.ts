import { existsSync } from "node:fs";
import { stringify } from "yaml";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import { SearchConfig, type SearchResult, search } from "../../models/search/search.ts";
import type { SearchTrial } from "../../models/search/searchJournal.ts";
import type { SearchSpace } from "../../models/search/searchSpace.ts";
import { purgedKFold } from "../../models/validation/index.ts";
import { readTrials, recordTrial, trialCounts, type Workspace, workspacePath } from "../../store/index.ts";
import { parseRange, type RangeText, workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { scannerLabeler } from "./candidateRows.ts";
import { scannerBars } from "./scannerBars.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import {
  type OptionalGroup,
  type ScannerRows,
  scannerData,
  scannerRows,
  scannerTableOf,
  stackConfigOf,
} from "./scannerTableOf.ts";
import { treeThreads } from "./trainScanner.ts";
import { fileJournal } from "./tuneJournal.ts";
import { foldLosses, meanLoss, type ToldLoss, toldLoss } from "./tuneLosses.ts";
import { checkSpace, type ModelSpec, TUNE_SPACES, tuneBase, withValues } from "./tuneSpaces.ts";
import { keptTuneTable, type TuneTable, tuneTableKey } from "./tuneTable.ts";

export const TUNE_METHODS = ["tpe", "asha", "random"] as const;
export type TuneMethod = (typeof TUNE_METHODS)[number];

export interface TuneOptions extends RangeText {
  /** a base model of the recipe by name, or a kind of model */
  readonly base: string;
  readonly method: TuneMethod;
  readonly trials: number;
  /** instead of the kind's usual one */
  readonly space?: SearchSpace | undefined;
  /** go on with the journal of the same search */
  readonly resume?: boolean | undefined;
  readonly symbols?: readonly string[] | undefined;
  /** groups of columns that are left out, for speed */
  readonly without?: readonly OptionalGroup[] | undefined;
}

export interface TuneAnswer {
  readonly recipe: string;
  readonly base: string;
  readonly kind: string;
  readonly method: TuneMethod;
  readonly objective: string;
  readonly trials: { readonly run: number; readonly failed: number; readonly counted: number };
  readonly rows: number;
  readonly days: number;
  readonly folds: number;
  readonly columns: number;
  readonly without: readonly OptionalGroup[];
  readonly best: { readonly trial: number; readonly options: ModelSpec; readonly score: ToldLoss };
  /** the kind's usual options where the recipe has no such base */
  readonly present: { readonly options: ModelSpec; readonly inRecipe: boolean; readonly score: ToldLoss };
  /** the shares of the classes in each fold's training rows */
  readonly naive: { readonly score: ToldLoss };
  /** loss of the other less that of the best, row by row: above 0 the best is better */
  readonly gain: { readonly overPresent: ToldLoss; readonly overNaive: ToldLoss };
  /** to paste into the recipe */
  readonly yaml: string;
  readonly space: SearchSpace;
  readonly journal: string;
  readonly table: { readonly path: string; readonly kept: boolean };
  readonly warnings: readonly string[];
}

/**
 * Searches the options of one base model. The score is the mean log loss of the recipe's training rows, each told out of the
 * recipe's purged folds; validation and test rows are not looked at. Every trial is in the journal and in the trial ledger
 * before anything of it is told; a search that was stopped goes on from its journal and ends as if it had not been.
 * @throws UsageError for an unknown base, or a journal of the same search without `resume`
 */
export async function tuneScanner(
  context: PipelineContext,
  recipe: ScannerRecipe,
  options: TuneOptions,
  onProgress: OnProgress = () => {},
): Promise<TuneAnswer> {
  const workspace = await workspaceOf(context);
  const { signal } = context;
  const { base, method, trials, without = [] } = options;
  const { name, spec, isOwn } = tuneBase(recipe.stack.bases, base);
  const space = options.space ?? TUNE_SPACES[spec.kind]!;
  checkSpace(spec, space);
  const range = parseRange(options);
  onProgress({ stage: "reading bars", done: 0, total: null, secondsLeft: null });
  const bars = await scannerBars(workspace, recipe, { symbols: options.symbols, until: range.to, signal });
  const key = tuneTableKey(recipe, bars.sha256, range, without);
  const { table, isKept, path } = await keptTuneTable(workspace, key, async (): Promise<TuneTable> => {
    const known = trainingRows(scannerRows(recipe, bars, range));
    const stages = await scannerTableOf(recipe, bars, known, {
      without,
      context: { seed: recipe.seed, ...(signal ? { signal } : {}) },
      onProgress,
    });
    return { data: scannerData(stages.table, known.rows, known.train), spans: known.spans };
  });
  const config = stackConfigOf(recipe);
  const folds = purgedKFold(table.spans, config);
  const searched = configOf(recipe, space, method, trials, folds.length);
  const { evaluations: _, ...determines } = searched;
  const id = sha256(canonicalJson({ key, name, spec, determines, share: config.validationShare })).slice(
    0,
    16,
  );
  const journalPath = workspacePath(workspace, "tune", `${name}-${method}-${id}.jsonl`);
  if (existsSync(journalPath) && !options.resume)
    throw new UsageError(
      `this search was begun before: add --resume to go on with ${journalPath}, or remove that file to search anew`,
    );
  const journal = fileJournal(journalPath);

  const clock = progressClock(trials, onProgress);
  const losses = foldLosses({
    table,
    folds,
    config,
    context: {
      seed: recipe.seed,
      threads: treeThreads(table.data.table.rows),
      ...(signal ? { signal } : {}),
    },
    onFold: (done, total) => clock.fold(done / total),
  });
  onProgress({ stage: "present options", done: 0, total: null, secondsLeft: null });
  const present = await losses(spec);
  const naive = await losses({ kind: "naive" });
  clock.start((await journal.read()).length);
  const found = await search(
    searched,
    async (values, { budget }) =>
      meanLoss(await losses(withValues(spec, values), budget === null ? folds.length : Math.round(budget))),
    {
      journal,
      count: (trial) =>
        countTrial(workspace, recipe, bars.sha256, { name, spec, trial, table, folds: folds.length }),
      ...(signal ? { signal } : {}),
      onProgress: ({ done, note }) => clock.trial(done, note),
    },
  );
  const chosen = withValues(spec, found.best.values);
  const best = await losses(chosen);
  const days = new Set(table.spans.time).size;
  const told = (values: Float64Array): ToldLoss =>
    toldLoss(values, {
      days,
      overlapDays: Math.ceil(scannerLabeler(recipe).horizonBars / recipe.everyBars),
      seed: recipe.seed,
    });
  const gain = {
    overPresent: told(present.map((v, i) => v - best[i]!)),
    overNaive: told(naive.map((v, i) => v - best[i]!)),
  };
  return {
    recipe: recipe.name,
    base: name,
    kind: spec.kind,
    method,
    objective: "mean log loss, out of the purged folds of the training rows",
    trials: {
      run: found.trials.length,
      failed: found.trials.filter(({ score }) => score === null).length,
      counted: trialCounts(await readTrials(workspace)).get(recipe.name) ?? 0,
    },
    rows: table.data.table.rows,
    days,
    folds: folds.length,
    columns: table.data.table.names.length,
    without,
    best: { trial: found.best.number, options: chosen, score: told(best) },
    present: { options: spec, inRecipe: isOwn, score: told(present) },
    naive: { score: told(naive) },
    gain,
    yaml: stringify({ stack: { bases: { [name]: chosen } } }, { flowCollectionPadding: true }),
    space,
    journal: journalPath,
    table: { path, kept: isKept },
    warnings: warningsOf(found, gain, without, isOwn, folds.length),
  };
}

/** The training rows alone, in places of their own: what is searched on holds no other. */
function trainingRows(known: ScannerRows): ScannerRows {
  const rows = Array.from(known.train, (place) => known.rows[place]!);
  return { ...known, rows, train: Int32Array.from(rows.keys()) };
}

/** ASHA spends folds: a first look at the latest one, three times as many for one in three, all of them for the best. */
function configOf(
  recipe: ScannerRecipe,
  space: SearchSpace,
  method: TuneMethod,
  trials: number,
  folds: number,
): SearchConfig {
  return SearchConfig.parse({
    space,
    ...(method === "tpe" ? {} : { sampler: { kind: "random" } }),
    ...(method === "asha" ? { halving: { minBudget: 1, maxBudget: folds, reduction: 3 } } : {}),
    evaluations: trials,
    seed: recipe.seed,
  });
}

async function countTrial(
  workspace: Workspace,
  recipe: ScannerRecipe,
  dataSha256: string,
  one: { name: string; spec: ModelSpec; trial: SearchTrial; table: TuneTable; folds: number },
): Promise<void> {
  const { name, spec, trial, table, folds } = one;
  const bases = { ...recipe.stack.bases, [name]: withValues(spec, trial.values) };
  await recordTrial(workspace, {
    recipe: recipe.name,
    configSha256: sha256(canonicalJson({ tune: { ...recipe, stack: { ...recipe.stack, bases } } })),
    dataSha256,
    modelId: null,
    range: {
      from: table.spans.time.reduce((a, b) => Math.min(a, b)),
      to: table.spans.knownAt.reduce((a, b) => Math.max(a, b)),
    },
    metrics: { outOfFoldLogLoss: trial.score, folds: trial.budget ?? folds },
  });
}

function warningsOf(
  { trials, best }: SearchResult,
  { overPresent, overNaive }: TuneAnswer["gain"],
  without: readonly OptionalGroup[],
  isOwn: boolean,
  folds: number,
): string[] {
  const isClear = ({ interval }: ToldLoss): boolean => interval !== null && interval.low > 0;
  const other = isOwn ? "the recipe's present options" : "the usual options";
  return [
    `BIASED: the best of ${trials.length} trials was chosen by these rows, so its score and its gain are better than what new rows will show, and its interval does not cover that; train the recipe with it and look at the test rows once`,
    ...(isClear(overNaive) ? [] : ["the best is not clearly better than knowing the classes' shares alone"]),
    ...(isClear(overPresent) ? [] : [`the best is not clearly better than ${other}: keep those`]),
    ...(without.length === 0
      ? []
      : [`searched without the columns of ${without.join(" and ")}: with them other options may be better`]),
    ...(best.budget === null || best.budget >= folds
      ? []
      : [`no trial was promoted to all ${folds} folds, so the best was chosen by fewer: give more trials`]),
  ];
}

/** Time left from the trials, and shares of one, that this run has done. */
function progressClock(trials: number, onProgress: OnProgress) {
  let began = 0;
  let first = -1;
  let done = 0;
  const tell = (at: number, note: string): void => {
    const work = at - first;
    const perTrial = work > 0 ? (performance.now() - began) / 1000 / work : null;
    onProgress({
      stage: "search",
      done,
      total: trials,
      secondsLeft: perTrial === null ? null : perTrial * Math.max(0, trials - at),
      note,
    });
  };
  return {
    start(from: number): void {
      began = performance.now();
      first = from;
      done = from;
    },
    fold(share: number): void {
      if (first >= 0 && done < trials) tell(done + share, `trial ${done + 1}, ${Math.round(share * 100)} %`);
    },
    trial(now: number, note = ""): void {
      done = now;
      tell(done, note);
    },
  };
}
