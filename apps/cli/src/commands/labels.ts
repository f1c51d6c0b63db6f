import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describeLabels } from "../terminal/describeLabels.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

const examples = `
Examples:
  ./orion labels build --recipe orionquant --out labels.parquet
  ./orion labels build --recipe hybrid --symbol AAPL --out aapl.parquet --json
  ./orion labels build --label '{ kind: tripleBarrier, horizonBars: 48, profit: 2, stop: 1 }' --out barriers.parquet
  ./orion labels build --label '{ kind: trendScanning, maxBars: 40, minT: 3 }' --out trends.parquet`;

export function addLabels(program: Command): void {
  const labels = program
    .command("labels")
    .description("What a recipe's network is to foresee, and when it becomes known.")
    .addHelpText("after", examples);
  labels
    .command("build")
    .description("Label the stored bars and write the labelled rows to a Parquet file.")
    .option("--recipe <name>", "a recipe's name or a .yaml file", "orionquant")
    .option("--symbol <symbol>", "this symbol of the recipe's alone")
    .option(
      "--label <yaml>",
      "another label than the recipe's: threeClass, sixTargets, forwardReturns, tripleBarrier, metaLabel, trendScanning or regime with its keys",
    )
    .requiredOption(
      "--out <file>",
      "the .parquet file to write: symbol, closeTime and knownAt (ms UTC), the label's columns, uniqueness",
    )
    .addHelpText("after", examples)
    .action(
      async (options: { recipe: string; symbol?: string; label?: string; out: string }, command: Command) => {
        const session = sessionOf(command);
        const { buildLabels } = await import("@orion/trade/recipe");
        const bar = progressBar();
        try {
          const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
          const built = await buildLabels(context, options, (progress) => bar.update(progress));
          bar.stop();
          answer(session, built, () => describeLabels(built));
        } finally {
          bar.stop();
        }
      },
    );
}
