import type { BarSeries } from "../market/bars.ts";
import { type Adjustment, adjustBars, type Market } from "../market/index.ts";
import { readFactors, type Workspace } from "../store/index.ts";

/**
 * Stored bars as a recipe wants their prices: as stored, or with the instrument's stored factors taken out (`adjustBars`).
 * All stored factors are used, later ones too: what the features of this house read, returns and ratios, are the same as
 * with those known at each bar.
 * @throws DataError when no factors of it are stored: whether it never split is not guessed
 */
export async function adjustedBars(
  workspace: Workspace,
  bars: BarSeries,
  wanted: { readonly market: Market; readonly prices?: Adjustment | undefined },
): Promise<BarSeries> {
  const { market, prices = "raw" } = wanted;
  if (prices === "raw") return bars;
  const factors = await readFactors(workspace, { symbol: bars.instrument, market });
  return adjustBars(bars, factors, { mode: prices });
}
