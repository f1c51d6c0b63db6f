import { DataError, OrionError, UsageError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import { SIGNALS } from "../labels/labeler.ts";
import { checkSymbol } from "../market/index.ts";
import { MultiTaskNet } from "../models/multiTask/multiTaskNet.ts";
import type { Prediction } from "../wire/prediction.ts";
import type { SixHeadsForecast, SixHeadsPrediction } from "../wire/sixHeadsPrediction.ts";
import { workspaceOf } from "./dataUse.ts";
import { hasSixHeads, type MultiTaskModelManifest } from "./modelManifest.ts";
import { findModel, newestModel, readModel, readModelManifest } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { type PredictQuery, predictLatest } from "./predictLatest.ts";
import { type SixHeadsWindow, sixHeadsWindows } from "./sixHeadsWindow.ts";
import { sixHorizons } from "./sixOutcomes.ts";

/** What a model of either kind says of the last closed bar: a signal, or six heads. */
export async function predictModel(
  context: PipelineContext,
  query: PredictQuery = {},
  onProgress?: OnProgress,
): Promise<Prediction | SixHeadsPrediction> {
  const workspace = await workspaceOf(context);
  const manifest =
    query.model === undefined
      ? ((await findModel(workspace, (m) => !hasSixHeads(m))) ?? (await findModel(workspace, hasSixHeads)))
      : await readModelManifest(workspace, query.model);
  if (manifest === undefined) await newestModel(workspace);
  return manifest && hasSixHeads(manifest)
    ? predictSixHeads(context, { ...query, model: manifest.id }, onProgress)
    : predictLatest(context, query);
}

/**
 * All six heads on the last closed bar of each symbol of the model, or of one that is named, with the age of the data
 * and how each head did on the test rows. A symbol that cannot be forecast is left out with the reason.
 * @throws DataError when none can be forecast; UsageError when the model has no six heads
 */
export async function predictSixHeads(
  context: PipelineContext,
  query: PredictQuery & { model: string },
  onProgress?: OnProgress,
): Promise<SixHeadsPrediction> {
  const workspace = await workspaceOf(context);
  const { manifest, onnx } = await readModel(workspace, query.model);
  if (!hasSixHeads(manifest))
    throw new UsageError(`model ${query.model} gives a signal and has no six heads`);
  const { recipe, data, net: about, seen, ranges } = manifest;
  const trained = data.symbols.map((s) => s.symbol);
  const symbols = query.symbol === undefined ? trained : [checkSymbol(query.symbol)];
  const windowOf = await sixHeadsWindows(workspace, recipe, query.at);
  const net = await MultiTaskNet.open(onnx, about);
  const forecasts: SixHeadsForecast[] = [];
  const dropped: { symbol: string; reason: string }[] = [];
  const started = performance.now();
  try {
    for (const [i, symbol] of symbols.entries()) {
      context.signal?.throwIfAborted();
      try {
        const window = await windowOf(symbol);
        const told = await forecastOf(net, manifest, window);
        const barTime = window.bars.closeTime[window.row]!;
        forecasts.push({
          symbol,
          trained_on: trained.includes(symbol),
          bar_time: isoTime(barTime),
          data_age_seconds: Math.max(0, Math.round((context.now() - barTime) / 1000)),
          current_price: window.bars.close[window.row]!,
          ...told,
          in_sample: barTime >= seen.from && barTime <= seen.to,
        });
      } catch (thrown) {
        if (!(thrown instanceof OrionError) || symbols.length === 1) throw thrown;
        dropped.push({ symbol, reason: thrown.message });
      }
      const done = i + 1;
      const secondsLeft = ((performance.now() - started) / 1000 / done) * (symbols.length - done);
      onProgress?.({ stage: "predicting", done, total: symbols.length, secondsLeft });
    }
  } finally {
    await net.close();
  }
  const [first] = dropped;
  if (forecasts.length === 0 && first)
    throw new DataError(`none of ${symbols.length} symbols can be forecast; ${first.reason}`);
  const range = ({ from, to }: { from: number; to: number }) => ({ from: isoTime(from), to: isoTime(to) });
  return {
    model_id: manifest.id,
    recipe: recipe.name,
    timeframe: recipe.universe.timeframe,
    forecasts,
    dropped,
    base_rates: {
      direction: sharesOf(about.scaling.directionRates),
      position: sharesOf(about.scaling.positionRates),
    },
    base_confidence: about.confidence?.rightShare ?? null,
    test: manifest.tasks,
    training_range: range(seen),
    test_range: range(ranges.test),
  };
}

async function forecastOf(
  net: MultiTaskNet,
  manifest: MultiTaskModelManifest,
  { names, columns, row }: SixHeadsWindow,
) {
  const f = await net.predict(names, columns, Int32Array.of(row));
  const horizons = sixHorizons(manifest.recipe);
  const { drawdownHundredths } = manifest.net.scaling;
  return {
    returns: horizons.returns.map((bars, h) => ({ horizon_bars: bars, expected_return: f.returns[h]![0]! })),
    direction: {
      horizon_bars: horizons.direction,
      said: SIGNALS[f.directionSaid[0]!]!,
      probabilities: sharesOf(f.direction),
    },
    position: {
      horizon_bars: horizons.longest,
      said: SIGNALS[f.positionSaid[0]!]!,
      probabilities: sharesOf(f.position),
    },
    volatility: { horizon_bars: horizons.longest, per_bar: f.volatility[0]! },
    confidence: manifest.net.confidence === null ? null : f.confidence[0]!,
    risk: {
      horizon_bars: horizons.longest,
      quantile: f.risk[0]!,
      drawdown: drawdownHundredths[Math.round(100 * f.risk[0]!)]!,
    },
  };
}

function sharesOf(values: ArrayLike<number>): { BUY: number; HOLD: number; SELL: number } {
  return { BUY: values[0]!, HOLD: values[1]!, SELL: values[2]! };
}
