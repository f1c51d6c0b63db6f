import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { sliceBars } from "../../market/bars.ts";
import { openWorkspace, readBarFile, SAMPLE_KEY, samplePath, writeBars } from "../../store/index.ts";
import type { PipelineContext } from "../pipelineContext.ts";

/** Real bars of March 2023, when prices moved: enough for the features' memory and three parts with all classes. */
export const tinyBars = { from: 18_000, to: 24_000 };

/** A fixed clock, some hours after the last of the bars. */
export const tinyNow = Date.UTC(2023, 3, 1);

export interface TinyWorkspace extends PipelineContext {
  /** the recipe's file */
  readonly recipe: string;
  dispose(): Promise<void>;
}

/**
 * The house's own recipe with a network of a few hundred weights, two short epochs and a threshold that gives all classes
 * within a few thousand bars. `changes` win over it, one level deep.
 */
export async function tinyRecipe(changes: Record<string, object> = {}): Promise<string> {
  const house = parse(
    await readFile(new URL("../../../../../recipes/orionquant.yaml", import.meta.url), "utf8"),
  );
  const tiny: Record<string, object> = {
    label: { threshold: { kind: "fixed", value: 0.001 } },
    split: { embargoBars: 16 },
    model: { window: 16, width: 8, heads: 2, blocks: 1, feedForward: 16 },
    training: { epochs: 2, batch: 32, learningRate: 0.003, warmupSteps: 5 },
    decision: { everyBars: 1, minTrades: 5 },
  };
  delete house.profiles;
  for (const part of [tiny, changes]) {
    for (const [key, value] of Object.entries(part)) house[key] = { ...house[key], ...value };
  }
  return stringify({ ...house, name: "tiny" });
}

/** A workspace of its own with bars cut from the sample, and the tiny recipe beside it. */
export async function tinyWorkspace(changes?: Record<string, object>): Promise<TinyWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "orion-recipe-"));
  const workspace = join(folder, "workspace");
  const recipe = join(folder, "tiny.yaml");
  await writeFile(recipe, await tinyRecipe(changes));
  const { bars } = await readBarFile(samplePath(), "bars");
  await writeBars(
    await openWorkspace(workspace),
    { ...SAMPLE_KEY, source: "sample" },
    sliceBars(bars, tinyBars.from, tinyBars.to),
  );
  return {
    workspace,
    recipe,
    now: () => tinyNow,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
