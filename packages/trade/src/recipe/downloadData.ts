import { DataError, messageOf, OrionError, UsageError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { downloadActions, downloadSeries } from "../store/index.ts";
import {
  type DownloadedSeries,
  DownloadRequest,
  type DownloadStatus,
  type SymbolProgress,
} from "../wire/bars.ts";
import { parseRange, workspaceOf } from "./dataUse.ts";
import { openSource } from "./openSource.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** Symbols in a row that the source does not answer for: the rest would fail the same way. */
const FAILURES_IN_A_ROW = 3;

const NAMES = { bars: "bars", mark: "mark prices", funding: "fundings", openInterest: "rows" } as const;

/** Checks what a user asked for. @throws UsageError that names the option */
export function parseDownloadRequest(value: unknown): DownloadRequest {
  const parsed = DownloadRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UsageError(`${issue.path.join(".") || "download"}: ${issue.message}`);
}

/**
 * Downloads closed bars (mark prices, funding, open interest) of each symbol, one after another; what is there already is not fetched again. A symbol that the
 * source does not have does not keep the others from being fetched; it is told at the end.
 * Splits and dividends of stocks are fetched beside their bars. `notice` gets lines that the user has to see: another source
 * stands in, a sign-in ends soon.
 * @throws DataError when the source cannot be reached or symbols failed; what was fetched so far is kept
 */
export async function downloadData(
  context: PipelineContext,
  request: DownloadRequest,
  onStatus: (status: Partial<DownloadStatus>) => void = () => {},
  notice: (line: string) => void = (message) => onStatus({ message }),
): Promise<DownloadedSeries[]> {
  const workspace = await workspaceOf(context);
  const source = openSource(workspace, request, notice);
  const { from, to } = parseRange({ from: request.since, to: request.until });
  const symbols = [...new Set(request.symbols)];
  const steps = progressOf(symbols, () => context.now(), onStatus);
  const lines: DownloadedSeries[] = [];
  const faults: { symbol: string; thrown: OrionError }[] = [];
  let inARow = 0;
  for (const [i, symbol] of symbols.entries()) {
    steps.begin(i);
    try {
      const { added, stored } = await downloadSeries(workspace, source, request.kind, {
        symbol,
        timeframe: request.timeframe,
        ...(from === undefined ? {} : { since: from }),
        ...(to === undefined ? {} : { until: to }),
        ...(context.signal ? { signal: context.signal } : {}),
        onProgress: ({ done, total, note }) => steps.move(i, done, total, note),
      });
      if (request.kind === "bars" && stored?.from != null) {
        const { signal } = context;
        const actions = { symbol, since: stored.from, notice, ...(signal ? { signal } : {}) };
        await downloadActions(workspace, source, actions);
      }
      steps.end(i, { state: "done", added }, `${symbol}: ${added} new ${NAMES[request.kind]}`);
      inARow = 0;
      if (!stored) continue;
      lines.push({
        symbol: stored.symbol,
        timeframe: stored.timeframe,
        market: stored.market,
        kind: stored.kind,
        rows: stored.rows,
        added,
        from: isoTime(stored.from ?? 0),
        to: isoTime(stored.to ?? 0),
      });
    } catch (thrown) {
      if (context.signal?.aborted) {
        steps.end(i, { state: "stopped" }, `${symbol}: stopped`);
        throw thrown;
      }
      if (!(thrown instanceof OrionError)) throw thrown;
      steps.end(i, { state: "failed", error: messageOf(thrown) }, `${symbol}: failed`);
      faults.push({ symbol, thrown });
      inARow = thrown instanceof DataError ? inARow + 1 : 0;
      if (symbols.length === 1 || inARow === FAILURES_IN_A_ROW) throw thrown;
    }
  }
  if (faults.length > 0) throw failedOf(faults, symbols.length);
  return lines;
}

function failedOf(faults: readonly { symbol: string; thrown: OrionError }[], count: number): OrionError {
  const first = faults[0]!;
  const others = faults.slice(1, 6).map((f) => f.symbol);
  const more = faults.length > 6 ? ` and ${faults.length - 6} more` : "";
  const names = others.length > 0 ? `; also ${others.join(", ")}${more}` : "";
  return new DataError(
    `${faults.length} of ${count} symbols failed, the others are stored: ${first.symbol}: ${messageOf(first.thrown)}${names}`,
    { cause: first.thrown },
  );
}

/** Keeps how far each symbol has come, and when all will be there at the pace so far. */
function progressOf(
  symbols: readonly string[],
  now: () => number,
  onStatus: (status: Partial<DownloadStatus>) => void,
) {
  const startedAt = now();
  const progress = symbols.map(
    (symbol): SymbolProgress => ({
      symbol,
      state: "waiting",
      done: 0,
      total: null,
      added: null,
      error: null,
    }),
  );
  const tell = (i: number, message: string): void => {
    const { done, total, state } = progress[i]!;
    const share = (i + (state === "running" ? (total ? Math.min(1, done / total) : 0) : 1)) / symbols.length;
    const spent = (now() - startedAt) / 1000;
    onStatus({
      ...{ done, total, message },
      secondsLeft: share > 0 ? (spent / share) * (1 - share) : null,
      progress: progress.slice(),
    });
  };
  const set = (i: number, change: Partial<SymbolProgress>): void => {
    progress[i] = { ...progress[i]!, ...change };
  };
  const place = (i: number): string => `${symbols[i]} (${i + 1} of ${symbols.length})`;
  return {
    begin(i: number): void {
      set(i, { state: "running" });
      tell(i, place(i));
    },
    move(i: number, done: number, total: number | null, note?: string): void {
      set(i, { done, total });
      tell(i, note === undefined ? place(i) : `${place(i)}, ${note}`);
    },
    end(i: number, change: Partial<SymbolProgress>, message: string): void {
      set(i, change);
      tell(i, message);
    },
  };
}
