import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describePrediction } from "../terminal/describePrediction.ts";
import { describeSixHeads } from "../terminal/describeSixHeads.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("What the model says of the last closed bar: a signal, or six heads of each of its symbols.")
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--symbol <symbol>", "another symbol than the model's own")
    .option("--at <time>", "on the last bar that was closed by then")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion predict --json\n  ./orion predict --at 2024-05-01T12:00:00Z\n  ./orion predict --model hybrid-0123456789 --symbol AAPL",
    )
    .action(async (options: { model?: string; symbol?: string; at?: string }, command: Command) => {
      const session = sessionOf(command);
      const { predictModel } = await import("@orion/trade/recipe");
      const bar = progressBar();
      const prediction = await predictModel(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        options,
        (progress) => (progress.total ?? 0) > 1 && bar.update(progress),
      ).finally(() => bar.stop());
      answer(session, prediction, () =>
        "forecasts" in prediction ? describeSixHeads(prediction) : describePrediction(prediction),
      );
    });
}
