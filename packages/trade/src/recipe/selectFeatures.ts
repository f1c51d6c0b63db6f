import { UsageError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import {
  fitSelection,
  type Selection,
  SelectionConfig,
  type SelectionData,
  selectedNames,
} from "../features/index.ts";
import type { SplitPart } from "../models/validation/index.ts";
import { labelledData } from "./dataset.ts";
import { workspaceOf } from "./dataUse.ts";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { type RecipeSeries, recipeFor, recipeSeries } from "./recipePanels.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";
import { sixHeadsData } from "./sixHeadsData.ts";

export interface SelectQuery {
  /** a recipe's name or a .yaml file */
  readonly recipe: string;
  /** this symbol alone instead of the recipe's */
  readonly symbol?: string | undefined;
  /** another way to choose than the recipe's: correlation or pca */
  readonly kind?: string | undefined;
  /** of `correlation`: the largest |r| of two columns that stay */
  readonly limit?: number | undefined;
  /** of `correlation`: class or return */
  readonly against?: string | undefined;
  /** of `pca`: the share of variance to hold */
  readonly variance?: number | undefined;
}

/** What a training of the recipe on the stored bars would select, and why. */
export interface FeatureSelection {
  readonly recipe: string;
  /** those that gave rows */
  readonly symbols: readonly string[];
  /** whether the recipe selects like this when it trains; false where it takes all columns or selects otherwise */
  readonly inRecipe: boolean;
  readonly config: SelectionConfig;
  /** first and last decision of the training rows: nothing after them was read */
  readonly trainingRange: { readonly from: string; readonly to: string };
  readonly rows: number;
  readonly columns: number;
  /** what is left, or the components */
  readonly kept: readonly string[];
  /** with the reason, each number and what it was compared with */
  readonly selection: Selection;
}

/**
 * Fits the recipe's selection on the training part of its split, without training anything.
 * @throws UsageError for options that do not fit; DataError where bars are missing or too few
 */
export async function selectFeatures(
  context: PipelineContext,
  query: SelectQuery,
  onProgress?: OnProgress,
): Promise<FeatureSelection> {
  const recipe = recipeFor(applyProfile(await loadRecipe(query.recipe), "default"), query.symbol);
  const config = configOf(recipe, query);
  onProgress?.({ stage: "reading bars", done: 0, total: null, secondsLeft: null });
  const series = await recipeSeries(await workspaceOf(context), recipe, context.signal);
  onProgress?.({ stage: "features and labels", done: 0, total: null, secondsLeft: null });
  const { data, train, symbols } = trainingColumns(recipe, series);
  const selection = await fitSelection(config, data, { signal: context.signal, onProgress });
  return {
    recipe: recipe.name,
    symbols,
    inRecipe: JSON.stringify(recipe.selection) === JSON.stringify(config),
    config,
    trainingRange: { from: isoTime(train.from), to: isoTime(train.to) },
    rows: selection.rows,
    columns: selection.from.length,
    kept: selectedNames(selection),
    selection,
  };
}

/** The recipe's own way unless another is asked for; where it takes all columns, what the correlation would drop. */
function configOf(recipe: AnyRecipe, { kind, limit, against, variance }: SelectQuery): SelectionConfig {
  const asked = Object.entries({ limit, against, variance }).filter(([, value]) => value !== undefined);
  const own = kind === undefined || kind === recipe.selection?.kind ? recipe.selection : undefined;
  const base = own ?? { kind: kind ?? (variance === undefined ? "correlation" : "pca") };
  const parsed = SelectionConfig.safeParse({ ...base, ...Object.fromEntries(asked) });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === "unrecognized_keys")
    throw new UsageError(`selection.${issue.keys[0]}: this is no key of the kind '${base.kind}'`);
  throw new UsageError(`selection.${issue.path.join(".")}: ${issue.message}`);
}

function trainingColumns(
  recipe: AnyRecipe,
  { bars, context }: RecipeSeries,
): { data: SelectionData; train: SplitPart; symbols: readonly string[] } {
  if (isMultiTask(recipe)) {
    const { names, stack, outcomes, split } = sixHeadsData(recipe, bars, context);
    const labels = { class: outcomes.direction, return: outcomes.returns[0]! };
    const data = { names, columns: stack.features, rows: split.train.rows, labels };
    return { data, train: split.train, symbols: stack.symbols.map((s) => s.symbol) };
  }
  const { features, classes, returns, split } = labelledData(recipe, bars[0]!, context);
  const { names, columns } = features;
  const data = { names, columns, rows: split.train.rows, labels: { class: classes, return: returns } };
  return { data, train: split.train, symbols: recipe.universe.symbols };
}
