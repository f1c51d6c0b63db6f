import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describeAudit } from "../terminal/describeAudit.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { wholeNumber } from "./options.ts";

interface LeakageOptions {
  recipe: string;
  rows?: number;
  quick?: boolean;
  seed?: number;
  from?: string;
  to?: string;
}

export function addAudit(program: Command): void {
  const audit = program
    .command("audit")
    .description("Proofs on a recipe and the bars that are stored.")
    .addHelpText("after", "\nExample:\n  ./orion audit leakage --recipe orionquant");
  audit
    .command("leakage")
    .description(
      "Whether anything in a recipe looks ahead: its columns, scaling, selection, labels, split, training and fills, computed again on bars that are cut off and on bars whose future is another one. Exit code 4 when it finds a leak.",
    )
    .requiredOption("--recipe <name>", "a recipe's name, or a .yaml file")
    .option(
      "--rows <n>",
      "look at the last n bars of each symbol (default: all; of a recipe of stages 1500)",
      wholeNumber("--rows"),
    )
    .option("--quick", "the last 20000 bars unless --rows says otherwise, fewer moments and trainings")
    .option(
      "--seed <n>",
      "draws of moments, futures and permutations (default: the recipe's)",
      wholeNumber("--seed", 0),
    )
    .option("--from <time>", "use bars from this time on")
    .option("--to <time>", "use bars up to this time")
    .addHelpText(
      "after",
      `
It trains small networks of the recipe's own kind and reads the workspace; it writes nothing, and scores no test row.
Of a recipe of stages (scanner) it takes a dozen of the stored symbols, those with several timeframes first.

Examples:
  ./orion audit leakage --recipe orionquant
  ./orion audit leakage --recipe mine.yaml --quick
  ./orion audit leakage --recipe scanner --quick
  ./orion audit leakage --recipe hybrid --json > audit.json`,
    )
    .action(async (options: LeakageOptions, command: Command) => {
      const session = sessionOf(command);
      const { auditLeakage } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const report = await auditLeakage(
          { workspace: session.workspace, now: Date.now, signal: session.stop },
          options,
          bar.update,
        );
        bar.stop();
        answer(session, report, () => describeAudit(report));
        if (report.verdict === "leak") process.exitCode = 4;
      } finally {
        bar.stop();
      }
    });
}
