import { isoTime } from "../../core/time.ts";
import type { ModelSummary } from "../../wire/training.ts";
import { GRAPH_FILE } from "../modelManifest.ts";
import type { ScannerManifest } from "./scannerManifest.ts";

/**
 * What lists show of a model of stages. Its parameters are those of the timeframe networks; its losses are log losses on the test
 * rows: of one who knows the classes' shares alone, and of the stack.
 */
export function scannerSummary(manifest: ScannerManifest): ModelSummary {
  const range = (r: { from: number; to: number }) => ({ from: isoTime(r.from), to: isoTime(r.to) });
  const loss = (what: string): number => manifest.test.ablation.find((line) => line.what === what)?.loss ?? 0;
  const symbols = manifest.data.symbols.map(({ symbol }) => symbol);
  return {
    id: manifest.id,
    recipe: manifest.recipe.name,
    profile: manifest.profile,
    createdAt: isoTime(manifest.savedAt),
    symbol: symbols[0]!,
    symbols,
    timeframe: manifest.recipe.universe.timeframe,
    network: `stack of ${manifest.stack.members.length}`,
    parameters: manifest.timeframes.reduce((sum, { net }) => sum + (net?.parameters ?? 0), 0),
    sha256: manifest.files[GRAPH_FILE]?.sha256 ?? "",
    trainingRange: range(manifest.ranges.train),
    validationRange: range(manifest.ranges.validation),
    testRange: range(manifest.ranges.test),
    epochs: manifest.recipe.timeframes.training.epochs,
    windows: manifest.timeframes.reduce((sum, { windows }) => sum + windows, 0),
    windowsPerSecond: 0,
    gflops: 0,
    lossBefore: loss("naive"),
    lossAfter: loss("stack"),
    test: manifest.test.classification,
    failed: manifest.failed,
  };
}
