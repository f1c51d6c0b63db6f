import { UsageError } from "@orion/trade/core";
import type { OptionalGroup, TuneMethod } from "@orion/trade/recipe";
import { type Command, InvalidArgumentError, Option } from "commander";
import { sessionOf } from "../session.ts";
import { describeTune } from "../terminal/describeTune.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { symbolList, wholeNumber } from "./options.ts";

interface TuneCommand {
  recipe: string;
  base: string;
  method: TuneMethod;
  trials: number;
  space?: string;
  resume?: boolean;
  without?: OptionalGroup[];
  profile: string;
  symbols?: string[];
  from?: string;
  to?: string;
}

const GROUPS: readonly OptionalGroup[] = ["timeframes", "risk"];

function groupList(text: string): OptionalGroup[] {
  const names = text.split(",").map((name) => name.trim());
  const groups = GROUPS.filter((group) => names.includes(group));
  if (groups.length !== names.length)
    throw new InvalidArgumentError(`--without takes ${GROUPS.join(", ")}, with commas between them`);
  return groups;
}

export function addTune(program: Command): void {
  program
    .command("tune")
    .description(
      "Search the options of one base model of a recipe of stages: mean log loss of its training rows, out of purged folds. Every trial is counted in the trial ledger.",
    )
    .requiredOption("--recipe <name>", "a recipe of stages, such as scanner, or a .yaml file")
    .requiredOption(
      "--base <name>",
      "a base model of the recipe, or a kind: xgboost, lightgbm, randomForest, svm, mlp, logistic",
    )
    .addOption(
      new Option("--method <how>", "tpe learns from the trials before; asha tries many on few folds")
        .choices(["tpe", "asha", "random"])
        .default("tpe"),
    )
    .option("--trials <n>", "evaluations", wholeNumber("--trials"), 30)
    .option("--space <file>", "search these options instead of the kind's usual ones")
    .option("--resume", "go on with the journal of the same search, also to more trials")
    .option("--without <groups>", "leave out the columns of timeframes, risk: quicker to begin", groupList)
    .option("--profile <name>", "quick, default or full; full is the recipe as written", "full")
    .option("--symbols <list>", "search on these symbols, AAPL,MSFT,…, instead of the recipe's", symbolList)
    .option("--from <time>", "use bars from this time on")
    .option("--to <time>", "use bars up to this time")
    .addHelpText(
      "after",
      `
Usual spaces (a .yaml file of --space has the same form, one option a line):
  xgboost       learningRate: { kind: logUniform, low: 0.01, high: 0.2 }, maxDepth: { kind: int, low: 2, high: 8 },
                minLeafWeight 1 to 200 (log), rowSample 0.4 to 1, columnSample 0.2 to 1, l2 0.01 to 100 (log)
  lightgbm      learningRate 0.01 to 0.2 (log), leaves: { kind: int, low: 4, high: 63, log: true },
                minLeafRows 10 to 500 (log), rowSample 0.4 to 1, columnSample 0.2 to 1, l2 0.01 to 100 (log)
  randomForest  leaves 7 to 255 (log), minLeafRows 5 to 500 (log), rowSample 0.3 to 0.9, columnSampleByNode 0.03 to 0.6 (log)
  svm           cost 0.01 to 100 (log), gamma 0.0001 to 0.1 (log)
  mlp           hidden: { kind: choice, values: ["32", "64", "64,32", "128,64", "128,64,32"] }, dropout 0 to 0.5,
                learningRate 0.0003 to 0.01 (log), weightDecay 0.0001 to 0.1 (log), batch 32, 64, 128 or 256
  logistic      lambda 0.00001 to 10 (log), l1Ratio 0 to 1
The number of trees stays the recipe's; early stopping finds it.

Examples:
  ./orion tune --recipe scanner --base xgboost
  ./orion tune --recipe scanner --base neuralNet --method asha --trials 60 --without timeframes,risk
  ./orion tune --recipe scanner --base svm --space svm.yaml --resume --json`,
    )
    .action(async (options: TuneCommand, command: Command) => {
      const session = sessionOf(command);
      const { checkProfile, isScannerRecipe, loadScanner, readTuneSpace, scannerProfile, tuneScanner } =
        await import("@orion/trade/recipe");
      const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
      const profile = checkProfile(options.profile);
      if (!(await isScannerRecipe(options.recipe)))
        throw new UsageError(
          `recipe '${options.recipe}' has no base models to tune: name one of stages, such as scanner`,
        );
      const recipe = scannerProfile(await loadScanner(options.recipe), profile);
      const space = options.space === undefined ? undefined : await readTuneSpace(options.space);
      const bar = progressBar();
      try {
        const { base, method, trials, resume, without, symbols, from, to } = options;
        const found = await withWorkspaceLock(await openWorkspace(session.workspace), "orion tune", () =>
          tuneScanner(
            { workspace: session.workspace, now: Date.now, signal: session.stop },
            recipe,
            { base, method, trials, space, resume, without, symbols, from, to },
            (progress) => bar.update(progress),
          ),
        );
        bar.stop();
        answer(session, found, () => describeTune(found));
      } finally {
        bar.stop();
      }
    });
}
