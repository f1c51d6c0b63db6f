import { DataError } from "../core/errors.ts";
import type { BarSeries } from "../market/bars.ts";
import { findBars, readBars, type Workspace } from "../store/index.ts";
import { adjustedBars } from "./adjustedBars.ts";
import type { RangeMs } from "./dataUse.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

/**
 * The instruments that every symbol is seen beside: their bars, or mark prices where only these are stored (an index such
 * as the VIX has prices and no volume). They are read from their beginning, whatever range is trained on: what was known
 * before the range is known in it.
 * @throws DataError that names the instrument that is not stored, and how to import it
 */
export async function contextBars(
  workspace: Workspace,
  { universe }: { readonly universe: SeenUniverse },
  range: RangeMs,
): Promise<BarSeries[]> {
  const { context = [], market, timeframe } = universe;
  const until = range.to === undefined ? {} : { to: range.to };
  const found: BarSeries[] = [];
  for (const symbol of context) {
    const stored =
      (await findBars(workspace, { symbol, market, timeframe, kind: "bars" })) ??
      (await findBars(workspace, { symbol, market, timeframe, kind: "mark" }));
    if (!stored) {
      throw new DataError(
        `universe.context: ${symbol} (${market}, ${timeframe}) is not stored: ./orion data import FILE --symbol ${symbol} --timeframe ${timeframe} --market ${market}, with --kind mark for prices without volume`,
      );
    }
    const kind = stored.kind === "mark" ? "mark" : "bars";
    const bars = await readBars(workspace, { symbol, market, timeframe, kind }, until);
    // an index such as the VIX neither splits nor pays
    found.push(kind === "mark" ? bars : await adjustedBars(workspace, bars, universe));
  }
  return found;
}
