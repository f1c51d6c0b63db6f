import { DataError, UsageError } from "../core/errors.ts";
import { isoTime, parseTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { openWorkspace, readBars, type Workspace } from "../store/index.ts";
import { adjustedBars } from "./adjustedBars.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

export interface RangeText {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface RangeMs {
  readonly from?: number;
  readonly to?: number;
}

/** Reads a range that a user wrote. @throws UsageError when it ends before it begins */
export function parseRange(range: RangeText): RangeMs {
  const from = range.from === undefined ? undefined : parseTime(range.from, "from");
  const to = range.to === undefined ? undefined : parseTime(range.to, "to");
  if (from !== undefined && to !== undefined && from >= to) {
    throw new UsageError(
      `the range from ${isoTime(from)} to ${isoTime(to)} is empty: 'from' has to lie before 'to'`,
    );
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

export function workspaceOf(context: PipelineContext): Promise<Workspace> {
  return openWorkspace(context.workspace, { now: () => context.now() });
}

/**
 * The recipe's bars within the range, their prices as the recipe wants them.
 * @throws DataError when there are none (in the store, or in the range), or no factors to adjust them by
 */
export async function recipeBars(
  workspace: Workspace,
  recipe: { readonly universe: Pick<SeenUniverse, "symbols" | "market" | "timeframe" | "prices"> },
  range: RangeMs = {},
): Promise<BarSeries> {
  const { symbols, market, timeframe } = recipe.universe;
  const bars = await readBars(workspace, { symbol: symbols[0]!, market, timeframe }, range);
  if (bars.length === 0) {
    const { from, to } = range;
    const said = `${from === undefined ? "the beginning" : isoTime(from)} to ${to === undefined ? "the end" : isoTime(to)}`;
    throw new DataError(
      `${symbols[0]} ${timeframe} has no bars from ${said}: choose another range, see ./orion data list`,
    );
  }
  return adjustedBars(workspace, bars, recipe.universe);
}
