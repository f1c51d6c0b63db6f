import { type Command, InvalidArgumentError, Option } from "commander";
import { sessionOf } from "../session.ts";
import { answer, decimal, percent, table } from "../terminal/output.ts";
import { wholeNumber } from "./options.ts";

const examples = `
Examples:
  ./orion stats garch --in returns.csv --column DEM2GBP --json
  ./orion stats garch --in prices.csv --column close --prices --kind gjr --dist t --horizon 10
  ./orion stats copula --in returns.csv --columns AAPL,SPY --family auto --garch
  ./orion stats sharpe --in returns.csv --column strategy --periods 12 --trials 40 --trial-deviation 0.05
  ./orion stats performance --in equity.csv --column equity --equity
  ./orion stats barrier --in bars.csv --label '{ horizonBars: 24, profit: 2, stop: 1, gaps: allow }'`;

interface FileOptions {
  in: string;
  column?: string;
}

export function addStats(program: Command): void {
  const stats = program
    .command("stats")
    .description("Statistics on a user's file: volatility, dependence, Sharpe ratios, performance, labels.")
    .addHelpText("after", examples);
  addGarch(stats);
  addCopula(stats);
  addSharpe(stats);
  addPerformance(stats);
  addBarrier(stats);
}

/** A subcommand that reads a CSV file. */
function onFile(stats: Command, name: string, description: string): Command {
  return stats
    .command(name)
    .description(description)
    .requiredOption("--in <file>", "CSV, plain or gzip, with a header line")
    .addHelpText("after", examples);
}

function withColumn(command: Command, what: string): Command {
  return command.option("--column <name>", `the column of ${what}; needed where the file has several`);
}

function addGarch(stats: Command): void {
  withColumn(onFile(stats, "garch", "Fit a GARCH model to a column of returns."), "returns")
    .option("--prices", "the column holds prices: their log returns are taken")
    .addOption(
      new Option("--kind <kind>", "of the variance").choices(["garch", "gjr", "egarch"]).default("garch"),
    )
    .option("--p <n>", "lags of the residual, 1 to 5", wholeNumber("--p"), 1)
    .option("--q <n>", "lags of the variance, 0 to 5", wholeNumber("--q", 0), 1)
    .addOption(
      new Option("--dist <name>", "of the standardised residuals; skewt is Hansen's")
        .choices(["normal", "t", "skewt"])
        .default("normal"),
    )
    .option("--mean <mean>", "zero, constant, or ar1 to ar20", "constant")
    .option("--horizon <n>", "periods of the forecast, 1 to 1000", wholeNumber("--horizon"), 5)
    .action(async (options: GarchOptions, command: Command) => {
      const session = sessionOf(command);
      const { statsGarch } = await import("@orion/trade/recipe");
      const { in: file, column, prices = false, kind, p, q, dist, horizon } = options;
      const found = await statsGarch({
        file,
        prices,
        horizon,
        model: { kind, p, q, dist, ...meanOf(options.mean) },
        signal: session.stop,
        ...(column === undefined ? {} : { column }),
      });
      answer(session, found, () => {
        const rows = Object.entries(found.params).map(([name, value]) => [
          name,
          significant(value),
          significant(found.stdErrors[name]),
          significant(found.robustErrors[name]),
        ]);
        const { forecast } = found;
        const losses = (found.risk ?? []).map(({ level, parametric, filteredHistorical }) => [
          percent(level, 0),
          significant(parametric.valueAtRisk),
          significant(parametric.expectedShortfall),
          significant(filteredHistorical.valueAtRisk),
          significant(filteredHistorical.expectedShortfall),
        ]);
        return [
          `${kind}(${p},${q}), ${dist}, on ${found.column}: ${found.observations} observations`,
          ...(found.converged ? [] : [`NOT CONVERGED, no estimates: ${found.reason}`]),
          ...(found.atBound.length > 0
            ? [`at their bound, without errors: ${found.atBound.join(", ")}`]
            : []),
          table(["", "estimate", "std. error", "robust error"], rows),
          `log likelihood ${decimal(found.logLikelihood, 4)}  AIC ${decimal(found.aic, 3)}  BIC ${decimal(found.bic, 3)}`,
          `volatility ahead (${forecast.method}): ${forecast.volatility.map((v) => significant(v)).join("  ")}`,
          ...(losses.length === 0
            ? []
            : [
                "losses of the next period:",
                table(["level", "VaR", "shortfall", "VaR, filtered", "shortfall, filtered"], losses),
              ]),
        ].join("\n");
      });
    });
}

