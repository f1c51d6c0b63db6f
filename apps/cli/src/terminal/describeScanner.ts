import type { ScannerManifest } from "@orion/trade/recipe";
import { decimal, percent, table } from "./output.ts";

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** A trained recipe of stages in words: stages, and how it did on rows that nothing was fitted on. */
export function describeScanner(model: ScannerManifest): string {
  const { test, rows, ranges } = model;
  const { classification: c, signals } = test;
  const bounds = (i: { low: number; high: number } | null): string =>
    i ? `${decimal(i.low, 4)} to ${decimal(i.high, 4)}` : "–";
  return [
    `model ${model.id}, profile ${model.profile}: ${model.data.symbols.length} symbols, ${rows.train} training rows from ${day(ranges.train.from)} to ${day(ranges.train.to)}`,
    table(
      ["timeframe", "windows", "symbols", "candidates with a forecast", ""],
      model.timeframes.map((t) => [
        t.timeframe,
        String(t.windows),
        String(t.symbols),
        percent(t.covered, 1),
        t.net ? "" : (t.notes.at(-1) ?? ""),
      ]),
    ),
    `on ${test.rows} unseen candidates of ${test.days} days, ${day(ranges.test.from)} to ${day(ranges.test.to)}:`,
    table(
      ["", "log loss", "95 % interval", "right", "worse than the stack by"],
      test.ablation.map((a) => [
        a.what,
        decimal(a.loss, 4),
        bounds(a.interval),
        percent(a.accuracy, 1),
        `${decimal(a.worse, 4)} (${bounds(a.worseInterval)})`,
      ]),
    ),
    `balanced accuracy ${percent(c.balancedAccuracy, 1)} (${percent(c.balancedAccuracyInterval[0], 1)} to ${percent(c.balancedAccuracyInterval[1], 1)}), chance ${percent(1 / 3, 1)}`,
    `probability of BUY: Brier ${decimal(test.reliability.brier, 4)} (of the share alone ${decimal(test.reliability.brierOfShare, 4)}), expected calibration error ${percent(test.reliability.expectedError, 1)}`,
    signals.rows === 0
      ? "signals among them: none; the filter asks for more than these forecasts give"
      : `signals among them: ${signals.rows}, BUY was right ${signals.hits} times (${percent(signals.low, 0)} to ${percent(signals.high, 0)}), mean outcome ${percent(signals.meanReturn)}`,
    ...(model.failed === null ? [] : [`FAILED TRAINING: ${model.failed}`]),
  ].join("\n");
}
