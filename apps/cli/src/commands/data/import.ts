import { type Command, Option } from "commander";
import { sessionOf } from "../../session.ts";
import { answer, table } from "../../terminal/output.ts";

interface ImportOptions {
  symbol?: string;
  timeframe?: string;
  market: string;
  kind: string;
  timezone?: string;
  stamp: string;
  replace?: boolean;
}

export function addImport(data: Command): void {
  data
    .command("import")
    .argument("<file...>", "CSV files, plain or gzip")
    .description(
      "Import bars, mark prices, funding, or factors of splits and dividends from CSV. A failed import leaves everything as it was.",
    )
    .option("--symbol <symbol>", "the instrument; not needed where the file has a symbol column")
    .option("--timeframe <t>", "length of a bar, such as 5m, 1h, 1d")
    .option("--market <m>", "spot, futures or stock", "spot")
    .addOption(
      new Option("--kind <k>", "what the files hold; factors are those of splits and dividends")
        .choices(["bars", "mark", "funding", "factors"])
        .default("bars"),
    )
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
Factors: date, priceFactor, splitFactor (up to and with the date), or daily bars with an adjClose column. They are kept
beside the bars, which stay raw.

Examples:
  ./orion data import BTCUSDT_5m.csv.gz --symbol BTCUSDT --timeframe 5m --market futures
  ./orion data import panel.csv.gz --timeframe 1d --market stock
  ./orion data import SPY_1m.csv --symbol SPY --timeframe 1m --market stock --timezone America/New_York
  ./orion data import SPY_factors.csv --kind factors --symbol SPY --market stock`,
    )
    .action(async (files: string[], options: ImportOptions, command: Command) => {
      const session = sessionOf(command);
      const { importFactorFiles, importFiles } = await import("@orion/trade/recipe");
      const imported = await (options.kind === "factors" ? importFactorFiles : importFiles)(
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
