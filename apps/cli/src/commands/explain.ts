import { type Command, Option } from "commander";
import { sessionOf } from "../session.ts";
import { describeExplanation } from "../terminal/describeExplanation.ts";
import { answer } from "../terminal/output.ts";

interface ExplainOptions {
  model?: string;
  symbol?: string;
  at?: string;
  head?: string;
  output?: "BUY" | "HOLD" | "SELL" | "return";
}

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description(
      "Why the model said what it said: attributions by feature and by bar (integrated gradients), and where its attention looked.",
    )
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--symbol <symbol>", "of a model of six heads: the symbol to explain")
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
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion explain\n  ./orion explain --at 2024-05-01T12:00:00Z --output return --json\n  ./orion explain --model hybrid-0123456789 --symbol AAPL --head risk",
    )
    .action(async (options: ExplainOptions, command: Command) => {
      const session = sessionOf(command);
      const { explainModel } = await import("@orion/trade/recipe");
      const found = await explainModel(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        options,
      );
      answer(session, found, () => describeExplanation(found));
    });
}
