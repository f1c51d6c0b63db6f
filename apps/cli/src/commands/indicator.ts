import { type Command, InvalidArgumentError, Option } from "commander";
import { sessionOf } from "../session.ts";
import { answer, table } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

interface IndicatorOptions {
  in?: string;
  set?: string;
  list?: boolean;
  symbol?: string;
  timezone?: string;
  timeframe?: string;
  stamp: "start" | "end";
}

const rowsShown = 10;

export function addIndicator(program: Command): void {
  program
    .command("indicator")
    .argument("[name]", "such as rsi, macd, ichimoku; --list names all")
    .description("One technical indicator over the bars of a CSV file, or --list: all of them.")
    .option("--in <file>", "CSV of bars, plain or gzip: a time column and what the indicator reads")
    .option("--set <params>", "parameters, such as period=14 or fast=12,slow=26; may be repeated", joined)
    .option("--list", "every indicator with formula, source, parameters and outputs")
    .option("--symbol <symbol>", "which symbol, where the file has a symbol column")
    .option("--timeframe <t>", "length of a bar, such as 5m: times must lie on its grid")
    .option("--timezone <zone>", "zone of times that name none, such as America/New_York", "UTC")
    .addOption(
      new Option("--stamp <which>", "whether times are the start or the end of a bar")
        .choices(["start", "end"])
        .default("start"),
    )
    .addHelpText(
      "after",
      `
The header names a time column ts (ms), timestamp, datetime or date, and the columns that the indicator reads (open, high, low, close,
volume, ...) in any case. With --json: {"name", "params", "time": [...], "outputs": {"...": [...]}}, one value for each row of the
file, null in the warm-up, time as the file stamps it, in UTC.

Examples:
  ./orion indicator --list
  ./orion indicator rsi --in BTCUSDT_5m.csv.gz --set period=14
  ./orion indicator macd --in panel.csv --symbol AAPL --set fast=8,slow=21,signal=5 --json`,
    )
    .action(async (name: string | undefined, options: IndicatorOptions, command: Command) => {
      const session = sessionOf(command);
      const { listIndicators, runIndicator } = await import("@orion/trade/recipe");
      const { UsageError } = await import("@orion/trade/core");
      if (options.list) {
        if (name !== undefined || options.in !== undefined) {
          throw new UsageError("--list shows all indicators: leave the name and --in out");
        }
        const docs = listIndicators();
        answer(session, docs, () => docs.map(describe).join("\n"));
        return;
      }
      if (name === undefined) throw new UsageError("say which indicator, such as rsi; --list names all");
      if (options.in === undefined)
        throw new UsageError(`say which file ${name} is to read, with --in FILE.csv`);
      const { in: file, set: settings, symbol, timezone, timeframe, stamp } = options;
      const bar = progressBar();
      const started = performance.now();
      try {
        const run = await runIndicator({
          name,
          file,
          stamp,
          signal: session.stop,
          ...(settings === undefined ? {} : { settings }),
          ...(symbol === undefined ? {} : { symbol }),
          ...(timezone === undefined ? {} : { timezone }),
          ...(timeframe === undefined ? {} : { timeframe }),
          onBytes: (done, total) => {
            const seconds = (performance.now() - started) / 1000;
            if (seconds < 1) return;
            bar.update({ stage: "reading", done, total, secondsLeft: (seconds * (total - done)) / done });
          },
        });
        bar.stop();
        answer(session, run, () => {
          const names = Object.keys(run.outputs);
          const from = Math.max(0, run.time.length - rowsShown);
          const rows = run.time.slice(from).map((time, i) => [
            time,
            ...names.map((output) => {
              const value = run.outputs[output]![from + i];
              return value === null || value === undefined ? "–" : String(Number(value.toPrecision(10)));
            }),
          ]);
          const params = Object.entries(run.params).map(([key, value]) => `${key}=${String(value)}`);
          return [
            `${run.name} ${params.join(", ")}`.trim(),
            table(["time (UTC)", ...names], rows),
            `the last ${rows.length} of ${run.time.length} rows; --json gives all`,
          ].join("\n");
        });
      } finally {
        bar.stop();
      }
    });
}

function joined(text: string, before: string | undefined): string {
  if (text.trim() === "") throw new InvalidArgumentError("--set wants name=value, such as period=14");
  return before === undefined ? text : `${before},${text}`;
}

interface Doc {
  family: string;
  name: string;
  aliases: readonly string[];
  title: string;
  formula: string;
  source: string;
  params: Readonly<Record<string, unknown>>;
  inputs: readonly string[];
  outputs: readonly string[];
  lookback: number | null;
}

function describe(doc: Doc): string {
  const params = Object.entries(doc.params).map(([key, value]) => `${key}=${String(value)}`);
  const also = doc.aliases.length > 0 ? ` (also ${doc.aliases.join(", ")})` : "";
  return [
    `${doc.name}${also}: ${doc.title} [${doc.family}]`,
    `    ${doc.formula}`,
    `    source: ${doc.source}`,
    `    parameters: ${params.join(", ") || "none"}; reads ${doc.inputs.join(", ")}; gives ${doc.outputs.join(", ")}; lookback ${doc.lookback === null ? "the whole history" : `${doc.lookback} bars`}`,
  ].join("\n");
}
