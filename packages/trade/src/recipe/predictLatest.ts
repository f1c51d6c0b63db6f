import { upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { isoTime, parseTime } from "../core/time.ts";
import { SIGNALS } from "../labels/labeler.ts";
import { sliceBars } from "../market/bars.ts";
import { checkSymbol } from "../market/index.ts";
import { BUY, decideSignals, SELL } from "../signals/index.ts";
import type { Prediction } from "../wire/prediction.ts";
import { computeFeatures, neededHistory, predictableRows } from "./dataset.ts";
import { recipeBars, workspaceOf } from "./dataUse.ts";
import { forecastRows, probabilitiesOf } from "./forecastRows.ts";
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
    const { universe } = manifest.recipe;
    const symbols = query.symbol === undefined ? universe.symbols : [checkSymbol(query.symbol)];
    const recipe = { ...manifest.recipe, universe: { ...universe, symbols } };
    const at = query.at === undefined ? undefined : parseTime(query.at, "at");
    const needed = neededHistory(recipe);
    const stored = await recipeBars(workspace, recipe, at === undefined ? {} : { to: at });
    const end = at === undefined ? stored.length : upperBound(stored.closeTime, at);
    const bars = sliceBars(stored, Math.max(0, end - needed), end);
    const last = bars.length - 1;
    const features = computeFeatures(recipe, bars);
    const rows = predictableRows(recipe, features).filter((row) => row === last);
    if (rows.length === 0) {
      throw new DataError(
        `${bars.instrument} ${recipe.universe.timeframe}: the bar that closed at ${isoTime(bars.closeTime[last]!)} cannot be predicted: the ${needed} bars up to it have a hole or are too few; see ./orion data check`,
      );
    }
    const forecast = await forecastRows(net, features, rows, { signal: context.signal });
    const { buy, sell } = manifest.decision;
    const [signal] = decideSignals(probabilitiesOf(forecast), { buy, sell });
    const name = signal === BUY ? "BUY" : signal === SELL ? "SELL" : "HOLD";
    const probabilities = { BUY: forecast.buy[0]!, HOLD: forecast.hold[0]!, SELL: forecast.sell[0]! };
    const barTime = bars.closeTime[last]!;
    return {
      signal: name,
      confidence: probabilities[name],
      probabilities,
      expected_return: forecast.return[0]!,
      current_price: bars.close[last]!,
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
