import { DataError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { sliceBars } from "../market/bars.ts";
import { resample } from "../market/index.ts";
import { listBars, readBars } from "../store/index.ts";
import type { BarsQuery, BarsResponse } from "../wire/bars.ts";
import { parseRange, workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/**
 * The newest bars of a range for a chart, resampled from the longest stored timeframe that divides the wanted one.
 * @throws DataError when nothing stored can make them
 */
export async function readChartBars(context: PipelineContext, query: BarsQuery): Promise<BarsResponse> {
  const workspace = await workspaceOf(context);
  const stored = await listBars(workspace);
  const symbol = query.symbol ?? stored[0]?.symbol;
  const own = stored.filter((s) => s.symbol === symbol);
  if (symbol === undefined || own.length === 0) {
    throw new DataError(`no bars of ${symbol ?? "any symbol"} are stored: import or download some first`);
  }
  const wanted = timeframeMs(query.timeframe ?? own[0]!.timeframe!);
  const source = own
    .filter((s) => wanted % timeframeMs(s.timeframe!) === 0)
    .sort((a, b) => timeframeMs(b.timeframe!) - timeframeMs(a.timeframe!))[0];
  if (!source) {
    throw new DataError(
      `${symbol} is stored at ${own.map((s) => s.timeframe).join(", ")}: ${query.timeframe} cannot be made of that; choose a multiple`,
    );
  }
  const sourceMs = timeframeMs(source.timeframe!);
  const range = parseRange(query);
  const to = range.to ?? source.to ?? 0;
  // one bucket more than asked for, since the first one of a range may be cut
  const from = Math.max(range.from ?? 0, to - (query.limit + 1) * wanted);
  const read = await readBars(
    workspace,
    { symbol, timeframe: source.timeframe!, market: source.market },
    { from: Math.floor(from / wanted) * wanted, to },
  );
  const bars = wanted === sourceMs ? read : resample(read, sourceMs, wanted).bars;
  const kept = sliceBars(bars, Math.max(0, bars.length - query.limit), bars.length);
  return {
    symbol,
    timeframe: query.timeframe ?? source.timeframe!,
    storedTimeframe: source.timeframe!,
    time: Array.from(kept.closeTime, (t) => t - wanted),
    open: Array.from(kept.open),
    high: Array.from(kept.high),
    low: Array.from(kept.low),
    close: Array.from(kept.close),
    volume: Array.from(kept.volume),
  };
}
