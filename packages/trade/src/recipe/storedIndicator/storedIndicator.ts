import { UsageError } from "../../core/errors.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { findIndicator } from "../../features/index.ts";
import type { IndicatorQuery, IndicatorResponse } from "../../wire/indicator.ts";
import { readChartBars } from "../chartBars.ts";
import { parseRange } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { parseSettings } from "../runIndicator.ts";
import { describeIndicators, missingInputs } from "./describeIndicators.ts";

/** More rows than any chart draws. */
const MOST_ROWS = 60_000;
/** More bars than a series has. */
const ALL_BARS = 100_000_000;

/**
 * One indicator on the stored bars of a symbol, made into a timeframe as a chart's candles are. It is computed over all bars
 * from the first stored one to the end of the range, so that a row's value does not depend on what of it is looked at.
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
      `${part.name} reads ${missing.join(" and ")}, which bars do not hold: choose another indicator`,
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
  const columns = { open: bars.open, high: bars.high, low: bars.low, close: bars.close, volume: bars.volume };
  const length = timeframeMs(timeframe);
  const out = one.compute({
    ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Float64Array.from(column)])),
    time: Float64Array.from(time, (start) => start + length),
  });
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
