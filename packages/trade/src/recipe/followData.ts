import { UsageError } from "../core/errors.ts";
import { isoTime, timeframeMs, timeframeName } from "../core/time.ts";
import type { Source } from "../market/sources/source.ts";
import { findBars, mergeBars, withWorkspaceLock } from "../store/index.ts";
import type { DownloadedSeries, DownloadRequest } from "../wire/bars.ts";
import { workspaceOf } from "./dataUse.ts";
import { openSource } from "./openSource.ts";
import type { PipelineContext } from "./pipelineContext.ts";

export interface FollowEvents {
  /** bars that were just stored: of which symbol, how many, close of the newest (ms UTC) */
  onBars?(symbol: string, added: number, to: number): void;
  /** what happened to the stream, in words */
  onNote?(note: string): void;
}

/**
 * Appends bars to the store as they close, from the last stored one on, until the context's signal stops it. The store is
 * only locked while a bar is written.
 * @param given the source, where it is not the one that the request names
 * @returns what is stored then
 * @throws UsageError for a source without a stream, or a symbol of which nothing is stored yet
 */
export async function followData(
  context: PipelineContext,
  request: Pick<DownloadRequest, "source" | "fallback" | "symbols" | "timeframe" | "kind">,
  events: FollowEvents = {},
  given?: Source,
): Promise<DownloadedSeries[]> {
  const workspace = await workspaceOf(context);
  const source = given ?? openSource(workspace, request, (line) => events.onNote?.(line));
  const { streamBars } = source;
  if (!streamBars || request.kind !== "bars") {
    throw new UsageError(
      `${source.name} has no stream of ${request.kind}: leave --follow away and download again later`,
    );
  }
  const timeframe = timeframeName(timeframeMs(request.timeframe));
  const keyOf = (symbol: string) => ({
    symbol,
    timeframe,
    market: source.market,
    source: source.provenance ?? source.name,
    ...(source.client ? { client: source.client } : {}),
  });
  const since: Record<string, number> = {};
  const added = new Map<string, number>();
  for (const symbol of new Set(request.symbols)) {
    const last = (await findBars(workspace, keyOf(symbol)))?.to;
    if (last == null)
      throw new UsageError(`no ${timeframe} bars of ${symbol} are stored to go on from: add --since`);
    since[symbol] = last;
    added.set(symbol, 0);
  }
  const stream = streamBars({
    symbols: [...added.keys()],
    timeframe: request.timeframe,
    since,
    ...(context.signal ? { signal: context.signal } : {}),
    ...(events.onNote ? { onNote: events.onNote } : {}),
  });
  for await (const bars of stream) {
    const symbol = bars.instrument;
    const merged = await withWorkspaceLock(workspace, `stream of ${symbol} ${timeframe}`, () =>
      mergeBars(workspace, keyOf(symbol), bars),
    );
    added.set(symbol, added.get(symbol)! + merged.added);
    events.onBars?.(symbol, merged.added, merged.stored.to ?? 0);
  }
  const lines: DownloadedSeries[] = [];
  for (const [symbol, count] of added) {
    const stored = await findBars(workspace, keyOf(symbol));
    if (!stored) continue;
    const { market, kind, rows, from, to } = stored;
    lines.push({
      ...{ symbol, timeframe, market, kind, rows, added: count },
      from: isoTime(from ?? 0),
      to: isoTime(to ?? 0),
    });
  }
  return lines;
}
