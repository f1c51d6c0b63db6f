import { UsageError } from "../core/errors.ts";
import type { BarSeries } from "../market/bars.ts";
import { fitEnsemble } from "../models/ensemble/index.ts";
import { fitSignalNet, type SignalNetFit } from "../models/signalNet/fitSignalNet.ts";
import { SignalNet } from "../models/signalNet/signalNet.ts";
import type { SplitPart, TimeSplit } from "../models/validation/index.ts";
import { decideSignals, type ThresholdChoice } from "../signals/index.ts";
import { barsBetween, chooseDecision } from "./chooseDecision.ts";
import { classify } from "./classification.ts";
import { type LabelledData, labelerOf, labelledData } from "./dataset.ts";
import { type RangeMs, recipeBars } from "./dataUse.ts";
import { encodeForecast } from "./forecastFile.ts";
import { forecastRows, isDecisionTime, probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import type { ModelManifest } from "./modelManifest.ts";
import { FORECAST_FILE } from "./modelShelf.ts";
import { type ParentModel, seenWith, unseenTest } from "./parentModel.ts";
import { readSurroundings } from "./readSurroundings.ts";
import type { Recipe } from "./recipeSchema.ts";
import { panelSha256, recipePanel } from "./surroundings.ts";
import { startOf, type TaskRun, type TrainingTask, trainingRecord } from "./trainingTask.ts";

/**
 * A recipe that trades one symbol by a signal: thresholds on the validation rows by expected value after costs, and one
 * look at the test rows.
 */
export async function signalTask(recipe: Recipe, range: RangeMs, run: TaskRun): Promise<TrainingTask> {
  const bars = await recipeBars(run.workspace, recipe, range);
  const around = await readSurroundings(run.workspace, recipe, { range, signal: run.signal });
  const dataSha256 = panelSha256(recipePanel(recipe, bars, around));
  return {
    dataSha256,
    prepare() {
      const labelled = labelledData(recipe, bars, around);
      const test = unseenTest(labelled.split.test, bars.closeTime, run.parent);
      const data = { ...labelled, split: { ...labelled.split, test } };
      const { train, validation } = data.split;
      requireDecisions(recipe, bars, data.split);
      return {
        names: data.features.names,
        train,
        async fit(metadata, context) {
          const { model: network, training, scaling, selection, ensemble } = recipe;
          const options = { network, training, scaling, selection, metadata, ...startOf(run.parent) };
          const rows = { ...data, train: train.rows, validation: validation.rows };
          const fitted = ensemble
            ? await fitEnsemble(ensemble, options, rows, context)
            : await fitSignalNet(options, rows, context);
          return {
            onnx: fitted.onnx,
            evaluate: () => evaluateSignal({ run, recipe, bars, data, dataSha256, fitted }),
          };
        },
      };
    },
  };
}

/** Decision bars of a part. */
function decisionRows(recipe: Recipe, bars: BarSeries, part: SplitPart): Int32Array {
  return part.rows.filter((row) => isDecisionTime(bars.closeTime[row]!, recipe));
}

/** Thresholds cannot be chosen or tested where nothing is decided; better said before the training than after it. */
function requireDecisions(recipe: Recipe, bars: BarSeries, split: TimeSplit): void {
  for (const name of ["validation", "test"] as const) {
    if (decisionRows(recipe, bars, split[name]).length > 0) continue;
    throw new UsageError(
      `decision.everyBars: with a decision every ${recipe.decision.everyBars} bars none falls into the ${name} part of ${split[name].rows.length} rows: make it smaller or give more bars`,
    );
  }
}

export interface SignalEvaluation {
  run: Omit<TaskRun, "parent"> & { readonly parent?: Pick<ParentModel, "record" | "seen"> | undefined };
  recipe: Recipe;
  bars: BarSeries;
  data: LabelledData;
  dataSha256: string;
  fitted: SignalNetFit;
}

/** Thresholds from the validation rows, and classification of validation and test rows. */
export async function evaluateSignal({ run, recipe, bars, data, dataSha256, fitted }: SignalEvaluation) {
  const { signal, onStatus } = run;
  const { split, classes } = data;
  const net = await SignalNet.open(fitted.onnx, fitted.manifest);
  let validationForecast: TimedForecast;
  let testForecast: TimedForecast;
  const validationRows = decisionRows(recipe, bars, split.validation);
  const testRows = decisionRows(recipe, bars, split.test);
  try {
    const forecast = (rows: Int32Array, stage: string): Promise<TimedForecast> =>
      forecastRows(net, data.features, rows, {
        signal,
        onProgress: (p) => onStatus({ stage, step: p.done, steps: p.total ?? 0, secondsLeft: p.secondsLeft }),
      });
    validationForecast = await forecast(validationRows, "validating");
    testForecast = await forecast(testRows, "testing");
  } finally {
    await net.close();
  }

  onStatus({ stage: "choosing thresholds", secondsLeft: null });
  const choice = await chooseDecision(
    recipe,
    barsBetween(bars, split.validation),
    validationForecast,
    signal,
  );
  const overlap = Math.max(1, labelerOf(recipe).horizonBars / recipe.decision.everyBars);
  const reportOn = (rows: Int32Array, forecast: TimedForecast) =>
    classify(
      Float32Array.from(rows, (row) => classes[row]!),
      forecast,
      decideSignals(probabilitiesOf(forecast), choice.thresholds),
      overlap,
    );
  const validation = reportOn(validationRows, validationForecast);
  const test = reportOn(testRows, testForecast);
  const range = ({ from, to }: { from: number; to: number }) => ({ from, to });
  const manifest = {
    recipe,
    data: {
      symbol: recipe.universe.symbols[0]!,
      market: recipe.universe.market,
      timeframe: recipe.universe.timeframe,
      rows: bars.length,
      from: bars.closeTime[0]!,
      to: bars.closeTime[bars.length - 1]!,
      sha256: dataSha256,
    },
    ranges: { train: range(split.train), validation: range(split.validation), test: range(split.test) },
    seen: seenWith({ from: split.train.from, to: split.validation.knownUntil }, run.parent),
    ...(run.parent ? { parent: run.parent.record } : {}),
    horizonBars: labelerOf(recipe).horizonBars,
    net: fitted.manifest,
    training: trainingRecord(fitted.summary),
    decision: {
      buy: choice.thresholds.buy,
      sell: choice.thresholds.sell,
      note: choice.note,
      candidates: choice.candidates.length,
      validationTrades: choice.chosen.trades,
      validationMeanNetReturn: choice.chosen.meanNetReturn,
    },
    validation,
    test,
    failed: failureOf(test, choice),
  };
  return {
    manifest,
    files: { [FORECAST_FILE]: encodeForecast(joinForecasts(validationForecast, testForecast)) },
  };
}

function failureOf(test: ModelManifest["test"], choice: ThresholdChoice): string | null {
  if (test.alwaysOneClass)
    return "every test row gets the same signal: the network has learned nothing to act on";
  if (!choice.reachedMinTrades) return choice.note;
  return null;
}

function joinForecasts(a: TimedForecast, b: TimedForecast): TimedForecast {
  const join = (x: Float32Array, y: Float32Array): Float32Array => {
    const out = new Float32Array(x.length + y.length);
    out.set(x);
    out.set(y, x.length);
    return out;
  };
  const closeTime = new Float64Array(a.closeTime.length + b.closeTime.length);
  closeTime.set(a.closeTime);
  closeTime.set(b.closeTime, a.closeTime.length);
  return {
    closeTime,
    buy: join(a.buy, b.buy),
    hold: join(a.hold, b.hold),
    sell: join(a.sell, b.sell),
    return: join(a.return, b.return),
  };
}
