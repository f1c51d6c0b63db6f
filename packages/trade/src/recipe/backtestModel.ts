import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import { assertOutOfSample, type Simulation } from "../execution/index.ts";
import { type BarSeries, type Panel, sliceBars } from "../market/bars.ts";
import { slicePanel } from "../market/panel/slicePanel.ts";
import { metricsOf, type Summary, summarise } from "../report/index.ts";
import { decideSignals } from "../signals/index.ts";
import { barsSha256, readTrials, recordTrial, saveRun, type Workspace } from "../store/index.ts";
import type { BacktestRequest, BacktestResponse } from "../wire/backtest.ts";
import { computeFeatures, neededHistory, predictableRows } from "./dataset.ts";
import { parseRange, recipeBars, workspaceOf } from "./dataUse.ts";
import { forecastRows, isDecisionTime, probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import type { ModelManifest } from "./modelManifest.ts";
import { type OpenModel, openModel } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { readSurroundings } from "./readSurroundings.ts";
import { distinctSharpes, drawn, summaryOfRun, tradeOf } from "./runResponse.ts";
import { panelSha256, recipePanel } from "./surroundings.ts";
import { trade } from "./tradingRun.ts";

/**
 * Trades a model's signals over a range of bars, the test range unless said otherwise. The run goes into the trial
 * ledger before its result is returned; its equity at every bar and its trades are kept under `runs/ID/`.
 * @throws RefusedError (exit code 4) when the range touches what the model has seen and `inSample` is not said
 */
export async function backtestModel(
  context: PipelineContext,
  request: BacktestRequest,
  onProgress?: OnProgress,
): Promise<BacktestResponse> {
  const workspace = await workspaceOf(context);
  const model = await openModel(workspace, request.model);
  try {
    const { manifest } = model;
    const stored = await recipeBars(workspace, manifest.recipe);
    const around = await readSurroundings(workspace, manifest.recipe, { signal: context.signal });
    const panel = recipePanel(manifest.recipe, stored, around);
    const asked = parseRange(request);
    const range = {
      from: asked.from ?? manifest.ranges.test.from,
      to:
        asked.to ??
        Math.max(manifest.ranges.test.to, asked.from === undefined ? 0 : stored.closeTime.at(-1)!),
    };
    const first = lowerBound(stored.closeTime, range.from);
    const end = upperBound(stored.closeTime, range.to);
    if (end - first < 2) {
      throw new DataError(
        `${stored.instrument} has ${Math.max(0, end - first)} bars from ${isoTime(range.from)} to ${isoTime(range.to)}, a backtest needs 2: bars are stored from ${isoTime(stored.closeTime[0]!)} to ${isoTime(stored.closeTime.at(-1)!)}`,
      );
    }
    assertOutOfSample(
      { from: stored.closeTime[first]!, to: stored.closeTime[end - 1]! },
      manifest.seen,
      request.inSample,
    );
    const forecast = await forecastRange(model, panel, first, end, context, onProgress);
    const bars = sliceBars(stored, first, end);
    const simulation = await trade({
      recipe: manifest.recipe,
      bars,
      decisions: {
        closeTime: forecast.closeTime,
        signals: decideSignals(probabilitiesOf(forecast), manifest.decision),
      },
      allowShort: request.allowShort,
      seen: manifest.seen,
      inSample: request.inSample,
      onProgress,
      stop: context.signal,
    });
    return await conclude(workspace, manifest, request, bars, simulation);
  } finally {
    await model.net.close();
  }
}

/** Forecasts at the decision bars of rows [first, end); those of the training's own test are not made again. */
async function forecastRange(
  model: OpenModel,
  stored: Panel,
  first: number,
  end: number,
  context: PipelineContext,
  onProgress: OnProgress | undefined,
): Promise<TimedForecast> {
  const { manifest, net } = model;
  const history = neededHistory(manifest.recipe);
  const base = Math.max(0, first - history);
  const window = slicePanel(stored, base, end);
  const features = computeFeatures(manifest.recipe, window);
  const rows = predictableRows(manifest.recipe, features).filter(
    (row) => row + base >= first && isDecisionTime(window.closeTime[row]!, manifest.recipe),
  );
  // kept forecasts hold only for the bars that they were made on
  const isSameData =
    stored.length >= manifest.data.rows &&
    panelSha256(slicePanel(stored, 0, upperBound(stored.closeTime, manifest.data.to))) ===
      manifest.data.sha256;
  return forecastRows(net, features, rows, {
    ...(isSameData ? { known: model.forecast } : {}),
    signal: context.signal,
    onProgress,
  });
}

/** Writes the trial and the run, then tells the result. */
async function conclude(
  workspace: Workspace,
  manifest: ModelManifest,
  request: BacktestRequest,
  bars: BarSeries,
  simulation: Simulation,
): Promise<BacktestResponse> {
  const range = { from: bars.closeTime[0]!, to: bars.closeTime[bars.length - 1]! };
  const own = metricsOf(simulation);
  const trial = await recordTrial(workspace, {
    recipe: manifest.recipe.name,
    configSha256: sha256(canonicalJson({ recipe: manifest.recipe, allowShort: request.allowShort ?? null })),
    dataSha256: barsSha256(bars),
    modelId: manifest.id,
    range,
    metrics: {
      sharpe: own.sharpe,
      totalReturn: own.totalReturn,
      trades: own.trades,
      inSample: request.inSample ? 1 : 0,
    },
  });
  const { trials } = await readTrials(workspace);
  const summary = await summarise(simulation, {
    seed: manifest.recipe.seed,
    trialSharpes: distinctSharpes(trials, manifest.recipe.name),
  });
  const result = responseOf(trial.id, manifest, simulation, summary, range, bars.length);
  await saveRun(workspace, trial.id, {
    result: { ...result, equity: undefined, trades: undefined },
    equity: { time: simulation.time, equity: simulation.equity },
    trades: result.trades.map((t) => ({ ...t })),
  });
  return result;
}

function responseOf(
  id: string,
  manifest: ModelManifest,
  simulation: Simulation,
  summary: Summary,
  range: { from: number; to: number },
  bars: number,
): BacktestResponse {
  const { baselines } = summary;
  return {
    id,
    model: manifest.id,
    symbol: manifest.data.symbol,
    timeframe: manifest.data.timeframe,
    range: { from: isoTime(range.from), to: isoTime(range.to) },
    bars,
    ...summaryOfRun(summary),
    baselines: {
      buyAndHold: baselines.buyAndHold?.metrics ?? null,
      random: baselines.randomEntry && {
        draws: baselines.randomEntry.draws,
        meanReturn: baselines.randomEntry.totalReturn.mean,
        low: baselines.randomEntry.totalReturn.low,
        high: baselines.randomEntry.totalReturn.high,
        beats: baselines.randomEntry.totalReturn.percentile,
      },
    },
    pbo: null,
    inSample: simulation.inSample,
    valid: simulation.valid,
    invalidReason: simulation.invalidReason,
    warnings: [
      ...(manifest.failed === null ? [] : [`FAILED TRAINING: ${manifest.failed}`]),
      ...summary.warnings,
    ],
    ordersSha256: simulation.ordersSha256,
    equitySha256: simulation.equitySha256,
    equity: drawn(summary.equity),
    trades: simulation.trades.map(tradeOf),
  };
}
