import { lowerBound, upperBound } from "../core/columns.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { chooseThresholds, type ThresholdChoice } from "../signals/index.ts";
import { probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import type { Recipe } from "./recipeSchema.ts";
import { trade } from "./tradingRun.ts";

/** Bars from the first decision of a part to its last. @param part close times, ms UTC, both inclusive */
export function barsBetween(
  bars: BarSeries,
  part: { readonly from: number; readonly to: number },
): BarSeries {
  return sliceBars(bars, lowerBound(bars.closeTime, part.from), upperBound(bars.closeTime, part.to));
}

/**
 * The recipe's thresholds by expected value after costs: each pair trades the validation bars with the recipe's own
 * sizing, risk rules and costs.
 * @param bars the validation bars
 * @param forecast of the validation rows
 */
export function chooseDecision(
  recipe: Recipe,
  bars: BarSeries,
  forecast: TimedForecast,
  stop?: AbortSignal,
): Promise<ThresholdChoice> {
  return chooseThresholds({
    probabilities: probabilitiesOf(forecast),
    minTrades: recipe.decision.minTrades,
    async simulate(signals) {
      const run = await trade({ recipe, bars, decisions: { closeTime: forecast.closeTime, signals }, stop });
      return {
        tradeReturns: run.trades.map((t) => t.netReturn),
        totalReturn: run.finalEquity / recipe.initialCash - 1,
      };
    },
  });
}
