import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../core/errors.ts";

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
 * The text of a recipe, by its name (`orionquant`) or as a file (`./mine.yaml`), and where it lies.
 * @throws UsageError that says which recipes there are
 */
export async function readRecipeFile(nameOrFile: string): Promise<{ text: string; path: string }> {
  const isName = /^[a-z0-9][a-z0-9-]{0,59}$/.test(nameOrFile);
  if (!isName && !/\.ya?ml$/.test(nameOrFile)) {
    throw new UsageError(
      `recipe '${nameOrFile}': give a name (${(await listRecipes()).join(", ")}) or a .yaml file`,
    );
  }
  const path = isName ? join(houseFolder, `${nameOrFile}.yaml`) : nameOrFile;
  try {
    return { text: await readFile(path, "utf8"), path };
  } catch {
    throw new UsageError(
      isName
        ? `there is no recipe '${nameOrFile}'; choose one of ${(await listRecipes()).join(", ")}, or give a .yaml file`
        : `recipe file ${path} cannot be read; check the path`,
    );
  }
}
