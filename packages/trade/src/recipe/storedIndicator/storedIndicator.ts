import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { findIndicator, type InputColumns } from "../../features/index.ts";
import type { BarSeries, BesideKind } from "../../market/bars.ts";
import { besideColumns } from "../../market/panel/besideColumns.ts";
import type { IndicatorQuery, IndicatorResponse } from "../../wire/indicator.ts";
import { besideStored } from "../besideStored.ts";
import { readChartBars } from "../chartBars.ts";
import { parseRange, workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { parseSettings } from "../runIndicator.ts";
import { besideInputs, describeIndicators, missingInputs } from "./describeIndicators.ts";

/** More rows than any chart draws. */
const MOST_ROWS = 60_000;
/** More bars than a series has. */
const ALL_BARS = 100_000_000;

/**
 * One indicator on the stored bars of a symbol, made into a timeframe as a chart's candles are. It is computed over all bars
 * from the first stored one to the end of the range, and what was known beside them at each close, so that a row's value does not depend on what of it is looked at.
 * @throws UsageError for an indicator or parameter that is not possible, or a range of too many bars; DataError for the bars
 */
export async function storedIndicator(
  context: PipelineContext,
  query: IndicatorQuery,
): Promise<IndicatorResponse> {
  const part = findIndicator(query.name);
  const missing = missingInputs(part);
  if (missing.length > 0)
    throw new UsageError(
      `${part.name} reads ${missing.join(" and ")}, which is stored neither as bars nor beside them: choose another indicator`,
    );
  const one = part.create(parseSettings(query.params));
  const { from, to } = parseRange(query);
  const { symbol, timeframe, market } = query;
  const bars = await readChartBars(context, {
    ...{ symbol, timeframe, market, kind: "bars", side: "newest", limit: ALL_BARS },
    // the range is of starts, what is read ends by its closes
    to: isoTime(to! + timeframeMs(timeframe)),
  });
  const { time } = bars;
  const first = time.findIndex((start) => start >= from!);
  const kept = first < 0 ? 0 : time.length - first;
  if (kept > MOST_ROWS)
    throw new UsageError(
      `from ${query.from} to ${query.to} are ${kept} bars, and ${MOST_ROWS} are answered at most: ask for fewer`,
    );
  const length = timeframeMs(timeframe);
  const series: BarSeries = {
    ...{ instrument: bars.symbol, length: time.length },
    closeTime: Float64Array.from(time, (start) => start + length),
    open: Float64Array.from(bars.open),
    high: Float64Array.from(bars.high),
    low: Float64Array.from(bars.low),
    close: Float64Array.from(bars.close),
    volume: Float64Array.from(bars.volume),
  };
  const { closeTime, open, high, low, close, volume } = series;
  const beside = await besideOf(context, part.name, series, bars, besideInputs(part));
  const out = one.compute({ time: closeTime, open, high, low, close, volume, ...beside });
  const { indicators } = await describeIndicators();
  const { outputs } = indicators.find((info) => info.name === part.name)!;
  return {
    name: part.name,
    params: one.params as IndicatorResponse["params"],
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    market: bars.market,
    time: time.slice(time.length - kept),
    outputs: outputs.map(({ name, place }) => ({
      name,
      place,
      values: Array.from(out[name]!.subarray(time.length - kept), (value) =>
        Number.isNaN(value) ? null : value,
      ),
    })),
    bars: time.length,
    since: isoTime(time[0] ?? from!),
  };
}

/** As of each close; where mark prices are read the close is that of the mark's own moment, so that the two can be compared. */
async function besideOf(
  context: PipelineContext,
  name: string,
  bars: BarSeries,
  { market, timeframe }: Pick<IndicatorResponse, "market" | "timeframe">,
  kinds: readonly BesideKind[],
): Promise<InputColumns> {
  if (kinds.length === 0 || bars.length === 0) return {};
  const range = { to: bars.closeTime[bars.length - 1]! };
  try {
    const workspace = await workspaceOf(context);
    const stored = await besideStored(workspace, bars.instrument, { market, timeframe }, kinds, range);
    const { closeAtMark, ...columns } = besideColumns(bars, stored);
    return { ...columns, ...(closeAtMark ? { close: closeAtMark } : {}) };
  } catch (thrown) {
    if (!(thrown instanceof DataError)) throw thrown;
    // told of a recipe's key, which a chart has none of
    throw new DataError(`${name}: ${messageOf(thrown).replace(/^universe\.beside: /, "")}`, {
      cause: thrown,
    });
  }
}
