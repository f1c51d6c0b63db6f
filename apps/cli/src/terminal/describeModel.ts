import type { Classification, ModelSummary, RankingReport, TaskReports } from "@orion/trade/wire";
import { decimal, percent, table } from "./output.ts";

/** A model in words: what it was trained on, and how it does on rows that it has not seen. */
export function describeModel(model: ModelSummary): string {
  return [
    `model ${model.id}  (${model.recipe}, profile ${model.profile})`,
    `${symbolsOf(model)} ${model.timeframe}, ${model.network === undefined ? "" : `${model.network}, `}${model.parameters.toLocaleString("en")} parameters, ${model.epochs} epochs of ${model.windows} windows, ${model.windowsPerSecond.toFixed(0)} windows/s, ${model.gflops.toFixed(0)} GFLOP/s`,
    `trained ${model.trainingRange.from} to ${model.trainingRange.to}; tested ${model.testRange.from} to ${model.testRange.to}`,
    `sha256 ${model.sha256}`,
    ...(model.members === undefined ? [] : [`ensemble of ${model.members} networks`]),
    ...(model.parent === undefined
      ? []
      : [
          `${model.parent.how === "update" ? "updated" : "started"} from the weights of ${model.parent.id}${model.parent.frozenEncoder ? ", its encoder kept" : ""}`,
        ]),
    `validation loss ${decimal(model.lossBefore, 4)} untrained, ${decimal(model.lossAfter, 4)} trained`,
    ...(model.dropped ?? []).map((d) => `left out ${d.symbol}: ${d.reason}`),
    "",
    model.tasks === undefined ? describeClassification(model.test) : describeTasks(model.tasks),
    ...(model.failed === null ? [] : ["", `FAILED: ${model.failed}`]),
  ].join("\n");
}

function symbolsOf({ symbol, symbols = [symbol] }: ModelSummary): string {
  return symbols.length > 6
    ? `${symbols.slice(0, 5).join(", ")} and ${symbols.length - 5} more`
    : symbols.join(", ");
}

function describeTasks(tasks: TaskReports): string {
  const within = (interval: readonly [number, number] | null): string =>
    interval === null ? "–" : `${decimal(interval[0], 3)} to ${decimal(interval[1], 3)}`;
  const ranking = (name: string, r: RankingReport): string[] => [
    name,
    String(r.n),
    decimal(r.rankCorrelation, 3),
    within(r.interval),
    decimal(r.baselineRankCorrelation, 3),
  ];
  const { confidence } = tasks;
  return [
    `test of ${tasks.days} days (${decimal(tasks.effectiveDays, 1)} without overlap at the longest horizon)`,
    table(
      ["return ahead", "rows", "correlation", "95 %", "RMSE", "saying 0", "skill", "95 %"],
      tasks.returns.map((r) => [
        `${r.horizonBars} bar${r.horizonBars === 1 ? "" : "s"}`,
        String(r.n),
        decimal(r.correlation, 3),
        within(r.correlationInterval),
        percent(r.rmse),
        percent(r.zeroRmse),
        decimal(r.skill, 3),
        within(r.skillInterval),
      ]),
    ),
    "",
    table(
      ["head", "rows", "rank correlation", "95 %", "of past volatility"],
      [ranking("volatility", tasks.volatility), ranking("risk", tasks.risk)],
    ),
    ...(confidence === null
      ? []
      : [
          "",
          `confidence: Brier ${decimal(confidence.brier, 4)}, of the base rate ${decimal(confidence.baseBrier, 4)}, skill ${decimal(confidence.skill, 3)} (95 %: ${within(confidence.skillInterval)}); the direction was right on ${percent(confidence.rightShare)} of ${confidence.n} rows`,
        ]),
    "",
    "direction:",
    describeClassification(tasks.direction),
    "",
    "position:",
    describeClassification(tasks.position),
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
