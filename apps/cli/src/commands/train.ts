import { UsageError } from "@orion/trade/core";
import type { Device } from "@orion/trade/models";
import type { TrainingMemory, TrainingStatus } from "@orion/trade/wire";
import { type Command, Option } from "commander";
import { type Session, sayWhenStopped, sessionOf } from "../session.ts";
import { describeMemory } from "../terminal/describeMemory.ts";
import { describeModel } from "../terminal/describeModel.ts";
import { describeScanner } from "../terminal/describeScanner.ts";
import { answer, say } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { trainingDisplay } from "../terminal/trainingDisplay.ts";
import { memorySize, symbolList, wholeNumber } from "./options.ts";

interface TrainOptions {
  recipe: string;
  profile: string;
  network?: string;
  symbol?: string;
  symbols?: string[];
  from?: string;
  to?: string;
  epochs?: number;
  fromModel?: string;
  freezeEncoder?: boolean;
  resume?: boolean;
  checkpointSeconds?: number;
  device: "auto" | Device;
  maxMemory?: number;
}

export function addTrain(program: Command): void {
  program
    .command("train")
    .description(
      "Train a recipe's network on its symbols, test it on rows that it has not seen, and keep the model.",
    )
    .requiredOption("--recipe <name>", "a recipe's name, or a .yaml file")
    .option("--profile <name>", "quick, default or full; full is the recipe as written", "full")
    .option("--network <kind>", "train this network, at its usual sizes, instead of the recipe's")
    .option("--symbol <symbol>", "trade this symbol instead of the recipe's")
    .option("--symbols <list>", "train on these symbols, AAPL,MSFT,…, instead of the recipe's", symbolList)
    .option("--from <time>", "use bars from this time on")
    .option("--to <time>", "use bars up to this time")
    .option("--epochs <n>", "at most so many epochs", wholeNumber("--epochs"))
    .option(
      "--from-model <id>",
      "start from the weights of a stored model of the same network and features, such as one of another symbol",
    )
    .option("--freeze-encoder", "with --from-model: keep the encoder's weights and train the heads alone")
    .option(
      "--resume",
      "go on where an interrupted training of the same recipe and bars stopped; of a recipe of stages, take over each network, base model and figure that had ended",
    )
    .option(
      "--checkpoint-seconds <n>",
      "work that a crash may cost, in seconds, whatever the recipe's training.checkpointMinutes (1 unless given); 0 keeps a checkpoint after every step",
      wholeNumber("--checkpoint-seconds", 0),
    )
    .addOption(
      new Option("--device <device>", "where to train; auto takes a graphics card where a trial of it works")
        .choices(["auto", "cpu", "webgpu", "cuda"])
        .default("cpu"),
    )
    .option(
      "--max-memory <size>",
      "refuse a training that needs more, such as 2GiB or 800MB; unless given, what the machine has left",
      memorySize("--max-memory"),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion train --recipe orionquant --profile default\n  ./orion train --recipe my.yaml --epochs 5 --json\n  ./orion train --recipe orionquant --resume\n  ./orion train --recipe scanner --profile default --resume\n  ./orion train --recipe hybrid --network simplexLstm --symbols AAPL,MSFT --profile quick\n  ./orion train --recipe orionquant --symbol ETHUSDT --from-model orionquant-0123456789 --freeze-encoder",
    )
    .action(async (options: TrainOptions, command: Command) => {
      const session = sessionOf(command);
      const { isScannerRecipe } = await import("@orion/trade/recipe");
      if (await isScannerRecipe(options.recipe)) return trainStages(session, options);
      const { trainRecipe, checkProfile } = await import("@orion/trade/recipe");
      const { chooseDevice, measurePeak } = await import("@orion/trade/models");
      const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
      const {
        recipe,
        network,
        symbol,
        symbols,
        from,
        to,
        epochs,
        resume = false,
        checkpointSeconds,
      } = options;
      if (symbol !== undefined && symbols !== undefined)
        throw new UsageError("give --symbol or --symbols, not both");
      const profile = checkProfile(options.profile);
      const { device, why } = await chooseDevice(options.device);
      if (options.device !== "cpu") say(`device ${device}: ${why}`);
      const display = trainingDisplay();
      let memory: TrainingMemory | undefined;
      const onStatus = (status: Partial<TrainingStatus>): void => {
        if (status.memory && status.memory.estimatedBytes !== memory?.estimatedBytes) {
          display.stop();
          say(describeMemory(status.memory));
        }
        memory = status.memory ?? memory;
        display.update(status);
      };
      try {
        const peak = await measurePeak();
        const model = await withWorkspaceLock(await openWorkspace(session.workspace), "orion train", () =>
          trainRecipe(
            { workspace: session.workspace, now: Date.now, signal: session.stop },
            {
              recipe,
              profile,
              resume,
              device,
              ...(options.maxMemory === undefined ? {} : { maxMemoryBytes: options.maxMemory }),
              checkpointSeconds,
              ...(network === undefined ? {} : { network }),
              fromModel: options.fromModel,
              freezeEncoder: options.freezeEncoder,
              ...(symbol === undefined ? {} : { symbol }),
              ...(symbols === undefined ? {} : { symbols }),
              ...(from === undefined ? {} : { from }),
              ...(to === undefined ? {} : { to }),
              ...(epochs === undefined ? {} : { epochs }),
            },
            onStatus,
          ),
        );
        display.stop();
        const train = {
          epochs: model.epochs,
          windows: model.windows,
          windowsPerSecond: model.windowsPerSecond,
          lossBefore: model.lossBefore,
          lossAfter: model.lossAfter,
          gflops: model.gflops,
          peakGflops: peak.gflops,
          ratioToPeak: model.gflops / peak.gflops,
          device,
          memory: {
            estimatedBytes: memory?.estimatedBytes ?? null,
            // in KiB, of this process since its start
            peakBytes: process.resourceUsage().maxRSS * 1024,
          },
          engineIdleShare: model.engineIdleShare ?? null,
        };
        answer(session, { model, train }, () => describeModel(model));
      } finally {
        display.stop();
      }
    });
}

