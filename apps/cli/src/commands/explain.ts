import { type Command, Option } from "commander";
import { sessionOf } from "../session.ts";
import { answer, table } from "../terminal/output.ts";

interface ExplainOptions {
  model?: string;
  at?: string;
  output?: "BUY" | "HOLD" | "SELL" | "return";
}

const shownFeatures = 12;
const shownSteps = 8;

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description(
      "Why the model said what it said: attributions by feature and by bar (integrated gradients).",
    )
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--at <time>", "on the last bar that was closed by then")
    .addOption(
      new Option("--output <what>", "what to explain (default: the signal that was given)").choices([
        "BUY",
        "HOLD",
        "SELL",
        "return",
      ]),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion explain\n  ./orion explain --at 2024-05-01T12:00:00Z --output return --json",
    )
    .action(async (options: ExplainOptions, command: Command) => {
      const session = sessionOf(command);
      const { explainModel } = await import("@orion/trade/recipe");
      const found = await explainModel(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        options,
      );
      answer(session, found, () => {
        const steps = [...found.byStep]
          .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution))
          .slice(0, shownSteps);
        return [
          `${found.signal} on the bar closed ${found.bar_time}, model ${found.model}`,
          `${found.output}: ${found.value.toFixed(4)}; of the average market: ${found.baseline.toFixed(4)}`,
          found.complete
            ? "the attributions add up to the difference within 1 %"
            : `INCOMPLETE: the attributions miss the difference by ${found.gap.toFixed(4)}`,
          table(
            ["feature", "attribution"],
            found.byFeature.slice(0, shownFeatures).map((f) => [f.name, f.attribution.toFixed(4)]),
          ),
          table(
            ["bar", "attribution"],
            steps.map((s) => [
              s.barsAgo === 0 ? "the predicted bar" : `${s.barsAgo} before`,
              s.attribution.toFixed(4),
            ]),
          ),
        ].join("\n");
      });
    });
}
