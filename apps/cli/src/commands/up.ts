import { DataError, UsageError } from "@orion/trade/core";
import type {
  BacktestRequest,
  BacktestResponse,
  ModelSummary,
  Prediction,
  TrainRequest,
} from "@orion/trade/wire";
import type { Command } from "commander";
import { type Session, sessionOf } from "../session.ts";
import { describeBacktest } from "../terminal/describeBacktest.ts";
import { describeModel } from "../terminal/describeModel.ts";
import { describePrediction } from "../terminal/describePrediction.ts";
import { answer, say } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { trainingDisplay } from "../terminal/trainingDisplay.ts";
import { version } from "../version.ts";
import { wholeNumber } from "./options.ts";
import { untilStopped } from "./serve.ts";

interface UpOptions {
  recipe: string;
  quick?: boolean;
  full?: boolean;
  serve: boolean;
  host: string;
  port: number;
}

/** The steps of the main job, done by the server's workers while a browser watches, or here without a server. */
interface Worker {
  train(request: TrainRequest): Promise<ModelSummary>;
  backtest(request: BacktestRequest): Promise<BacktestResponse>;
  predict(): Promise<Prediction>;
}

export function addUp(program: Command): void {
  program
    .command("up")
    .description(
      "From the sample bars to a trained network, an out-of-sample backtest, a prediction and the page.",
    )
    .option("--recipe <name>", "the recipe to run", "orionquant")
    .option("--quick", "a small training that ends within a minute and a half")
    .option("--full", "train as the recipe says: every window, hours on two cores")
    .option("--no-serve", "without the page")
    .option("--host <address>", "address of the page", "127.0.0.1")
    .option("--port <n>", "port of the page", wholeNumber("--port", 0), 5000)
    .addHelpText(
      "after",
      "\nWhat is there already is reused: a second run is ready in seconds; an interrupted training goes on.\n\nExamples:\n  ./orion up\n  ./orion up --quick --no-serve --json\n  ./orion up --recipe orionquant-1h",
    )
    .action(async (options: UpOptions, command: Command) => {
      const session = sessionOf(command);
      if (options.quick && options.full) throw new UsageError("give --quick or --full, not both");
      const profile = options.quick ? "quick" : options.full ? "full" : "default";
      const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
      const workspace = await openWorkspace(session.workspace);
      await withWorkspaceLock(workspace, "orion up", () => up(session, options, profile));
    });
}

async function up(session: Session, options: UpOptions, profile: TrainRequest["profile"]): Promise<void> {
  const { findBars, importSample, openWorkspace, SAMPLE_KEY } = await import("@orion/trade/store");
  const { applyProfile, loadRecipe, signalRecipe } = await import("@orion/trade/recipe");
  const recipe = signalRecipe(applyProfile(await loadRecipe(options.recipe), profile), "orion up");
  const workspace = await openWorkspace(session.workspace);
  const { symbols, timeframe, market } = recipe.universe;
  const key = { symbol: symbols[0]!, timeframe, market };
  const isOfSample = Object.entries(SAMPLE_KEY).every(
    ([name, value]) => key[name as keyof typeof key] === value,
  );
  // bars of the user's own stay as they are; the sample is for a workspace that has none
  const stored =
    (await findBars(workspace, key)) ?? (isOfSample ? (await importSample(workspace)).stored : undefined);
  if (!stored) {
    throw new DataError(
      `recipe '${recipe.name}' trades ${key.symbol} ${timeframe} (${market}) and none are stored: ./orion data import or ./orion data download them first`,
    );
  }
  say(`bars: ${stored.rows.toLocaleString("en")} of ${stored.symbol} ${stored.timeframe}`);
  const { windowStride, epochs } = recipe.training;
  say(
    `profile ${profile}: at most ${epochs} epochs, every ${ordinal(windowStride.HOLD)} HOLD window and every ${ordinal(windowStride.BUY)} BUY and SELL window; a decision every ${recipe.decision.everyBars} bars` +
      (profile === "full" ? "" : " (--full trains as the recipe says)"),
  );
  const { measurePeak } = await import("@orion/trade/models");
  const peak = await measurePeak();

  if (!options.serve) {
    const result = await run(await localWorker(session), options.recipe, profile, peak.gflops);
    answer(session, result.document, () => result.text);
    return;
  }
  const { createServer } = await import("@orion/server");
  const server = await createServer({
    workspace: session.workspace,
    host: options.host,
    port: options.port,
    version,
  });
  try {
    const url = await server.listen();
    say(`the page is at ${url}: watch the training there`);
    const onStop = (): void => {
      if (server.jobs.training.status.state === "running") server.jobs.cancelTraining();
    };
    session.stop.addEventListener("abort", onStop, { once: true });
    const display = trainingDisplay();
    const unwatch = server.jobs.training.on((status) => display.update(status));
    try {
      const worker: Worker = {
        train: (request) => server.jobs.train(request),
        backtest: (request) => server.jobs.runBacktest(request, session.stop),
        predict: () => server.jobs.predict({}),
      };
      const result = await run(worker, options.recipe, profile, peak.gflops, () => {
        unwatch();
        display.stop();
      });
      answer(session, { ...result.document, url }, () => `${result.text}\n\nOrion is at ${url}`);
    } finally {
      unwatch();
      display.stop();
    }
    say("press Ctrl-C to stop");
    await untilStopped(session.stop);
  } finally {
    await server.close();
  }
}

async function localWorker(session: Session): Promise<Worker> {
  const { backtestModel, predictLatest, trainRecipe } = await import("@orion/trade/recipe");
  const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
  return {
    async train(request) {
      const display = trainingDisplay();
      try {
        return await trainRecipe(context, request, display.update);
      } finally {
        display.stop();
      }
    },
    async backtest(request) {
      const bar = progressBar();
      try {
        return await backtestModel(context, request, bar.update);
      } finally {
        bar.stop();
      }
    },
    predict: () => predictLatest(context),
  };
}

async function run(
  worker: Worker,
  recipe: string,
  profile: TrainRequest["profile"],
  peakGflops: number,
  onTrained: () => void = () => {},
): Promise<{ document: object; text: string }> {
  const model = await worker.train({ recipe, profile, reuse: true });
  onTrained();
  const backtest = await worker.backtest({ model: model.id, inSample: false });
  const prediction = await worker.predict();
  const { equity: _equity, trades: _trades, ...shown } = backtest;
  return {
    document: {
      model: { ...model },
      train: {
        epochs: model.epochs,
        windows: model.windows,
        windowsPerSecond: model.windowsPerSecond,
        gflops: model.gflops,
        peakGflops,
        lossBefore: model.lossBefore,
        lossAfter: model.lossAfter,
        ratioToPeak: model.gflops / peakGflops,
      },
      backtest: shown,
      prediction,
    },
    text: [describeModel(model), "", describeBacktest(backtest), "", describePrediction(prediction)].join(
      "\n",
    ),
  };
}

/** 1 as `single`, 30 as `30th`, in words that fit between "every" and "window". */
function ordinal(n: number): string {
  if (n === 1) return "single";
  const tail = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${tail}`;
}
