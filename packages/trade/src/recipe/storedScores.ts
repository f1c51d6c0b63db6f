import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { type BarSeries, singlePanel } from "../market/bars.ts";
import { blockLength, logLosses } from "../models/index.ts";
import { BUY, decideSignals, SELL } from "../signals/index.ts";
import type { Workspace } from "../store/index.ts";
import { barsBetween } from "./chooseDecision.ts";
import { labelerOf } from "./dataset.ts";
import { recipeBars } from "./dataUse.ts";
import { probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import type { ModelManifest } from "./modelManifest.ts";
import { readSurroundings } from "./readSurroundings.ts";
import { panelSha256, recipePanel, type Surroundings } from "./surroundings.ts";

/** Stored forecasts of some rows beside what happened, in time's order. */
export interface PartScores {
  /** equal for models whose rows are the same bars with the same labels */
  readonly rows: string;
  readonly n: number;
  /** -ln p(what happened), by row */
  readonly losses: Float64Array;
  /** 0 BUY, 1 HOLD, 2 SELL: what happened, and what the thresholds made of the forecast */
  readonly actual: Uint8Array;
  readonly said: Uint8Array;
  /** rows of a block of a bootstrap: as many as share an outcome, n^(1/3) at least */
  readonly block: number;
}

/**
 * A signal model's stored forecasts of its validation and test rows with the labels of the stored bars.
 * @returns a sentence instead when the bars are no longer those that the model was trained on
 */
export async function storedScores(
  workspace: Workspace,
  manifest: ModelManifest,
  forecast: TimedForecast,
): Promise<{ validation: PartScores; test: PartScores } | string> {
  const { recipe, data, ranges } = manifest;
  const changed = "its bars are not stored any more as they were when it was trained";
  let bars: BarSeries;
  let around: Surroundings;
  try {
    bars = barsBetween(await recipeBars(workspace, recipe), data);
    around = await readSurroundings(workspace, recipe);
  } catch (thrown) {
    if (!(thrown instanceof DataError)) throw thrown;
    return changed;
  }
  if (panelSha256(recipePanel(recipe, bars, around)) !== data.sha256) return changed;
  const labels = labelerOf(recipe).label(singlePanel(bars));
  const classes = labels.values[0]!;
  const overlap = Math.max(1, manifest.horizonBars / recipe.decision.everyBars);
  const part = ({ from, to }: { from: number; to: number }): PartScores => {
    const first = lowerBound(forecast.closeTime, from);
    const end = upperBound(forecast.closeTime, to);
    const closeTime = forecast.closeTime.slice(first, end);
    const n = closeTime.length;
    const columns = probabilitiesOf(forecast).map((c) => c.subarray(first, end));
    const [buy, hold, sell] = columns as [Float32Array, Float32Array, Float32Array];
    const probabilities = Float32Array.from({ length: 3 * n }, (_, i) => columns[i % 3]![Math.floor(i / 3)]!);
    const actual = Uint8Array.from(closeTime, (time) => classes[lowerBound(bars.closeTime, time)]!);
    const signals = decideSignals([buy, hold, sell], manifest.decision);
    return {
      rows: sha256(data.sha256, canonicalJson(recipe.label), closeTime),
      n,
      losses: logLosses(actual, probabilities, 3),
      actual,
      said: Uint8Array.from(signals, (s) => (s === BUY ? 0 : s === SELL ? 2 : 1)),
      block: blockLength(n, overlap),
    };
  };
  return { validation: part(ranges.validation), test: part(ranges.test) };
}
