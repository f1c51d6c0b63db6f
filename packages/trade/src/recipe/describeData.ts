import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS, HOUR_MS, isoTime, timeframeMs } from "../core/time.ts";
import { calendarOf, tradingCalendarOf } from "../market/index.ts";
import { listSeries, type StoredSeries } from "../store/index.ts";
import type { DataResponse, StoredDataset } from "../wire/data.ts";
import { workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** Binance pays funding every eight hours unless a symbol says otherwise. */
const FUNDING_MS = 8 * HOUR_MS;
/** Bars of a stock are counted session by session: beyond a year only the time is told. */
const COUNTED_MS = 366 * DAY_MS;
/** No pause of the exchange was longer since 1998 (September 2001: six days). */
const LONGEST_PAUSE_MS = 14 * DAY_MS;

/** Everything stored, with the place that it takes and how far each series is behind the market. */
export async function describeData(context: PipelineContext): Promise<DataResponse> {
  const workspace = await workspaceOf(context);
  const now = context.now();
  const behind = behindAt(now);
  const listed = await listSeries(workspace);
  const sizes = await Promise.all(listed.map((s) => bytesOf(s.path)));
  const series = listed.map((s, i): StoredDataset => {
    const { symbol, market, kind, timeframe, rows, from, to, source, client, importedAt } = s;
    return {
      ...{ symbol, market, kind, timeframe, rows, source },
      from: from === null ? null : isoTime(from),
      to: to === null ? null : isoTime(to),
      client: client ? `${client.name} ${client.version}` : null,
      storedAt: isoTime(importedAt),
      bytes: sizes[i]!,
      ...behind(s),
    };
  });
  return { time: isoTime(now), series, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

type Behind = Pick<StoredDataset, "due" | "behindSeconds" | "behindBars">;

/**
 * How far series are behind at a moment: by the calendar of their market, that is by New York's sessions for stocks.
 * A stock's day is due at the midnight (UTC) that ends its date.
 */
export function behindAt(now: number): (series: Pick<StoredSeries, "market" | "timeframe" | "to">) => Behind {
  // many series end at the same moment
  const known = new Map<string, Behind>();
  return ({ market, timeframe, to }) => {
    if (to === null) return { due: null, behindSeconds: null, behindBars: null };
    const key = `${market} ${timeframe} ${to}`;
    let found = known.get(key);
    if (!found) {
      const barMs = timeframe === null ? FUNDING_MS : timeframeMs(timeframe);
      found = tradingCalendarOf(market) === "exchange" ? atExchange(to, barMs, now) : always(to, barMs, now);
      known.set(key, found);
    }
    return found;
  };
}

function always(to: number, barMs: number, now: number): Behind {
  const due = Math.max(to, Math.floor(now / barMs) * barMs);
  return { due: isoTime(due), behindSeconds: (due - to) / 1000, behindBars: Math.floor((due - to) / barMs) };
}

function atExchange(to: number, barMs: number, now: number): Behind {
  const calendar = calendarOf("nyse");
  const recent = calendar.barStarts(barMs, now - LONGEST_PAUSE_MS - barMs, now);
  const newest = recent.length === 0 ? to : recent[recent.length - 1]!;
  // a daily bar that is stamped with the session's close, before the midnight that ends its date, is that day's
  if (newest < to) return { due: isoTime(to), behindSeconds: 0, behindBars: 0 };
  const due = Math.max(to, newest + barMs);
  const isLong = now - to > COUNTED_MS;
  return {
    due: isoTime(due),
    behindSeconds: (due - to) / 1000,
    behindBars: isLong ? null : calendar.barStarts(barMs, to, now).length,
  };
}

/** A file's bytes, or those of all files of a folder of parts. */
async function bytesOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
    const sizes = await Promise.all((await readdir(path)).map((name) => bytesOf(join(path, name))));
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  } catch (thrown) {
    // a download or a compaction replaces files meanwhile
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return 0;
    throw thrown;
  }
}
