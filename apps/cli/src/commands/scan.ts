import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describeScan } from "../terminal/describeScan.ts";
import { answer } from "../terminal/output.ts";
import { wholeNumber } from "./options.ts";

interface ScanOptions {
  recipe: string;
  model?: string;
  symbols?: string[];
  at?: string;
  top?: number;
}

export function addScan(program: Command): void {
  program
    .command("scan")
    .description(
      "Scan all stored symbols and rank BUY signals; candidates and what dropped out with their reasons.",
    )
    .option("--recipe <name>", "the newest model of this recipe of stages", "scanner")
    .option("--model <id>", "this model")
    .option("--symbols <list>", "scan these instead, separated by commas", (text) =>
      text.split(",").map((s) => s.trim()),
    )
    .option("--at <time>", "as of this moment instead of the newest stored bars")
    .option("--top <n>", "signals at most (default: the recipe's)", wholeNumber("--top"))
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion scan\n  ./orion scan --recipe scanner --top 10 --json\n  ./orion scan --at 2019-11-01 --symbols AAPL,IBM,XOM",
    )
    .action(async (options: ScanOptions, command: Command) => {
      const session = sessionOf(command);
      const { scanSymbols } = await import("@orion/trade/recipe");
      const found = await scanSymbols(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        options,
      );
      answer(session, found, () => describeScan(found));
    });
}
