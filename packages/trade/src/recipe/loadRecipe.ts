import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { messageOf, UsageError } from "../core/errors.ts";
import { trainingFault } from "../models/training/trainingFault.ts";
import { partsFault } from "./checkParts.ts";
import type { RecipeFault } from "./recipeFault.ts";
import {
  type AnyRecipe,
  type AnyRecipeFile,
  asksForSixHeads,
  isMultiTask,
  MultiTaskRecipeSchema,
  type Profile,
  type Recipe,
  RecipeSchema,
} from "./recipeSchema.ts";
import { withUniverse } from "./recipeUniverse.ts";

const houseFolder = fileURLToPath(new URL("../../../../recipes/", import.meta.url));

/** Names of the recipes that come with Orion. */
export async function listRecipes(): Promise<string[]> {
  const files = await readdir(houseFolder);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/**
 * Reads a recipe by its name (`orionquant`) or as a file (`./mine.yaml`).
 * @throws UsageError that names the file, the line and the key
 */
export async function loadRecipe(nameOrFile: string): Promise<AnyRecipeFile> {
  const isName = /^[a-z0-9][a-z0-9-]{0,59}$/.test(nameOrFile);
  if (!isName && !/\.ya?ml$/.test(nameOrFile)) {
    throw new UsageError(
      `recipe '${nameOrFile}': give a name (${(await listRecipes()).join(", ")}) or a .yaml file`,
    );
  }
  const path = isName ? join(houseFolder, `${nameOrFile}.yaml`) : nameOrFile;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    throw new UsageError(
      isName
        ? `there is no recipe '${nameOrFile}'; choose one of ${(await listRecipes()).join(", ")}, or give a .yaml file`
        : `recipe file ${path} cannot be read; check the path`,
    );
  }
  return withUniverse(parseRecipe(text, path), path);
}

/** Parses a recipe's YAML; its label's kind says which shape it has to have. `place` names it in errors. */
export function parseRecipe(text: string, place: string): AnyRecipeFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const slip = document.errors[0];
  if (slip) {
    throw new UsageError(
      `${place}:${lines.linePos(slip.pos[0]).line}: ${messageOf(slip).split(" at line")[0]}`,
    );
  }
  const plain = plainOf(document, place);
  const parsed = asksForSixHeads(plain)
    ? MultiTaskRecipeSchema.safeParse(plain)
    : RecipeSchema.safeParse(plain);
  const fault = parsed.success
    ? (partsFault(parsed.data) ?? trainingsFault(parsed.data))
    : schemaFault(parsed.error);
  if (parsed.success && !fault) return parsed.data;
  const { path, message, unknownKey } = fault!;
  const keys = unknownKey === undefined ? path : [...path, unknownKey];
  const line = lineOf(document, lines, keys);
  const what =
    unknownKey === undefined ? message : "this key is not known; remove it or correct its spelling";
  throw new UsageError(
    `${place}${line > 0 ? `:${line}` : ""}: ${keys.map(String).join(".") || "recipe"}: ${what}`,
  );
}

function plainOf(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    // aliases that refer to nothing, or to more than any recipe can hold
    throw new UsageError(`${place}: ${messageOf(thrown)}`, { cause: thrown });
  }
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

function schemaFault(error: z.ZodError): RecipeFault {
  // a misspelt key is also a missing one: the spelling is what has to be mended
  const issue = error.issues.find((i) => i.code === "unrecognized_keys") ?? error.issues[0]!;
  return {
    path: issue.path,
    message: issue.message,
    ...(issue.code === "unrecognized_keys" ? { unknownKey: issue.keys[0]! } : {}),
  };
}

/** The line of a key, or of the nearest one around it that was written; 0 when there is none. */
function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const around = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const last = keys[depth - 1];
    const node = isMap(around)
      ? around.items.find((pair) => isScalar(pair.key) && pair.key.value === last)?.key
      : isSeq(around)
        ? around.items[Number(last)]
        : undefined;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 0;
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
