import type { Command } from "commander";
import { sessionOf } from "../../session.ts";
import { answer } from "../../terminal/output.ts";
import { progressBar } from "../../terminal/progressBar.ts";
import { seriesTable } from "./seriesTable.ts";

interface DownloadOptions {
  source: string;
  symbols: string;
  timeframe: string;
  since?: string;
  until?: string;
}

export function addDownload(data: Command): void {
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
        answer(session, stored, () => seriesTable(stored));
      } finally {
        bar.stop();
      }
    });
}
