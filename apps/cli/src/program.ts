import { Command } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addBacktest } from "./commands/backtest.ts";
import { addBench } from "./commands/bench.ts";
import { addData } from "./commands/data.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExplain } from "./commands/explain.ts";
import { addFeatures } from "./commands/features.ts";
import { addIndicator } from "./commands/indicator.ts";
import { addLabels } from "./commands/labels.ts";
import { addModels } from "./commands/models.ts";
import { addPredict } from "./commands/predict.ts";
import { addRegimes } from "./commands/regimes.ts";
import { addScan } from "./commands/scan.ts";
import { addServe } from "./commands/serve.ts";
import { addSim } from "./commands/sim.ts";
import { addStats } from "./commands/stats.ts";
import { addTest } from "./commands/test.ts";
import { addTrain } from "./commands/train.ts";
import { addTune } from "./commands/tune.ts";
import { addUp } from "./commands/up.ts";
import { addUpdate } from "./commands/update.ts";
import { version } from "./version.ts";

/** The command line. Each command loads what it needs when it runs, so that `--version` and `--help` are quick. */
export function createProgram(): Command {
  const program = new Command("orion")
    .description("Machine-learning trading: bars, features, networks, honest backtests, a live page.")
    .version(version)
    .option("--workspace <dir>", "folder of all state (default: $ORION_WORKSPACE, else ./workspace)")
    .option("--json", "print exactly one JSON document on standard output")
    .option("--debug", "print stack traces")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      "after",
      `
Examples:
  ./orion up                        from the sample bars to a trained network and the page
  ./orion up --quick                the same in a minute and a half
  ./orion data import my.csv.gz --symbol ETHUSDT --timeframe 5m --market futures
  ./orion train --recipe orionquant --epochs 3
  ./orion backtest --recipe orionquant --from 2024-03-01 --to 2024-04-01

Exit codes: 0 done, 1 internal error, 2 wrong usage or configuration, 3 bad or missing data, 4 refused.`,
    );
  for (const add of [
    addUp,
    addData,
    addFeatures,
    addLabels,
    addIndicator,
    addStats,
    addTrain,
    addTune,
    addUpdate,
    addModels,
    addPredict,
    addExplain,
    addRegimes,
    addAudit,
    addScan,
    addBacktest,
    addServe,
    addSim,
    addBench,
    addDoctor,
    addTest,
  ]) {
    add(program);
  }
  inheritSettings(program);
  return program;
}

// Subcommands are to fail the way the program does: by an exception with one line.
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride().configureOutput({ outputError: () => {} });
    inheritSettings(child);
  }
}