interface GarchOptions extends FileOptions {
  prices?: boolean;
  kind: "garch" | "gjr" | "egarch";
  p: number;
  q: number;
  dist: "normal" | "t" | "skewt";
  mean: string;
  horizon: number;
}

function meanOf(text: string): { mean: "zero" | "constant" } | { mean: "ar"; arLags: number } {
  if (text === "zero" || text === "constant") return { mean: text };
  const lags = Number(/^ar\(?(\d{1,2})\)?$/.exec(text)?.[1] ?? Number.NaN);
  if (lags >= 1 && lags <= 20) return { mean: "ar", arLags: lags };
  throw new InvalidArgumentError(`--mean ${text}: choose zero, constant, or ar1 to ar20`);
}

function addCopula(stats: Command): void {
  onFile(stats, "copula", "Fit a copula to two columns.")
    .requiredOption("--columns <a,b>", "the two columns", pairOfColumns)
    .option(
      "--family <name>",
      "auto, or gaussian, t, clayton, gumbel, frank, joe; clayton90, clayton180, … are rotations",
      "auto",
    )
    .option("--prices", "the columns hold prices: their log returns are taken")
    .option("--garch", "ranks of the standardised residuals of a GARCH(1,1), not of the columns themselves")
    .action(
      async (
        options: FileOptions & {
          columns: [string, string];
          family: string;
          prices?: boolean;
          garch?: boolean;
        },
        command: Command,
      ) => {
        const session = sessionOf(command);
        const { statsCopula } = await import("@orion/trade/recipe");
        const { in: file, columns, family, prices = false, garch = false } = options;
        const found = await statsCopula({ file, columns, family, prices, garch, signal: session.stop });
        answer(session, found, () =>
          [
            `${found.family} of ${columns.join(" and ")}: ${found.observations} pairs, margins: ${found.margins}`,
            table(
              ["", "estimate", "std. error"],
              Object.entries(found.params).map(([name, value]) => [
                name,
                significant(value),
                significant(found.stdErrors[name]),
              ]),
            ),
            `log likelihood ${found.logLikelihood.toFixed(4)}  AIC ${found.aic.toFixed(3)}  BIC ${found.bic.toFixed(3)}`,
            `Kendall's tau ${found.kendall.toFixed(4)}, of the model ${found.modelKendall.toFixed(4)}; tail dependence: lower ${found.tailDependence.lower.toFixed(4)}, upper ${found.tailDependence.upper.toFixed(4)}`,
            table(
              ["family", "AIC", ""],
              found.candidates.map(({ family: name, aic, reason }) => [name, decimal(aic, 3), reason ?? ""]),
            ),
          ].join("\n"),
        );
      },
    );
}

function addSharpe(stats: Command): void {
  withReturns(
    onFile(stats, "sharpe", "A Sharpe ratio with its error, and what is left of it after a search."),
  )
    .option("--benchmark <ratio>", "Sharpe ratio a period to exceed", decimalNumber("--benchmark"), 0)
    .option("--confidence <p>", "of the minimum track record", shareNumber("--confidence"), 0.95)
    .option("--trials <n>", "strategies that were tried", wholeNumber("--trials"))
    .option(
      "--trial-deviation <d>",
      "deviation of their Sharpe ratios a period",
      positiveNumber("--trial-deviation"),
    )
    .action(
      async (
        options: ReturnsOptions & {
          benchmark: number;
          confidence: number;
          trials?: number;
          trialDeviation?: number;
        },
        command: Command,
      ) => {
        const session = sessionOf(command);
        const { statsSharpe } = await import("@orion/trade/recipe");
        const { benchmark, confidence, trials, trialDeviation } = options;
        const found = await statsSharpe({
          ...returnsOf(options),
          benchmark,
          confidence,
          signal: session.stop,
          ...(trials === undefined ? {} : { trials }),
          ...(trialDeviation === undefined ? {} : { trialDeviation }),
        });
        answer(session, found, () => listed(found));
      },
    );
}

