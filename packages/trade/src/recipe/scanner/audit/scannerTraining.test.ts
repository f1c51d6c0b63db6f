import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256 } from "../../../core/hash.ts";
import { openWorkspace, writeBars } from "../../../store/index.ts";
import { GRAPH_FILE } from "../../modelManifest.ts";
import { scannerBars } from "../scannerBars.ts";
import { timeframeParts } from "../timeframeRows.ts";
import { baseFile, timeframeFile, trainScanner } from "../trainScanner.ts";
import { scannerPipeline } from "./scannerPipeline.ts";
import { scannerRows, trainStages } from "./scannerTraining.ts";
import { madeStagesBars, madeStagesRecipe } from "./testing/madeStages.ts";

test("what the audit trains is what the recipe trains, file by file", async () => {
  const made = madeStagesRecipe();
  const recipe = { ...made, scan: { ...made.scan, top: 3 } };
  const folder = await mkdtemp(join(tmpdir(), "orion-stages-"));
  try {
    const workspace = await openWorkspace(folder);
    for (const { symbol, sources } of madeStagesBars(600).sources) {
      for (const { timeframe, bars } of sources)
        await writeBars(workspace, { symbol, market: "stock", timeframe, source: "made up" }, bars);
    }
    const { files } = await trainScanner({ workspace: folder, now: () => 0 }, recipe, { profile: "full" });
    const bars = await scannerBars(workspace, recipe);
    const pipeline = scannerPipeline(recipe);
    const known = scannerRows(pipeline, bars, pipeline.candidates(bars));
    const { nets, stack } = await trainStages(pipeline, bars, known, {
      parts: timeframeParts(recipe),
      features: await pipeline.features(bars, known.rows),
      risk: await pipeline.risk(bars, known.rows),
      seed: recipe.seed,
      isWatched: true,
    });
    const { meta, ...bases } = stack.stack.files();
    const told = {
      [GRAPH_FILE]: sha256(meta!),
      ...Object.fromEntries(Object.entries(bases).map(([name, onnx]) => [baseFile(name), sha256(onnx)])),
      ...Object.fromEntries(
        nets.flatMap(({ timeframe, fit }) => (fit ? [[timeframeFile(timeframe), sha256(fit.onnx)]] : [])),
      ),
    };
    await stack.stack.close();
    expect(told).toEqual(
      Object.fromEntries(Object.entries(files).map(([name, file]) => [name, file.sha256])),
    );
    expect(Object.keys(told)).toContain(timeframeFile("1d"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
