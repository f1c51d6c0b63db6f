import { readFile } from "node:fs/promises";
import { UsageError } from "../../core/errors.ts";
import { SearchSpace } from "../../models/search/searchSpace.ts";
import { parseRecipeYaml, schemaFault } from "../recipeYaml.ts";

/**
 * Reads what is to be searched: one option a key, such as `maxDepth: { kind: int, low: 2, high: 6 }`; kinds are uniform,
 * logUniform, int (with `log: true` by order of magnitude) and choice (`values: [...]`).
 * @throws UsageError that names the file, the line and the key
 */
export async function readTuneSpace(path: string): Promise<SearchSpace> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`space file ${path} cannot be read; check the path`);
  });
  return parseTuneSpace(text, path);
}

export function parseTuneSpace(text: string, place: string): SearchSpace {
  return parseRecipeYaml(text, place, (plain) => {
    const parsed = SearchSpace.safeParse(plain);
    return parsed.success ? { value: parsed.data } : { fault: schemaFault(parsed.error) };
  });
}
