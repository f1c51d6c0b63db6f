import { type Command, Option } from "commander";
import { sessionOf } from "../session.ts";
import { answer, percent, table } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

interface ImportOptions {
  symbol?: string;
  timeframe?: string;
  market: string;
  kind: string;
  timezone?: string;
  stamp: string;
  replace?: boolean;
}

interface DownloadOptions {
  source: string;
  symbols: string;
  timeframe: string;
  since?: string;
  until?: string;
}

export function addData(program: Command): void {
  const data = program
    .command("data")
    .description("Import, download, list and check bars.")
    .addHelpText("after", "\nExample:\n  ./orion data list");
  addImport(data);
  addDownload(data);
  addList(data);
  addCheck(data);
}

function addImport(data: Command): void {
  data
    .command("import")
    .argument("<file...>", "CSV files, plain or gzip")
    .description("Import bars, mark prices or funding from CSV. A failed import leaves everything as it was.")
    .option("--symbol <symbol>", "the instrument; not needed where the file has a symbol column")
    .option("--timeframe <t>", "length of a bar, such as 5m, 1h, 1d")
    .option("--market <m>", "spot, futures or stock", "spot")
    .option("--kind <k>", "bars, mark or funding", "bars")
    .option("--timezone <zone>", "zone of times that name none, such as America/New_York", "UTC")
    .addOption(
      new Option("--stamp <which>", "whether times are the start or the end of a bar")
        .choices(["start", "end"])
        .default("start"),
    )
    .option("--replace", "let the file's numbers win where stored ones differ")
    .addHelpText(
      "after",
      `
The header names a time column ts (ms), timestamp, datetime or date, and open, high, low, close, volume in any case.

Examples:
  ./orion data import BTCUSDT_5m.csv.gz --symbol BTCUSDT --timeframe 5m --market futures
  ./orion data import panel.csv.gz --timeframe 1d --market stock
  ./orion data import SPY_1m.csv --symbol SPY --timeframe 1m --market stock --timezone America/New_York`,
    )
    .action(async (files: string[], options: ImportOptions, command: Command) => {
      const session = sessionOf(command);
      const { importFiles } = await import("@orion/trade/recipe");
      const imported = await importFiles(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        files,
        options,
      );
      const [only] = imported;
      const document = imported.length === 1 ? only : whole(imported);
      answer(session, document, () =>
        table(
          ["symbol", "timeframe", "rows", "from", "to", "issues"],
          imported.map((i) => [
            i.symbol,
            i.timeframe ?? "–",
            String(i.rows),
            i.from,
            i.to,
            String(i.issues.length),
          ]),
        ),
      );
    });
}

interface Imported {
  rows: number;
  symbol: string;
  timeframe: string | null;
  from: string;
  to: string;
  issues: readonly unknown[];
}

/** Many series of one import as one document: totals first, then each. */
function whole(imported: readonly Imported[]): object {
  return {
    rows: imported.reduce((sum, i) => sum + i.rows, 0),
    symbol: null,
    symbols: imported.map((i) => i.symbol),
    timeframe: imported[0]?.timeframe ?? null,
    from: imported.map((i) => i.from).sort()[0] ?? null,
    to:
      imported
        .map((i) => i.to)
        .sort()
        .at(-1) ?? null,
    issues: imported.flatMap((i) => i.issues),
    series: imported,
  };
}

function addDownload(data: Command): void {
  data
    .command("download")
    .description("Download closed bars from an exchange; continues after the last stored bar.")
    .requiredOption("--source <name>", "binance (spot) or binanceusdm (USD-M futures)")
    .requiredOption("--symbols <list>", "one or more, separated by commas")
    .requiredOption("--timeframe <t>", "length of a bar, such as 5m")
    .option("--since <time>", "from this time on; needed for a symbol that is not stored yet")
    .option("--until <time>", "up to this time (default: the last closed bar)")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion data download --source binanceusdm --symbols BTCUSDT --timeframe 5m\n  ./orion data download --source binance --symbols BTCUSDT,ETHUSDT --timeframe 1h --since 2023-01-01",
    )
    .action(async (options: DownloadOptions, command: Command) => {
      const session = sessionOf(command);
      const { downloadData, parseDownloadRequest } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const stored = await downloadData(
          { workspace: session.workspace, now: Date.now, signal: session.stop },
          parseDownloadRequest({ ...options, symbols: options.symbols.split(",").map((s) => s.trim()) }),
          (s) =>
            bar.update({
              stage: "downloading",
              done: s.done ?? 0,
              total: s.total ?? null,
              secondsLeft: s.secondsLeft ?? null,
              ...(s.message ? { note: s.message } : {}),
            }),
        );
        bar.stop();
        answer(session, stored, () => listText(stored));
      } finally {
        bar.stop();
      }
    });
}

function addList(data: Command): void {
  data
    .command("list")
    .description("List what is stored.")
    .addHelpText("after", "\nExample:\n  ./orion data list --json")
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { listStored } = await import("@orion/trade/recipe");
      const stored = await listStored(session.workspace);
      answer(session, stored, () =>
        stored.length === 0
          ? "nothing is stored yet: ./orion up imports the sample, ./orion data import your own"
          : listText(stored),
      );
    });
}

function listText(
  stored: readonly {
    symbol: string;
    timeframe: string | null;
    market: string;
    rows: number;
    from: string;
    to: string;
  }[],
): string {
  return table(
    ["symbol", "timeframe", "market", "rows", "from", "to"],
    stored.map((s) => [s.symbol, s.timeframe ?? "–", s.market, String(s.rows), s.from, s.to]),
  );
}

function addCheck(data: Command): void {
  data
    .command("check")
    .description(
      "Check stored bars: gaps, duplicates, order, impossible and suspicious values. Exit code 3 when a target is missed.",
    )
    .option("--symbol <symbol>", "only this symbol")
    .option("--timeframe <t>", "only this timeframe")
    .addHelpText("after", "\nExample:\n  ./orion data check --symbol BTCUSDT --json")
    .action(async (options: { symbol?: string; timeframe?: string }, command: Command) => {
      const session = sessionOf(command);
      const { checkStored } = await import("@orion/trade/recipe");
      const reports = await checkStored(session.workspace, options);
      answer(session, reports, () =>
        reports
          .map((r) =>
            [
              `${r.symbol} ${r.timeframe}: ${r.rows} bars, ${r.ok ? "sound" : "targets missed"}`,
              ...r.checks
                .filter((c) => c.count > 0)
                .map(
                  (c) =>
                    `  ${c.name}: ${c.count} (${percent(c.share, 4)}), first at ${c.places.slice(0, 3).join(", ")}`,
                ),
              ...r.targets.map(
                (t) => `  ${t.name} ${t.measured} (target ${t.target}): ${t.met ? "met" : "missed"}`,
              ),
            ].join("\n"),
          )
          .join("\n\n"),
      );
      if (reports.some((r) => !r.ok)) process.exitCode = 3;
    });
}
