import type { OnProgress } from "../core/progress.ts";
import { timeframeMs } from "../core/time.ts";
import { type Simulation, simulate, type TimeRange } from "../execution/index.ts";
import type { BarSeries } from "../market/bars.ts";
import { createRiskRule } from "../risk/index.ts";
import { createSizer, signalSeries, signalStrategy } from "../signals/index.ts";
import type { Recipe } from "./recipeSchema.ts";

export interface TradingRun {
  readonly recipe: Recipe;
  readonly bars: BarSeries;
  /** close times of the decisions and what was signalled then */
  readonly decisions: { readonly closeTime: Float64Array; readonly signals: Int8Array };
  readonly allowShort?: boolean | undefined;
  readonly seen?: TimeRange | undefined;
  readonly inSample?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly stop?: AbortSignal | undefined;
}

/** Trades the signals over the bars through the one loop, with the recipe's sizer, risk rules and costs. */
export function trade(run: TradingRun): Promise<Simulation> {
  const { recipe, bars } = run;
  const allowShort = run.allowShort ?? recipe.sizing["allowShort"] === true;
  const sizing = { ...recipe.sizing, allowShort };
  const sizer = createSizer(sizing);
  return simulate({
    bars,
    timeframeMs: timeframeMs(recipe.universe.timeframe),
    strategy: signalStrategy(
      bars.instrument,
      signalSeries(bars.closeTime, signalsOnBars(bars, run.decisions)),
      sizer,
    ),
    rules: recipe.risk.map((spec, i) => createRiskRule(spec, `risk.${i}`)),
    config: { ...recipe.costs, allowShort, initialCash: recipe.initialCash },
    onGap: recipe.universe.market === "stock" ? "ride" : "halt",
    trainingRange: run.seen,
    inSample: run.inSample,
    onProgress: run.onProgress,
    stop: run.stop,
  });
}

/**
 * One signal a bar. Bars between two decisions carry the last decision on, so that the same signal twice in a row is
 * one unbroken signal and not a new one; before the first decision they hold.
 */
export function signalsOnBars(
  bars: BarSeries,
  decisions: { readonly closeTime: Float64Array; readonly signals: Int8Array },
): Int8Array {
  const signals = new Int8Array(bars.length);
  let next = 0;
  let standing = 0;
  for (let t = 0; t < bars.length; t++) {
    while (next < decisions.closeTime.length && decisions.closeTime[next]! <= bars.closeTime[t]!) {
      if (decisions.closeTime[next] === bars.closeTime[t]) standing = decisions.signals[next]!;
      next++;
    }
    signals[t] = standing;
  }
  return signals;
}
