import { UsageError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { timeframeMs, timeframeName } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { checkSymbol } from "../market/instrument.ts";
import { missingRanges, type Stretch } from "../market/missingRanges.ts";
import { missingSessions } from "../market/missingSessions.ts";
import type { Source } from "../market/sources/source.ts";
import { floorToGrid } from "../market/timeGrid.ts";
import { type BarKind, concatBars } from "./barColumns.ts";
import { findBars, type StoredSeries } from "./listSeries.ts";
import { withWorkspaceLock } from "./lock.ts";
import { readBarColumns } from "./readBars.ts";
import { assertSameScale } from "./sameScale.ts";
import type { Workspace } from "./workspace.ts";
import { mergeBars } from "./writeBars.ts";

export interface DownloadRequest {
  readonly symbol: string;
  readonly timeframe: string;
  /** default `bars` */
  readonly kind?: BarKind;
  /** ms UTC; what is missing from here on is fetched. Without it: from the last stored bar on */
  readonly since?: number;
  /** ms UTC; default up to the last closed bar */
  readonly until?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** bars held in memory before they are stored; a killed download loses no more */
  readonly flushBars?: number;
}

export interface DownloadResult {
  /** bars that were not stored before */
  readonly added: number;
  /** the newest stored bar, when the source has other numbers for it by now */
  readonly amended: number;
  /** null when the source has no bars in the range and nothing was stored */
  readonly stored: StoredSeries | null;
}

/**
 * Fetches what the workspace lacks: the head before, gaps inside, and all up to the last closed bar. What was fetched is
 * stored every `flushBars` bars and also when the download fails or is stopped, so that the next one goes on from there.
 * The newest bar of the same source is asked for again: a venue may have served it before it was settled.
 * @throws UsageError without `since` when nothing is stored; otherwise what the source throws
 */
export async function downloadBars(
  workspace: Workspace,
  source: Source,
  request: DownloadRequest,
): Promise<DownloadResult> {
  const symbol = checkSymbol(request.symbol);
  const barMs = timeframeMs(request.timeframe);
  const key = {
    symbol,
    timeframe: timeframeName(barMs),
    market: source.market,
    kind: request.kind ?? "bars",
  };
  const flushBars = request.flushBars ?? 20_000;
  return withWorkspaceLock(workspace, `download of ${symbol} ${request.timeframe}`, async () => {
    let added = 0;
    let amended = 0;
    const stored = await findBars(workspace, key);
    const origin = (): string => source.provenance ?? source.name;
    const newest = stored?.source === origin() ? stored.to : null;
    for (const stretch of await wanted(workspace, key, stored, request, barMs)) {
      let held: BarSeries[] = [];
      const flush = async (): Promise<void> => {
        if (held.length === 0) return;
        const bars = concatBars(symbol, held);
        held = [];
        const { client } = source;
        const write = { ...key, source: origin(), ...(client ? { client } : {}) };
        if (bars.closeTime[0] === newest) {
          await assertSameScale(workspace, write, bars);
          const again = await mergeBars(workspace, write, sliceBars(bars, 0, 1), { replace: true });
          amended += again.replaced;
        }
        added += (await mergeBars(workspace, write, bars)).added;
      };
      try {
        const pages = source.fetchBars({
          symbol,
          timeframe: request.timeframe,
          since: stretch.from === newest ? stretch.from - barMs : stretch.from,
          ...(Number.isFinite(stretch.to) ? { until: stretch.to } : {}),
          ...(request.onProgress ? { onProgress: request.onProgress } : {}),
          ...(request.signal ? { signal: request.signal } : {}),
        });
        for await (const page of pages) {
          held.push(page);
          if (held.reduce((sum, p) => sum + p.length, 0) >= flushBars) await flush();
        }
      } finally {
        await flush();
      }
    }
    return { added, amended, stored: (await findBars(workspace, key)) ?? null };
  });
}

async function wanted(
  workspace: Workspace,
  key: { symbol: string; timeframe: string; market: Source["market"]; kind: BarKind },
  stored: StoredSeries | undefined,
  request: DownloadRequest,
  barMs: number,
): Promise<Stretch[]> {
  const until = request.until ?? Number.POSITIVE_INFINITY;
  const last = stored?.to ?? null;
  if (request.since === undefined) {
    if (last === null) {
      throw new UsageError(
        `no ${key.timeframe} ${key.kind} of ${key.symbol} (${key.market}) are stored yet: say from when with --since`,
      );
    }
    return last < until ? [{ from: last, to: until }] : [];
  }
  const since = floorToGrid(request.since + barMs - 1, barMs);
  const range = { from: since, to: until };
  if (since >= until)
    throw new UsageError("the range to download is empty: --since has to lie before --until");
  if (last === null) return [range];
  const { closeTime } = await readBarColumns(workspace, key, []);
  const missing = missingRanges(closeTime, barMs, since, until);
  return key.market === "stock" ? missingSessions(missing, barMs) : missing;
}