function addPerformance(stats: Command): void {
  withReturns(
    onFile(stats, "performance", "Return, risk and drawdown of a column of returns or equity."),
  ).action(async (options: ReturnsOptions, command: Command) => {
    const session = sessionOf(command);
    const { statsPerformance } = await import("@orion/trade/recipe");
    const found = await statsPerformance({ ...returnsOf(options), signal: session.stop });
    answer(session, found, () => listed(found));
  });
}

interface ReturnsOptions extends FileOptions {
  equity?: boolean;
  periods: number;
}

function withReturns(command: Command): Command {
  return withColumn(command, "simple returns, as fractions")
    .option("--equity", "the column holds an equity curve")
    .option(
      "--periods <n>",
      "periods a year: 252 days, 52 weeks, 12 months",
      positiveNumber("--periods"),
      252,
    );
}

function returnsOf({ in: file, column, equity = false, periods }: ReturnsOptions) {
  return { file, equity, periodsPerYear: periods, ...(column === undefined ? {} : { column }) };
}

function addBarrier(stats: Command): void {
  onFile(stats, "barrier", "Triple-barrier labels of a price file: a time column, open, high, low and close.")
    .option("--label <yaml>", "keys of the label tripleBarrier, such as '{ horizonBars: 24, touch: close }'")
    .action(async (options: FileOptions & { label?: string }, command: Command) => {
      const session = sessionOf(command);
      const { statsBarrier } = await import("@orion/trade/recipe");
      const { in: file, label } = options;
      const found = await statsBarrier({
        file,
        signal: session.stop,
        ...(label === undefined ? {} : { settings: label }),
      });
      answer(session, found, () => {
        const shown = found.labels.slice(-10);
        return [
          `${found.labels.length} labels on ${found.bars} rows: BUY ${found.counts.BUY}, HOLD ${found.counts.HOLD}, SELL ${found.counts.SELL}`,
          table(
            ["time (UTC)", "class", "return", "rows", "known at"],
            shown.map((row) => [
              row.time,
              row.class,
              percent(row.return, 3),
              String(row.touchBars),
              row.knownAt,
            ]),
          ),
          `the last ${shown.length}; --json gives all`,
        ].join("\n");
      });
    });
}

function listed(values: object): string {
  return table(
    ["", "value"],
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" || value === null
        ? significant(value)
        : typeof value === "string"
          ? value
          : JSON.stringify(value),
    ]),
  );
}

function significant(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : String(Number(value.toPrecision(6)));
}

function pairOfColumns(text: string): [string, string] {
  const names = text.split(",").map((name) => name.trim());
  const [first, second] = names;
  if (names.length !== 2 || !first || !second) {
    throw new InvalidArgumentError("--columns wants two names with a comma between them, such as AAPL,SPY");
  }
  return [first, second];
}

function decimalNumber(option: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) throw new InvalidArgumentError(`${option} wants a number`);
    return value;
  };
}

function positiveNumber(option: string): (text: string) => number {
  return (text) => {
    const value = decimalNumber(option)(text);
    if (!(value > 0)) throw new InvalidArgumentError(`${option} wants a number above 0`);
    return value;
  };
}

function shareNumber(option: string): (text: string) => number {
  return (text) => {
    const value = decimalNumber(option)(text);
    if (!(value > 0 && value < 1)) throw new InvalidArgumentError(`${option} wants a number between 0 and 1`);
    return value;
  };
}
