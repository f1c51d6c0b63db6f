import { DataError, UsageError } from "../core/errors.ts";
import { canonicalJson } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { columnNames, type Selection } from "../features/index.ts";
import { type NamedParameters, readParameters } from "../models/index.ts";
import type { SplitPart } from "../models/validation/index.ts";
import type { Workspace } from "../store/index.ts";
import { featuresOf } from "./dataset.ts";
import { GRAPH_FILE, hasSixHeads, type ParentRecord } from "./modelManifest.ts";
import { readGraph, readModelManifest } from "./modelShelf.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";

/** A stored model whose weights a training starts from. */
export interface ParentModel {
  readonly record: ParentRecord;
  readonly weights: NamedParameters;
  /** the columns that its weights read, where it was given a choice of them */
  readonly selection?: Selection | undefined;
  /** ms UTC: the first and last moment that its weights have seen */
  readonly seen: { readonly from: number; readonly to: number };
}

/**
 * Opens the model that a recipe is to go on from.
 * @throws UsageError that names what differs: the kind of forecast, the network, the window, the features, the label's tasks
 */
export async function parentModel(
  workspace: Workspace,
  recipe: AnyRecipe,
  id: string,
  freezeEncoder: boolean,
): Promise<ParentModel> {
  const manifest = await readModelManifest(workspace, id);
  const refuse = (what: string): never => {
    throw new UsageError(`model ${id} cannot be gone on from: ${what}`);
  };
  const { recipe: theirs } = manifest;
  if (hasSixHeads(manifest) !== isMultiTask(recipe))
    refuse(`it and recipe '${recipe.name}' do not make the same kind of forecast (label)`);
  if (!hasSixHeads(manifest) && manifest.net.ensemble)
    refuse("it is an ensemble, and one network starts from one network's weights: name a model of one");
  if ("ensemble" in recipe && recipe.ensemble !== undefined)
    refuse(
      "members of an ensemble that all start from the same weights would hardly differ, and their spread would tell nothing: remove 'ensemble' from the recipe",
    );
  if ("meta" in recipe && recipe.meta !== undefined)
    refuse("the recipe's 'meta' makes first weights of its own: remove it, or do without --from-model");
  const { window: ownWindow, ...own } = recipe.model;
  const { window: theirWindow, ...their } = manifest.net.network;
  if (own.kind !== their.kind) refuse(`its network is ${their.kind}, the recipe's ${own.kind}`);
  if (ownWindow !== theirWindow)
    refuse(`its window is ${theirWindow} bars, the recipe's ${ownWindow} (model.window)`);
  const key = Object.keys({ ...own, ...their }).find(
    (name) => canonicalJson([Reflect.get(own, name)]) !== canonicalJson([Reflect.get(their, name)]),
  );
  if (key !== undefined)
    refuse(
      `its network has ${key} ${canonicalJson(Reflect.get(their, key)) ?? "unset"}, the recipe's ${canonicalJson(Reflect.get(own, key)) ?? "unset"} (model.${key})`,
    );
  if (canonicalJson(theirs.features) !== canonicalJson(recipe.features) || !hasItsColumns())
    refuse(
      `its features are ${kinds(theirs)} and its columns ${columnNames(manifest.net).length}, the recipe's features ${kinds(recipe)}: they have to be the same`,
    );
  for (const key of ["scaling", "selection"] as const) {
    const [its, own] = [theirs[key], recipe[key]].map((part) => (part ? withoutClip(part) : "none"));
    if (its !== own)
      refuse(`its ${key} is ${its}, the recipe's ${own} (${key}): its weights read other inputs`);
  }
  if (isMultiTask(theirs) && isMultiTask(recipe)) {
    if (theirs.universe.context.join() !== recipe.universe.context.join())
      refuse("its context symbols are others than the recipe's (universe.context)");
    if (canonicalJson(theirs.label) !== canonicalJson(recipe.label))
      refuse("its tasks are others than the recipe's (label)");
  }
  return {
    record: { id, sha256: manifest.files[GRAPH_FILE]!.sha256, how: "transfer", frozenEncoder: freezeEncoder },
    weights: readParameters(await readGraph(workspace, id)),
    selection: manifest.net.selection,
    seen: manifest.seen,
  };

  // six heads see context beside the features' own columns: those are told apart by the recipes' context
  function hasItsColumns(): boolean {
    const columns = featuresOf(recipe).flatMap((f) => f.columns);
    return isMultiTask(recipe) || columns.join() === columnNames(manifest.net).join();
  }
}

/** How inputs are made, but for the clip: it changes none but extremes. */
function withoutClip({ clip: _clip, ...part }: { readonly kind: string; readonly clip?: number }): string {
  return canonicalJson(part).replace(/[{}"]/g, "");
}

const kinds = (recipe: AnyRecipe): string =>
  recipe.features.map((f) => canonicalJson(f).replace(/[{}"]/g, "")).join(" + ");

/** What weights and thresholds have seen together: a part of it that another market showed is known here as well. */
export function seenWith(
  own: { readonly from: number; readonly to: number },
  parent: Pick<ParentModel, "seen"> | undefined,
): { from: number; to: number } {
  if (!parent) return { from: own.from, to: own.to };
  return { from: Math.min(own.from, parent.seen.from), to: Math.max(own.to, parent.seen.to) };
}

/**
 * The test rows that lie behind all that the parent has seen. Markets move together: a parent of another symbol that was
 * trained up to May has seen what moved this one in April.
 * @throws DataError when none is left
 */
export function unseenTest(
  test: SplitPart,
  closeTime: Float64Array,
  parent: ParentModel | undefined,
): SplitPart {
  if (!parent) return test;
  const { to } = parent.seen;
  const rows = test.rows.filter((row) => closeTime[row]! > to);
  if (rows.length === 0)
    throw new DataError(
      `model ${parent.record.id} has seen prices up to ${isoTime(to)}, and the test rows end at ${isoTime(test.to)}: import later bars, or go on from a model that was trained on earlier ones`,
    );
  return {
    ...test,
    rows,
    from: rows.reduce((least, row) => Math.min(least, closeTime[row]!), Number.POSITIVE_INFINITY),
  };
}
