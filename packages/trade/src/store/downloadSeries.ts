import { UsageError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { checkSymbol, type SeriesKind } from "../market/instrument.ts";
import type { HistoryRequest, Source } from "../market/sources/source.ts";
import type { StagedFile } from "./atomicFile.ts";
import { type DownloadRequest, type DownloadResult, downloadBars } from "./downloadBars.ts";
import { findFunding, stageFunding } from "./fundingStore.ts";
import type { StoredSeries } from "./listSeries.ts";
import { withWorkspaceLock } from "./lock.ts";
import { findOpenInterest, stageOpenInterest } from "./openInterestStore.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Fetches what the workspace lacks of one series of any kind. Pages are stored as they come: what failed or was stopped
 * goes on from there.
 * @throws UsageError for a kind that the source does not have, and without `since` when nothing is stored
 */
export async function downloadSeries(
  workspace: Workspace,
  source: Source,
  kind: SeriesKind,
  request: DownloadRequest,
): Promise<DownloadResult> {
  if (kind === "bars") return await downloadBars(workspace, source, request);
  if (kind === "mark") {
    const { fetchMark } = source;
    if (!fetchMark) throw missing(source, "mark prices");
    return await downloadBars(workspace, { ...source, fetchBars: fetchMark }, { ...request, kind });
  }
  const symbol = checkSymbol(request.symbol);
  const key = {
    symbol,
    timeframe: request.timeframe,
    market: source.market,
    source: source.name,
    ...(source.client ? { client: source.client } : {}),
  };
  if (kind === "funding") {
    const { fetchFunding } = source;
    if (!fetchFunding) throw missing(source, "funding");
    const stored = await findFunding(workspace, key);
    return await storePages(workspace, request, stored, 1, fetchFunding, (page) =>
      stageFunding(workspace, key, page),
    );
  }
  const { fetchOpenInterest } = source;
  if (!fetchOpenInterest) throw missing(source, "open interest");
  const { timeframe } = request;
  const stored = await findOpenInterest(workspace, key);
  return await storePages(
    workspace,
    request,
    stored,
    timeframeMs(timeframe),
    (history) => fetchOpenInterest({ ...history, timeframe }),
    (page) => stageOpenInterest(workspace, key, page),
  );
}

const missing = (source: Source, what: string): UsageError =>
  new UsageError(`${source.name} has no ${what}: choose another --source or --kind`);

/** Rows at moments: everything after the last stored one, and all before the first where `since` asks for it. */
async function storePages<T>(
  workspace: Workspace,
  request: DownloadRequest,
  stored: StoredSeries | undefined,
  stepMs: number,
  fetch: (history: HistoryRequest) => AsyncIterable<T>,
  stage: (page: T) => Promise<{ added: number; staged: StagedFile | null; stored: StoredSeries }>,
): Promise<DownloadResult> {
  const symbol = checkSymbol(request.symbol);
  const { since, until, onProgress, signal } = request;
  const last = stored?.to ?? null;
  if (since === undefined && last === null) {
    throw new UsageError(`nothing of it is stored yet for ${symbol}: say from when with --since`);
  }
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError("the range to download is empty: --since has to lie before --until");
  }
  const isBefore = since !== undefined && stored?.from != null && since < stored.from;
  // a row between two stored ones cannot be told from one that never was: from before the first all is asked for again
  const from = isBefore || last === null ? since! : last + stepMs;
  const history = {
    symbol,
    since: from,
    ...(until === undefined ? {} : { until }),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  };
  return await withWorkspaceLock(workspace, `download of ${symbol}`, async () => {
    let added = 0;
    let now = stored ?? null;
    if (until === undefined || from <= until) {
      for await (const page of fetch(history)) {
        const staged = await stage(page);
        await staged.staged?.commit();
        added += staged.added;
        now = staged.stored;
      }
    }
    return { added, amended: 0, stored: now };
  });
}
