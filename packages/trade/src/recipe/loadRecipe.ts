import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LineCounter, parseDocument } from "yaml";
import { messageOf, UsageError } from "../core/errors.ts";
import { type Profile, type Recipe, type RecipeFile, RecipeSchema } from "./recipeSchema.ts";

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
export async function loadRecipe(nameOrFile: string): Promise<RecipeFile> {
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
  return parseRecipe(text, path);
}

/** Parses a recipe's YAML. `place` names it in errors. */
export function parseRecipe(text: string, place: string): RecipeFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = document.errors[0];
  if (fault) {
    throw new UsageError(
      `${place}:${lines.linePos(fault.pos[0]).line}: ${messageOf(fault).split(" at line")[0]}`,
    );
  }
  const parsed = RecipeSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const unknownKey = issue.code === "unrecognized_keys" ? issue.keys[0]! : undefined;
  const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  let line = 0;
  for (let depth = path.length; depth > 0 && line === 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) line = lines.linePos(node.range[0]).line;
  }
  const what =
    unknownKey === undefined ? issue.message : "this key is not known; remove it or correct its spelling";
  throw new UsageError(`${place}${line > 0 ? `:${line}` : ""}: ${path.join(".") || "recipe"}: ${what}`);
}

/** The recipe as a profile runs it; `full` is the recipe as written. */
export function applyProfile(recipe: RecipeFile, profile: Profile): Recipe {
  const { profiles, ...base } = recipe;
  const changes = profile === "full" ? undefined : profiles[profile];
  const given = <T extends object>(values: T | undefined): Partial<T> =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
  return {
    ...base,
    training: { ...base.training, ...given(changes?.training) } as Recipe["training"],
    decision: { ...base.decision, ...given(changes?.decision) } as Recipe["decision"],
  };
}
