import { isoTime } from "../core/time.ts";
import { SIGNALS } from "../labels/labeler.ts";
import { BUY, decideSignals, SELL } from "../signals/index.ts";
import type { Prediction } from "../wire/prediction.ts";
import { workspaceOf } from "./dataUse.ts";
import { probabilitiesOf } from "./forecastRows.ts";
import { lastWindow } from "./lastWindow.ts";
import { openModel } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";

export interface PredictQuery {
  /** a model's id; the newest model otherwise */
  model?: string | undefined;
  symbol?: string | undefined;
  /** predict on the last bar closed by then; the last stored bar otherwise */
  at?: string | undefined;
}

/**
 * The model's signal on the last closed bar, with all that is needed to weigh it: probabilities beside base rates and
 * thresholds, the bar's time and the data's age.
 * @throws DataError when there is no model, too little history, or a hole in the window
 */
export async function predictLatest(context: PipelineContext, query: PredictQuery = {}): Promise<Prediction> {
  const workspace = await workspaceOf(context);
  const { manifest, net } = await openModel(workspace, query.model);
  try {
    const { recipe, bars, features, row } = await lastWindow(workspace, manifest.recipe, query);
    const { signal: stop } = context;
    const forecast = await net.predict(features, Int32Array.of(row), stop ? { signal: stop } : {});
    const { buy, sell } = manifest.decision;
    const [signal] = decideSignals(probabilitiesOf(forecast), { buy, sell });
    const name = signal === BUY ? "BUY" : signal === SELL ? "SELL" : "HOLD";
    const probabilities = { BUY: forecast.buy[0]!, HOLD: forecast.hold[0]!, SELL: forecast.sell[0]! };
    const barTime = bars.closeTime[row]!;
    return {
      signal: name,
      confidence: probabilities[name],
      probabilities,
      expected_return: forecast.return[0]!,
      ...(forecast.spread && manifest.net.ensemble
        ? {
            ensemble: {
              members: manifest.net.ensemble.members.length,
              spread: {
                BUY: forecast.spread.buy[0]!,
                HOLD: forecast.spread.hold[0]!,
                SELL: forecast.spread.sell[0]!,
              },
              return_spread: forecast.spread.return[0]!,
            },
          }
        : {}),
      current_price: bars.close[row]!,
      bar_time: isoTime(barTime),
      data_age_seconds: Math.max(0, Math.round((context.now() - barTime) / 1000)),
      model_id: manifest.id,
      recipe: recipe.name,
      symbol: recipe.universe.symbols[0]!,
      timeframe: recipe.universe.timeframe,
      horizon_bars: manifest.horizonBars,
      base_rates: Object.fromEntries(
        SIGNALS.map((s, i) => [s, manifest.net.baseRates[i]]),
      ) as Prediction["base_rates"],
      thresholds: { buy, sell },
      training_range: { from: isoTime(manifest.seen.from), to: isoTime(manifest.seen.to) },
      in_sample: barTime >= manifest.seen.from && barTime <= manifest.seen.to,
    };
  } finally {
    await net.close();
  }
}
