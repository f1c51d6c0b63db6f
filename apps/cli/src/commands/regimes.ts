import { type Command, Option } from "commander";
import { sessionOf } from "../session.ts";
import { describeRegimes } from "../terminal/describeRegimes.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { wholeNumber } from "./options.ts";

interface RegimesOptions {
  symbol: string;
  timeframe: string;
  market: string;
  method: "rule" | "classifier" | "hmm";
  states?: number;
  model?: string;
  prices: "raw" | "splits" | "total";
  from?: string;
  to?: string;
  seed: number;
}

export function addRegimes(program: Command): void {
  program
    .command("regimes")
    .description("Which market regimes the past was in, which one it is now, and how well that is foretold.")
    .requiredOption("--symbol <symbol>", "a stored symbol")
    .requiredOption("--timeframe <t>", "length of a bar, such as 1h or 1d")
    .option("--market <m>", "spot, futures or stock", "spot")
    .addOption(
      new Option(
        "--method <how>",
        "rule: seven regimes of the past by trend, volatility and drawdown; classifier: these, and a model that foretells them; " +
          "hmm: hidden states of the returns",
      )
        .choices(["rule", "classifier", "hmm"])
        .default("classifier"),
    )
    .option(
      "--states <k>",
      "of hmm: number of states (default: of 2 to 5 the least BIC)",
      wholeNumber("--states"),
    )
    .option("--model <kind>", "of classifier: a kind of tabular model (default: lightgbm)")
    .addOption(
      new Option("--prices <how>", "splits and dividends taken out by stored factors")
        .choices(["raw", "splits", "total"])
        .default("raw"),
    )
    .option("--from <time>", "first bar")
    .option("--to <time>", "last bar")
    .option("--seed <n>", "of models and intervals", wholeNumber("--seed", 0), 1)
    .addHelpText(
      "after",
      `
strongUp, weakUp, strongDown, weakDown, range, highVolatility, crisis are told afterwards, from bars on both sides. What is said of now
comes from bars up to now; its score is of bars that the model had not seen, beside 'the last known regime goes on'.

Examples:
  ./orion regimes --symbol SPY --timeframe 1d --market stock
  ./orion regimes --symbol BTCUSDT --timeframe 1h --market futures --method hmm --states 3
  ./orion regimes --symbol BTCUSDT --timeframe 1h --market futures --model logistic --from 2022-01-01 --json`,
    )
    .action(async (options: RegimesOptions, command: Command) => {
      const session = sessionOf(command);
      const { findRegimes } = await import("@orion/trade/recipe");
      const bar = progressBar();
      const started = performance.now();
      try {
        const found = await findRegimes(
          { workspace: session.workspace, now: Date.now, signal: session.stop },
          options,
          (progress) => {
            const seconds = (performance.now() - started) / 1000;
            if (seconds < 2) return;
            const { done, total } = progress;
            bar.update({
              ...progress,
              secondsLeft: total !== null && done > 0 ? (seconds * (total - done)) / done : null,
            });
          },
        );
        bar.stop();
        answer(session, found, () => describeRegimes(found));
      } finally {
        bar.stop();
      }
    });
}
