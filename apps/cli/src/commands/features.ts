import { type Command, InvalidArgumentError, Option } from "commander";
import { sessionOf } from "../session.ts";
import { describeBuiltFeatures, describeSelection } from "../terminal/describeFeatures.ts";
import { answer } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

interface BuildOptions {
  recipe?: string;
  set?: string;
  symbol?: string;
  market?: string;
  timeframe?: string;
  universe?: string;
  out: string;
}

const setOption =
  "instead of a recipe: a feature set, its kind or YAML with its own keys such as '{ kind: futures100, beside: [funding] }'";

interface SelectOptions {
  recipe: string;
  symbol?: string;
  kind?: string;
  limit?: number;
  against?: string;
  variance?: number;
}

/** Parses a number from 0 to 1; the selection says which of them fit. */
function share(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("give a number from 0 to 1, such as 0.8");
  return value;
}

export function addFeatures(program: Command): void {
  const features = program
    .command("features")
    .description("What a recipe's network sees, or what a feature set computes.")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion features list\n  ./orion features build --recipe orionquant --out features.parquet\n  ./orion features select --recipe hybrid",
    );
  features
    .command("list")
    .description("Every column of a recipe or of a feature set, with its formula and source.")
    .option("--recipe <name>", "a recipe's name or a .yaml file (default: orionquant)")
    .option("--set <set>", setOption)
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion features list --recipe orionquant\n  ./orion features list --set scanner90\n  ./orion features list --set '{ kind: scanner90, timeframes: [1m, 5m, 30m, 1h, 6h, 1d] }' --json",
    )
    .action(async ({ recipe, set }: { recipe?: string; set?: string }, command: Command) => {
      const session = sessionOf(command);
      const { listFeatures, listSetFeatures } = await import("@orion/trade/recipe");
      if (recipe !== undefined && set !== undefined) {
        const { UsageError } = await import("@orion/trade/core");
        throw new UsageError("--set: name a recipe or a set, not both");
      }
      const columns = set === undefined ? await listFeatures(recipe ?? "orionquant") : listSetFeatures(set);
      answer(session, columns, () =>
        columns
          .map((c, i) => `${String(i + 1).padStart(2)}  ${c.name}\n    ${c.formula}\n    ${c.source}`)
          .join("\n"),
      );
    });
  features
    .command("build")
    .description(
      "Compute the columns of a recipe, or of a feature set on one symbol, over all stored bars and write them to a Parquet file.",
    )
    .option("--recipe <name>", "a recipe's name or a .yaml file (default: orionquant)")
    .option("--set <set>", setOption)
    .option("--symbol <symbol>", "of a recipe: this symbol alone instead of its own; of a set: its symbol")
    .option("--market <market>", "of a set: spot, futures or stock")
    .option("--timeframe <t>", "of a set: length of a bar, such as 5m")
    .option("--universe <name>", "of a set that ranks: small, medium, large or a .csv file")
    .requiredOption(
      "--out <file>",
      "the .parquet file to write: symbol, closeTime (ms UTC), one column a feature",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion features build --recipe orionquant --out features.parquet\n  ./orion features build --recipe hybrid --symbol AAPL --out aapl.parquet --json\n  ./orion features build --set scanner90 --symbol SPY --market stock --timeframe 1m --out spy.parquet\n  ./orion features build --set '{ kind: futures100, beside: [funding, mark] }' --symbol BTCUSDT --market futures --timeframe 5m --out btc.parquet",
    )
    .action(async (options: BuildOptions, command: Command) => {
      const session = sessionOf(command);
      const { buildFeatures } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
        const built = await buildFeatures(context, options, (p) => bar.update(p));
        bar.stop();
        answer(session, built, () => describeBuiltFeatures(built));
      } finally {
        bar.stop();
      }
    });
  features
    .command("select")
    .description(
      "Which columns a training of the recipe would drop on its training rows, and why; nothing is trained.",
    )
    .option("--recipe <name>", "a recipe's name or a .yaml file", "orionquant")
    .option("--symbol <symbol>", "this symbol alone instead of the recipe's")
    .addOption(
      new Option("--kind <kind>", "how to choose (default: the recipe's way, or by correlation)").choices([
        "correlation",
        "pca",
      ]),
    )
    .option("--limit <r>", "by correlation: the largest |r| of two columns that stay (default: 0.8)", share)
    .addOption(
      new Option(
        "--against <label>",
        "by correlation: what a column has to tell about (default: class)",
      ).choices(["class", "return"]),
    )
    .option(
      "--variance <share>",
      "by components: the share of variance that they hold (default: 0.95)",
      share,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion features select --recipe hybrid\n  ./orion features select --recipe orionquant --limit 0.9 --against return --json\n  ./orion features select --recipe orionquant --kind pca --variance 0.99",
    )
    .action(async (options: SelectOptions, command: Command) => {
      const session = sessionOf(command);
      const { selectFeatures } = await import("@orion/trade/recipe");
      const bar = progressBar();
      try {
        const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
        const found = await selectFeatures(context, options, (p) => bar.update(p));
        bar.stop();
        answer(session, found, () => describeSelection(found));
      } finally {
        bar.stop();
      }
    });
}
