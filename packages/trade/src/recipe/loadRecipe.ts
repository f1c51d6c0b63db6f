import { UsageError } from "../core/errors.ts";
import { trainingFault } from "../models/training/trainingFault.ts";
import { partsFault } from "./checkParts.ts";
import type { RecipeFault } from "./recipeFault.ts";
import { readRecipeFile } from "./recipeFile.ts";
import {
  type AnyRecipe,
  type AnyRecipeFile,
  asksForSixHeads,
  hasStages,
  isMultiTask,
  MultiTaskRecipeSchema,
  type Profile,
  type Recipe,
  RecipeSchema,
} from "./recipeSchema.ts";
import { withUniverse } from "./recipeUniverse.ts";
import { parseRecipeYaml, schemaFault } from "./recipeYaml.ts";

export { listRecipes } from "./recipeFile.ts";

/**
 * Reads a recipe by its name (`orionquant`) or as a file (`./mine.yaml`).
 * @throws UsageError that names the file, the line and the key
 */
export async function loadRecipe(nameOrFile: string): Promise<AnyRecipeFile> {
  const { text, path } = await readRecipeFile(nameOrFile);
  return withUniverse(parseRecipe(text, path), path);
}

/** Parses a recipe's YAML; its label's kind says which shape it has to have. `place` names it in errors. */
export function parseRecipe(text: string, place: string): AnyRecipeFile {
  return parseRecipeYaml(text, place, (plain) => {
    const stages = stagesFault(plain);
    if (stages) return { fault: stages };
    const parsed = asksForSixHeads(plain)
      ? MultiTaskRecipeSchema.safeParse(plain)
      : RecipeSchema.safeParse(plain);
    if (!parsed.success) return { fault: schemaFault(parsed.error) };
    const fault = partsFault(parsed.data) ?? trainingsFault(parsed.data);
    return fault ? { fault } : { value: parsed.data };
  });
}

/** A recipe of stages is read by `loadScanner`: what asks for one network finds none in it. */
function stagesFault(plain: unknown): RecipeFault | undefined {
  if (!hasStages(plain)) return undefined;
  return {
    path: ["stack"],
    message:
      "this recipe scans many symbols in stages, which this command does not know: take train, scan, backtest or audit, and features build --set for its columns",
  };
}

/** The first key of the training, or of a profile's, that does not fit the others. */
function trainingsFault(recipe: AnyRecipeFile): RecipeFault | undefined {
  for (const profile of ["full", "quick", "default"] as const) {
    const fault = trainingFault(applyProfile(recipe, profile).training);
    if (!fault) continue;
    const path = profile === "full" ? [] : ["profiles", profile];
    return { path: [...path, "training", fault.key], message: fault.message };
  }
  return undefined;
}

/** The recipe as a profile runs it; `full` is the recipe as written. */
export function applyProfile(recipe: AnyRecipeFile, profile: Profile): AnyRecipe {
  const { profiles, ...base } = recipe;
  const changes: { training?: object | undefined; decision?: object | undefined } | undefined =
    profile === "full" ? undefined : profiles[profile];
  const given = (values: object | undefined) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([, v]) => v !== undefined));
  return {
    ...base,
    training: { ...base.training, ...given(changes?.training) },
    ...("decision" in base ? { decision: { ...base.decision, ...given(changes?.decision) } } : {}),
  } as AnyRecipe;
}

/**
 * A recipe that trades one symbol by a signal.
 * @throws UsageError for one of six heads, saying what it cannot be used for
 */
export function signalRecipe(recipe: AnyRecipe, purpose: string): Recipe {
  if (!isMultiTask(recipe)) return recipe;
  throw new UsageError(
    `recipe '${recipe.name}' forecasts six tasks of ${recipe.universe.symbols.length} symbols: ${purpose} needs a recipe that trades one symbol by a signal, such as orionquant`,
  );
}
