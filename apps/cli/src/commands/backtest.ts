import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { type Session, sessionOf } from "../session.ts";
import { describeBacktest } from "../terminal/describeBacktest.ts";
import { describeScanBacktest } from "../terminal/describeScan.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

interface BacktestOptions {
  recipe?: string;
  model?: string;
  from?: string;
  to?: string;
  inSample?: boolean;
  allowShort?: boolean;
}

export function addBacktest(program: Command): void {
  program
    .command("backtest")
    .description(
      "Trade a model's signals over bars it has not seen; costs, baselines and intervals beside the metrics.",
    )
    .option("--recipe <name>", "the newest model of this recipe")
    .option("--model <id>", "this model (default: the newest)")
    .option("--from <time>", "from this time on (default: the model's test range)")
    .option("--to <time>", "up to this time")
    .option("--in-sample", "allow a range that touches the training range; every output is then marked")
    .option("--allow-short", "a SELL opens a short position instead of only closing a long one")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion backtest --recipe orionquant\n  ./orion backtest --model orionquant-0123456789 --from 2024-04-01 --to 2024-05-01 --json",
    )
    .action(async (options: BacktestOptions, command: Command) => {
      const session = sessionOf(command);
      if (options.recipe !== undefined && options.model !== undefined) {
        throw new UsageError("give --recipe or --model, not both");
      }
      const { backtestModel, isScannerModel, isScannerName, newestModelOf } = await import(
        "@orion/trade/recipe"
      );
      const isScan =
        options.recipe === undefined
          ? options.model !== undefined && (await isScannerModel(session.workspace, options.model))
          : await isScannerName(session.workspace, options.recipe);
      if (isScan) return backtestScan(session, options);
      const model =
        options.recipe === undefined ? options.model : await newestModelOf(session.workspace, options.recipe);
      const bar = progressBar();
      try {
        const result = await backtestModel(
          { workspace: session.workspace, now: Date.now, signal: session.stop },
          {
            inSample: options.inSample ?? false,
            ...(model === undefined ? {} : { model }),
            ...(options.from === undefined ? {} : { from: options.from }),
            ...(options.to === undefined ? {} : { to: options.to }),
            ...(options.allowShort ? { allowShort: true } : {}),
          },
          bar.update,
        );
        bar.stop();
        answer(session, result, () => describeBacktest(result));
      } finally {
        bar.stop();
      }
    });
}

async function backtestScan(session: Session, options: BacktestOptions): Promise<void> {
  if (options.allowShort) throw new UsageError("--allow-short: a scan finds what to buy; leave it out");
  const { backtestScanner } = await import("@orion/trade/recipe");
  const bar = progressBar();
  try {
    const result = await backtestScanner(
      { workspace: session.workspace, now: Date.now, signal: session.stop },
      options,
      bar.update,
    );
    bar.stop();
    answer(session, result, () => describeScanBacktest(result));
  } finally {
    bar.stop();
  }
}
