import { parse } from "yaml";
import { messageOf } from "../../core/errors.ts";
import type { AnyPart } from "../../core/parts.ts";
import { featureParts } from "../../features/index.ts";
import { labelParts } from "../../labels/index.ts";
import { metaParts } from "../../models/tabular/metaParts.ts";
import { tabularParts } from "../../models/tabular/tabularParts.ts";
import { trainingFault } from "../../models/training/trainingFault.ts";
import { RISK_RULES } from "../../risk/index.ts";
import { parseScanOptions, type ScanOptionsInput } from "../../signals/momentumScan/index.ts";
import { firstFault, partFault } from "../checkParts.ts";
import type { RecipeFault } from "../recipeFault.ts";
import { readRecipeFile } from "../recipeFile.ts";
import { hasStages, type Profile } from "../recipeSchema.ts";
import { parseRecipeYaml, schemaFault } from "../recipeYaml.ts";
import { type ScannerRecipe, type ScannerRecipeFile, ScannerRecipeSchema } from "./scannerSchema.ts";

/** Whether a recipe, by name or file, is one of stages. @throws UsageError when there is none */
export async function isScannerRecipe(nameOrFile: string): Promise<boolean> {
  const { text } = await readRecipeFile(nameOrFile);
  try {
    return hasStages(parse(text));
  } catch {
    // what is no YAML is told by whoever loads it
    return false;
  }
}

/**
 * Reads a recipe of stages by its name (`scanner`) or as a file.
 * @throws UsageError that names the file, the line and the key
 */
export async function loadScanner(nameOrFile: string): Promise<ScannerRecipeFile> {
  const { text, path } = await readRecipeFile(nameOrFile);
  return parseScanner(text, path);
}

export function parseScanner(text: string, place: string): ScannerRecipeFile {
  return parseRecipeYaml(text, place, (plain) => {
    if (!hasStages(plain))
      return {
        fault: {
          path: ["stack"],
          message: "is missing: a recipe that scans has a stack of models; ./orion scan --recipe scanner",
        },
      };
    const parsed = ScannerRecipeSchema.safeParse(plain);
    if (!parsed.success) return { fault: schemaFault(parsed.error) };
    const fault = partsFault(parsed.data) ?? trainingsFault(parsed.data);
    return fault ? { fault } : { value: parsed.data };
  });
}

function partsFault(recipe: ScannerRecipeFile): RecipeFault | undefined {
  const parts =
    (all: readonly AnyPart<unknown>[], at: readonly PropertyKey[]) => (spec: { kind: string }, i?: number) =>
      partFault(all, spec, i === undefined ? at : [...at, i]);
  const { timeframes, stack } = recipe;
  const fault =
    firstFault(recipe.features, parts(featureParts, ["features"])) ??
    firstFault(timeframes.features, parts(featureParts, ["timeframes", "features"])) ??
    parts(labelParts, ["label"])(recipe.label) ??
    parts(labelParts, ["timeframes", "label"])(timeframes.label) ??
    firstFault(Object.entries(stack.bases), ([name, spec]) =>
      partFault(tabularParts, spec, ["stack", "bases", name]),
    ) ??
    parts(metaParts, ["stack", "meta"])(stack.meta) ??
    firstFault(recipe.portfolio.risk, parts(RISK_RULES, ["portfolio", "risk"]));
  if (fault) return fault;
  if (Object.keys(stack.bases).length < 2)
    return { path: ["stack", "bases"], message: "a stack has two base models or more" };
  const [first] = recipe.universe.indices;
  if (recipe.universe.symbols?.includes(first))
    return {
      path: ["universe", "symbols"],
      message: `${first} is what the others are measured against: no candidate`,
    };
  try {
    parseScanOptions(recipe.scan as ScanOptionsInput);
  } catch (thrown) {
    return { path: ["scan"], message: messageOf(thrown).replace(/^scan[.:] ?/, "") };
  }
  return undefined;
}

function trainingsFault(recipe: ScannerRecipeFile): RecipeFault | undefined {
  for (const profile of ["full", "quick", "default"] as const) {
    const fault = trainingFault(scannerProfile(recipe, profile).timeframes.training);
    if (!fault) continue;
    const path = profile === "full" ? [] : ["profiles", profile];
    return { path: [...path, "timeframes", "training", fault.key], message: fault.message };
  }
  return undefined;
}

/** The recipe as a profile runs it; `full` is the recipe as written. */
export function scannerProfile(recipe: ScannerRecipeFile, profile: Profile): ScannerRecipe {
  const { profiles, ...base } = recipe;
  const changes = profile === "full" ? undefined : profiles[profile];
  const given = <T extends object>(values: T | undefined): Partial<T> =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
  const { training, ...timeframes } = changes?.timeframes ?? {};
  return {
    ...base,
    ...(changes?.everyBars === undefined ? {} : { everyBars: changes.everyBars }),
    timeframes: {
      ...base.timeframes,
      ...given(timeframes),
      training: { ...base.timeframes.training, ...given(training) },
    } as ScannerRecipe["timeframes"],
    stack: { ...base.stack, ...given(changes?.stack) } as ScannerRecipe["stack"],
  };
}