/** What a recipe of stages takes of the options; the others belong to one network. */
const ofStages = new Set([
  ...["recipe", "profile", "symbols", "from", "to", "resume", "checkpointSeconds", "device"],
]);

async function trainStages(session: Session, options: TrainOptions): Promise<void> {
  const refused = Object.entries(options).find(
    ([name, value]) => value !== undefined && value !== false && !ofStages.has(name),
  );
  if (refused || options.device !== "cpu")
    throw new UsageError(
      `--${(refused?.[0] ?? "device").replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}: recipe '${options.recipe}' trains stages and takes --profile, --symbols, --from, --to, --resume and --checkpoint-seconds only`,
    );
  const { checkProfile, loadScanner, scannerProfile, scannerSummary, trainScanner } = await import(
    "@orion/trade/recipe"
  );
  const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
  const profile = checkProfile(options.profile);
  const recipe = scannerProfile(await loadScanner(options.recipe), profile);
  const bar = progressBar();
  let kept: string | null = null;
  try {
    const model = await withWorkspaceLock(await openWorkspace(session.workspace), "orion train", () =>
      trainScanner(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        recipe,
        {
          profile,
          symbols: options.symbols,
          from: options.from,
          to: options.to,
          resume: options.resume,
          checkpointSeconds: options.checkpointSeconds,
        },
        ({ stage, step = 0, steps = 0, secondsLeft = null, message }) => {
          if (stage === "stopped") kept = message ?? null;
          else if (stage)
            bar.update({ stage, done: step, total: steps || null, secondsLeft, note: message ?? "" });
        },
      ),
    );
    bar.stop();
    const { timeframes, rows, test, classes, riskMethods } = model;
    const train = {
      rows,
      classes,
      timeframes: timeframes.map(({ net, ...told }) => ({ ...told, trained: net !== null })),
      riskMethods,
      test,
    };
    answer(session, { model: scannerSummary(model), train }, () => describeScanner(model));
  } catch (thrown) {
    bar.stop();
    if (kept !== null) {
      const note = `${kept}; the same command with --resume goes on from there`;
      sayWhenStopped(`stopped; ${note}`);
      // a fault tells its own line at the end
      if (!session.stop.aborted) say(note);
    }
    throw thrown;
  } finally {
    bar.stop();
  }
}
