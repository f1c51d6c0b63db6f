import type { ComparedModel, Comparison } from "@orion/trade/recipe";
import { decimal, percent, table } from "./output.ts";

type Bounds = readonly [number, number] | null;

/** Models beside each other: test figures, size and speed, and which one the rule chooses. */
export function describeComparison({ models, groups, comparable, rule, choice }: Comparison): string {
  const within = (interval: Bounds, digits = 3): string =>
    interval === null ? "–" : `${decimal(interval[0], digits)} to ${decimal(interval[1], digits)}`;
  const share = (interval: Bounds): string =>
    interval === null ? "–" : `${percent(interval[0])} to ${percent(interval[1])}`;
  const [first] = models;
  const { speed } = first!;
  const lines = [
    "test rows (six heads: their direction)",
    table(
      [
        "model",
        "network",
        "rows",
        "log loss",
        "95 %",
        "balanced acc.",
        "95 %",
        "macro F1",
        "95 %",
        "avg. precision",
      ],
      models.map(({ id, network, test, failed }) => [
        failed === null ? id : `${id} (FAILED)`,
        network,
        String(test.n),
        decimal(test.logLoss, 4),
        within(test.logLossInterval),
        percent(test.balancedAccuracy),
        share(test.balancedAccuracyInterval),
        decimal(test.macroF1, 3),
        within(test.macroF1Interval),
        averagePrecision(test),
      ]),
    ),
    "",
    `size and speed, measured now on ${speed.machine}, ${speed.threads} threads`,
    table(
      ["model", "parameters", "file", "load", "p50, 1 window", "p99", "runs", "windows/s, batch 256", "runs"],
      models.map((m) => [
        m.id,
        m.parameters.toLocaleString("en"),
        `${(m.onnxBytes / 1e6).toFixed(2)} MB`,
        `${m.speed.loadSeconds.toFixed(2)} s`,
        `${m.speed.latency.p50Ms.toFixed(2)} ms`,
        `${m.speed.latency.p99Ms.toFixed(2)} ms`,
        String(m.speed.latency.runs),
        m.speed.throughput.windowsPerSecond.toFixed(0),
        String(m.speed.throughput.runs),
      ]),
    ),
    ...models.flatMap(({ id, note }) => (note === null ? [] : [`${id}: ${note}`])),
  ];
  if (!comparable)
    lines.push(
      "",
      `NOT COMPARABLE: these models were tested on ${groups.length} different sets of rows; figures of different sets say nothing about which model is better`,
    );
  for (const { differences, models: ids, choice: own } of groups) {
    if (ids.length === 1) continue;
    lines.push("");
    if (!comparable) lines.push(`the same rows: ${ids.join(", ")}`);
    if (differences.length > 0)
      lines.push(
        table(
          ["log loss on the test rows", "less that of", "difference", "95 %", "rows", "block"],
          differences.map((d) => [
            d.model,
            d.against,
            decimal(d.difference, 4),
            within(d.interval, 4),
            String(d.n),
            String(d.block),
          ]),
        ),
        `intervals: paired circular block bootstrap, ${differences[0]!.draws} draws`,
      );
    if (!comparable && own) lines.push(`chosen: ${own.model}: ${own.reason}`);
  }
  if (choice) lines.push("", `chosen: ${choice.model}: ${choice.reason}`);
  lines.push(`rule: ${rule}`);
  return lines.join("\n");
}

function averagePrecision({ averagePrecision: all }: ComparedModel["test"]): string {
  return Object.entries(all)
    .map(([name, value]) => `${name} ${decimal(value, 3)}`)
    .join(" ");
}
