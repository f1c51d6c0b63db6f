import type { Classification, ModelSummary } from "@orion/trade/wire";
import { decimal, percent, table } from "./output.ts";

/** A model in words: what it was trained on, and how it does on rows that it has not seen. */
export function describeModel(model: ModelSummary): string {
  return [
    `model ${model.id}  (${model.recipe}, profile ${model.profile})`,
    `${model.symbol} ${model.timeframe}, ${model.parameters.toLocaleString("en")} parameters, ${model.epochs} epochs of ${model.windows} windows, ${model.windowsPerSecond.toFixed(0)} windows/s, ${model.gflops.toFixed(0)} GFLOP/s`,
    `trained ${model.trainingRange.from} to ${model.trainingRange.to}; tested ${model.testRange.from} to ${model.testRange.to}`,
    `sha256 ${model.sha256}`,
    "",
    describeClassification(model.test),
    ...(model.failed === null ? [] : ["", `FAILED: ${model.failed}`]),
  ].join("\n");
}

function describeClassification(c: Classification): string {
  const [low, high] = c.balancedAccuracyInterval;
  return [
    `test rows ${c.n}: balanced accuracy ${percent(c.balancedAccuracy)} (95 %: ${percent(low)} to ${percent(high)}; chance ${percent(1 / c.classes.length)}), macro F1 ${decimal(c.macroF1, 3)}`,
    `accuracy ${percent(c.accuracy)}; always saying the most frequent class: ${percent(c.majorityAccuracy)}`,
    table(
      ["truth \\ said", ...c.classes, "share", "average precision"],
      c.classes.map((name, i) => [
        name,
        ...c.confusion[i]!.map(String),
        percent(c.baseRates[name] ?? null),
        decimal(c.averagePrecision[name] ?? null, 4),
      ]),
    ),
  ].join("\n");
}
