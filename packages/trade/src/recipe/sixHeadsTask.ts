import { canonicalJson, sha256 } from "../core/hash.ts";
import type { BarSeries } from "../market/bars.ts";
import { fitMultiTaskNet, type MultiTaskFit } from "../models/multiTask/fitMultiTaskNet.ts";
import { MultiTaskNet } from "../models/multiTask/multiTaskNet.ts";
import { barsSha256 } from "../store/index.ts";
import { type RangeMs, recipeBars } from "./dataUse.ts";
import { seenWith, unseenTest } from "./parentModel.ts";
import { readSurroundings } from "./readSurroundings.ts";
import type { MultiTaskRecipe } from "./recipeSchema.ts";
import { type SixHeadsData, sixHeadsData } from "./sixHeadsData.ts";
import { sixHeadsReport } from "./sixHeadsReport.ts";
import { sixHorizons } from "./sixOutcomes.ts";
import { panelSha256, recipePanel } from "./surroundings.ts";
import {
  startOf,
  type TaskManifest,
  type TaskRun,
  type TrainingTask,
  trainingRecord,
} from "./trainingTask.ts";

/** A recipe of six heads: many symbols beside their context, one network, and a report by head on the test rows. */
export async function sixHeadsTask(
  recipe: MultiTaskRecipe,
  range: RangeMs,
  run: TaskRun,
): Promise<TrainingTask> {
  const { symbols } = recipe.universe;
  const bars: BarSeries[] = [];
  for (const symbol of symbols) {
    run.signal?.throwIfAborted();
    bars.push(
      await recipeBars(run.workspace, { universe: { ...recipe.universe, symbols: [symbol] } }, range),
    );
  }
  const around = await readSurroundings(run.workspace, recipe, { range, signal: run.signal });
  const { context } = around;
  const hashOf = (series: BarSeries) => ({
    instrument: series.instrument,
    sha256: barsSha256(series, Number.isNaN(series.volume[0]) ? "mark" : "bars"),
  });
  const dataSha256 = sha256(
    canonicalJson({
      symbols: bars.map(hashOf),
      context: context.map(hashOf),
      ...(around.beside ? { panels: bars.map((one) => panelSha256(recipePanel(recipe, one, around))) } : {}),
      ...(around.peers ? { peers: around.peers.symbols.map((peer) => hashOf(peer.bars)) } : {}),
    }),
  );
  return {
    dataSha256,
    prepare() {
      const whole = sixHeadsData(recipe, bars, around);
      const test = unseenTest(whole.split.test, whole.stack.closeTime, run.parent);
      const data = { ...whole, split: { ...whole.split, test } };
      for (const { symbol, reason } of data.dropped) {
        run.onStatus({ stage: "features and labels", message: `${symbol} is left out: ${reason}` });
      }
      const { split } = data;
      return {
        names: data.names,
        train: split.train,
        async fit(metadata, fitContext) {
          const fitted = await fitMultiTaskNet(
            {
              network: recipe.model,
              training: recipe.training,
              scaling: recipe.scaling,
              selection: recipe.selection,
              metadata,
              ...startOf(run.parent),
              ...(recipe.meta ? { meta: recipe.meta } : {}),
            },
            {
              ...data,
              train: split.train.rows,
              validation: split.validation.rows,
              embargoBars: split.embargoBars,
            },
            fitContext,
          );
          return {
            onnx: fitted.onnx,
            evaluate: async () => ({
              manifest: await evaluate({ run, recipe, bars, context, data, dataSha256, fitted }),
              files: {},
            }),
          };
        },
      };
    },
  };
}

interface Evaluation {
  run: TaskRun;
  recipe: MultiTaskRecipe;
  bars: readonly BarSeries[];
  context: readonly BarSeries[];
  data: SixHeadsData;
  dataSha256: string;
  fitted: MultiTaskFit;
}

async function evaluate(e: Evaluation): Promise<TaskManifest> {
  const { run, recipe, data, fitted } = e;
  const { split } = data;
  const rows = split.test.rows;
  const net = await MultiTaskNet.open(fitted.onnx, fitted.manifest);
  let forecast: Awaited<ReturnType<MultiTaskNet["predict"]>>;
  try {
    forecast = await net.predict(data.names, data.stack.features, rows, {
      ...(run.signal ? { signal: run.signal } : {}),
      onProgress: (p) =>
        run.onStatus({ stage: "testing", step: p.done, steps: p.total ?? 0, secondsLeft: p.secondsLeft }),
    });
  } finally {
    await net.close();
  }
  const horizons = sixHorizons(recipe);
  const tasks = sixHeadsReport({
    data,
    rows,
    forecast,
    horizons,
    rightShare: fitted.manifest.confidence?.rightShare ?? null,
  });
  const left = new Set(data.stack.symbols.map((s) => s.symbol));
  const about = (series: BarSeries) => ({
    symbol: series.instrument,
    market: recipe.universe.market,
    timeframe: recipe.universe.timeframe,
    rows: series.length,
    from: series.closeTime[0]!,
    to: series.closeTime[series.length - 1]!,
  });
  const range = ({ from, to }: { from: number; to: number }) => ({ from, to });
  return {
    task: "sixHeads",
    recipe,
    data: {
      symbols: e.bars.filter((b) => left.has(b.instrument)).map(about),
      context: e.context.map(about),
      dropped: [...data.dropped],
      sha256: e.dataSha256,
    },
    ranges: { train: range(split.train), validation: range(split.validation), test: range(split.test) },
    seen: seenWith({ from: split.train.from, to: split.validation.knownUntil }, run.parent),
    ...(run.parent ? { parent: run.parent.record } : {}),
    horizonBars: horizons.longest,
    net: fitted.manifest,
    training: trainingRecord(fitted.summary),
    tasks,
    failed: tasks.direction.alwaysOneClass
      ? "every test row gets the same direction: the network has learned nothing to act on"
      : null,
  };
}
