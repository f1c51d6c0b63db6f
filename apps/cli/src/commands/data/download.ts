import { UsageError } from "@orion/trade/core";
import { type Command, Option } from "commander";
import { sessionOf } from "../../session.ts";
import { answer, say } from "../../terminal/output.ts";
import { progressBar } from "../../terminal/progressBar.ts";
import { seriesTable } from "./seriesTable.ts";

interface DownloadOptions {
  source: string;
  symbols: string;
  timeframe?: string;
  kind: string;
  since?: string;
  until?: string;
  fallback?: string;
  follow?: boolean;
}

export function addDownload(data: Command): void {
  data
    .command("download")
    .description("Download closed bars from an exchange; continues after the last stored bar.")
    .requiredOption("--source <name>", "binance (spot), binanceusdm (USD-M futures), alpaca, schwab or yahoo")
    .requiredOption("--symbols <list>", "one or more, separated by commas")
    .option("--timeframe <t>", "length of a bar, such as 5m; not needed for funding")
    .addOption(
      new Option("--kind <k>", "mark prices, funding and open interest are binanceusdm's")
        .choices(["bars", "mark", "funding", "openInterest"])
        .default("bars"),
    )
    .option("--since <time>", "from this time on; needed for a symbol that is not stored yet")
    .option("--until <time>", "up to this time (default: the last closed bar)")
    .addOption(
      new Option(
        "--fallback <source>",
        "where alpaca cannot serve (no keys, unknown symbol, before 2016): take all from here",
      ).choices(["yahoo"]),
    )
    .option("--follow", "then go on: store each bar as it closes, until Ctrl-C")
    .addHelpText(
      "after",
      `
Binance keeps open interest of 30 days.
Stocks: regular hours, raw prices (schwab's are adjusted for splits), a day is its date in New York; splits and dividends
are stored beside the bars. alpaca: keys in APCA_API_KEY_ID and APCA_API_SECRET_KEY, ORION_ALPACA_FEED iex (default) or sip.
schwab: see orion data login --help. yahoo: days since the listing, 1m of 30 days, other minutes and hours of 60 days; indices
by name (VIX, SPX, NDX, DJI, RUT …), any other as _NAME.

Examples:
  ./orion data download --source binanceusdm --symbols BTCUSDT --timeframe 5m
  ./orion data download --source binance --symbols BTCUSDT,ETHUSDT --timeframe 1h --since 2023-01-01
  ./orion data download --source binanceusdm --symbols BTCUSDT --timeframe 8h --kind mark --since 2023-01-01
  ./orion data download --source binanceusdm --symbols BTCUSDT --kind funding --since 2023-01-01
  ./orion data download --source binanceusdm --symbols BTCUSDT --timeframe 1m --since 2024-06-01 --follow
  ./orion data download --source yahoo --symbols SPY,VIX --timeframe 1d --since 2020-01-01
  ./orion data download --source alpaca --fallback yahoo --symbols AAPL --timeframe 1h --since 2024-01-02`,
    )
    .action(async ({ follow, ...options }: DownloadOptions, command: Command) => {
      const session = sessionOf(command);
      if (options.timeframe === undefined && options.kind !== "funding") {
        throw new UsageError("--timeframe is missing: say how long a bar is, such as 5m or 1h");
      }
      if (follow && options.until !== undefined) {
        throw new UsageError("--follow goes on until Ctrl-C: leave --until away");
      }
      const { downloadData, followData, parseDownloadRequest } = await import("@orion/trade/recipe");
      const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
      const request = parseDownloadRequest({
        timeframe: "8h",
        ...options,
        symbols: options.symbols.split(",").map((s) => s.trim()),
      });
      const bar = progressBar();
      try {
        const stored = await downloadData(
          context,
          request,
          (s) =>
            bar.update({
              stage: "downloading",
              done: s.done ?? 0,
              total: s.total ?? null,
              secondsLeft: s.secondsLeft ?? null,
              ...(s.message ? { note: s.message } : {}),
            }),
          (line) => {
            bar.stop();
            say(line);
          },
        );
        bar.stop();
        if (!follow) {
          const nothing = `${request.source} has nothing of ${request.symbols.join(", ")} in that time`;
          return answer(session, stored, () => (stored.length === 0 ? nothing : seriesTable(stored)));
        }
        say(`following ${request.symbols.join(", ")} ${request.timeframe}; Ctrl-C ends it`);
        const followed = await followData(context, request, {
          onBars: (symbol, added, to) =>
            say(
              `${symbol}: ${added} new ${added === 1 ? "bar" : "bars"}, up to ${new Date(to).toISOString()}`,
            ),
          onNote: say,
        });
        answer(session, followed, () => seriesTable(followed));
      } finally {
        bar.stop();
      }
    });
}
