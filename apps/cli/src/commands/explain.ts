import { type Command, Option } from "commander";
import { sessionOf } from "../session.ts";
import { describeExplanation } from "../terminal/describeExplanation.ts";
import { describeScannerExplanation } from "../terminal/describeScannerExplanation.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

interface ExplainOptions {
  model?: string;
  symbol?: string;
  at?: string;
  head?: string;
  output?: "BUY" | "HOLD" | "SELL" | "return";
  global?: boolean;
  column?: string;
}

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description(
      "Why the model said what it said: attributions by feature and by bar (integrated gradients), and where its attention looked. Of a model that scans: Shapley values of a symbol, or what the columns are worth on its test rows.",
    )
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--symbol <symbol>", "of a model of six heads, or one that scans: the symbol to explain")
    .option("--at <time>", "on the last bar that was closed by then")
    .option(
      "--head <name>",
      "of a model of six heads: direction, position, return4 (a horizon), volatility, confidence, risk (default: direction)",
    )
    .addOption(
      new Option("--output <what>", "what to explain (default: what was said)").choices([
        "BUY",
        "HOLD",
        "SELL",
        "return",
      ]),
    )
    .option(
      "--global",
      "of a model that scans: permutation importance of its groups and best columns, on its test rows (so also without --symbol)",
    )
    .option(
      "--column <name>",
      "of a model that scans: partial dependence on this column, with the spread of single rows",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion explain\n  ./orion explain --at 2024-05-01T12:00:00Z --output return --json\n  ./orion explain --model hybrid-0123456789 --symbol AAPL --head risk\n  ./orion explain --model scanner-0123456789 --symbol AAPL --at 2018-01-31\n  ./orion explain --model scanner-0123456789 --global --column scanScore --json",
    )
    .action(async (options: ExplainOptions, command: Command) => {
      const session = sessionOf(command);
      const { explainStored } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const found = await explainStored(
          { workspace: session.workspace, now: Date.now, signal: session.stop },
          options,
          (progress) => bar.update(progress),
        );
        bar.stop();
        answer(session, found, () =>
          "task" in found ? describeScannerExplanation(found) : describeExplanation(found),
        );
      } finally {
        bar.stop();
      }
    });
}
