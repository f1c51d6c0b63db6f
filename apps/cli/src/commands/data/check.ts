import type { Command } from "commander";
import { sessionOf } from "../../session.ts";
import { answer } from "../../terminal/output.ts";
import { progressBar } from "../../terminal/progressBar.ts";
import { describeQuality } from "./describeQuality.ts";

interface CheckOptions {
  symbol?: string;
  timeframe?: string;
  market?: string;
  against?: string;
  universe?: string;
  repair?: boolean;
}

export function addCheck(data: Command): void {
  data
    .command("check")
    .description(
      "Check what is stored: gaps against the calendar, impossible and suspicious values, splits missed, disagreement between series. Exit code 3 when a target is missed or a series has errors.",
    )
    .option("--symbol <symbol>", "only this symbol")
    .option("--timeframe <t>", "only this timeframe")
    .option("--market <m>", "only this market: spot, futures or stock")
    .option("--against <series>", "compare with another stored series: [MARKET:]SYMBOL[@TIMEFRAME]")
    .option(
      "--universe <name>",
      "small, medium, large or a .csv file: bars before its listing dates are errors",
    )
    .option("--repair", "write repaired bars and a journal beside the raw ones, which stay as they are")
    .addHelpText(
      "after",
      `
A repair sorts bars, drops one of two equal ones and spikes that come back; it never fills a gap and never applies a
split. Training reads the raw bars.

Examples:
  ./orion data check --symbol BTCUSDT --json
  ./orion data check --symbol BTCUSDT --timeframe 5m --market futures --against spot:BTCUSDT
  ./orion data check --market stock --repair`,
    )
    .action(async (options: CheckOptions, command: Command) => {
      const session = sessionOf(command);
      const { checkStored } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
        const reports = await checkStored(context, options, (progress) => bar.update(progress));
        bar.stop();
        answer(session, reports, () => describeQuality(reports));
        if (reports.some((r) => !r.ok)) process.exitCode = 3;
      } finally {
        bar.stop();
      }
    });
}
