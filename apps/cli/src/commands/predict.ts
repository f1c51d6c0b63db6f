import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describePrediction } from "../terminal/describePrediction.ts";
import { answer } from "../terminal/output.ts";

export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("The model's signal on the last closed bar.")
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--symbol <symbol>", "another symbol than the model's own")
    .option("--at <time>", "on the last bar that was closed by then")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion predict --json\n  ./orion predict --at 2024-05-01T12:00:00Z",
    )
    .action(async (options: { model?: string; symbol?: string; at?: string }, command: Command) => {
      const session = sessionOf(command);
      const { predictLatest } = await import("@orion/trade/recipe");
      const prediction = await predictLatest(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        options,
      );
      answer(session, prediction, () => describePrediction(prediction));
    });
}
