import { UsageError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { createSource } from "../market/index.ts";
import { downloadBars } from "../store/index.ts";
import { DownloadRequest, type DownloadStatus } from "../wire/bars.ts";
import type { StoredBars } from "../wire/status.ts";
import { parseRange, workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** Checks what a user asked for. @throws UsageError that names the option */
export function parseDownloadRequest(value: unknown): DownloadRequest {
  const parsed = DownloadRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UsageError(`${issue.path.join(".") || "download"}: ${issue.message}`);
}

/**
 * Downloads closed bars of each symbol, one after another; what is there already is not fetched again.
 * @throws DataError when the source cannot be reached; what was fetched so far is kept
 */
export async function downloadData(
  context: PipelineContext,
  request: DownloadRequest,
  onStatus: (status: Partial<DownloadStatus>) => void = () => {},
): Promise<StoredBars[]> {
  const workspace = await workspaceOf(context);
  const source = createSource(request.source, process.env);
  const { from, to } = parseRange({ from: request.since, to: request.until });
  const lines: StoredBars[] = [];
  for (const [i, symbol] of request.symbols.entries()) {
    onStatus({ message: `${symbol} (${i + 1} of ${request.symbols.length})` });
    const { added, stored } = await downloadBars(workspace, source, {
      symbol,
      timeframe: request.timeframe,
      ...(from === undefined ? {} : { since: from }),
      ...(to === undefined ? {} : { until: to }),
      ...(context.signal ? { signal: context.signal } : {}),
      onProgress: ({ done, total, secondsLeft }) => onStatus({ done, total, secondsLeft }),
    });
    onStatus({ message: `${symbol}: ${added} new bars` });
    if (!stored?.timeframe) continue;
    lines.push({
      symbol: stored.symbol,
      timeframe: stored.timeframe,
      market: stored.market,
      rows: stored.rows,
      from: isoTime(stored.from ?? 0),
      to: isoTime(stored.to ?? 0),
    });
  }
  return lines;
}
