import { createReadStream, existsSync } from "node:fs";
import { basename } from "node:path";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { type CsvContent, parseCsv } from "../market/csv/parseCsv.ts";
import type { ImportedKind, Market } from "../market/instrument.ts";
import type { StagedFile } from "./atomicFile.ts";
import { stageFunding } from "./fundingStore.ts";
import { appendImportNotes, type ImportNote } from "./importNotes.ts";
import type { StoredSeries } from "./listSeries.ts";
import { withWorkspaceLock } from "./lock.ts";
import { RowSpill } from "./rowSpill.ts";
import type { Workspace } from "./workspace.ts";
import { stageMerge } from "./writeBars.ts";

export interface ImportRequest {
  /** CSV, gzip or plain */
  readonly file: string;
  readonly market: Market;
  /** default bars */
  readonly kind?: ImportedKind;
  /** needed for bars and mark */
  readonly timeframe?: string;
  /** needed where the file has no `symbol` column and its name does not begin with one (`BTCUSDT_5m.csv.gz`) */
  readonly symbol?: string;
  /** of wall-clock times without a zone, such as America/New_York; default UTC */
  readonly timezone?: string;
  /** whether times are bar starts (default) or ends */
  readonly stamp?: "start" | "end";
  /** take the file's numbers where stored ones differ; otherwise that is an error */
  readonly replace?: boolean;
  /** rows of bars held in memory; more of them wait on the disk until the file is read. Default 1,000,000 */
  readonly spillRows?: number;
}

export interface ImportedSeries {
  /** rows of the file */
  readonly rows: number;
  /** rows that were not stored before */
  readonly added: number;
  readonly replaced: number;
  readonly stored: StoredSeries;
}

export interface ImportResult {
  readonly series: readonly ImportedSeries[];
  readonly ignoredColumns: readonly string[];
}

/**
 * Imports a file of bars, mark prices or funding, merged with what is stored. All of it or nothing: every series is
 * checked and made ready on the disk before the first is put in place. Memory stays bounded whatever the file's length
 * and however its symbols are mixed: rows wait in a file of the workspace meanwhile.
 * @throws DataError that names file, line, column and text
 */
export async function importCsv(workspace: Workspace, request: ImportRequest): Promise<ImportResult> {
  const { file } = request;
  const kind = request.kind ?? "bars";
  if (kind !== "funding" && request.timeframe === undefined) {
    throw new UsageError(`${file}: say how long a bar is with --timeframe, such as 5m`);
  }
  if (!existsSync(file)) throw new DataError(`${file} does not exist`);
  const spill = new RowSpill(workspace);
  try {
    return await importRows(workspace, request, spill);
  } finally {
    await spill.close();
  }
}

/** Some 50 MB of columns. */
const SPILL_ROWS = 1_000_000;

/** Series made ready at a time: while one is compressed, the next one's rows are handed over. */
const STAGED_AT_ONCE = 3;

async function importRows(
  workspace: Workspace,
  request: ImportRequest,
  spill: RowSpill,
): Promise<ImportResult> {
  const { file, market, replace = false } = request;
  const kind = request.kind ?? "bars";
  const content = await parseCsv(fileBytes(file), {
    file,
    kind,
    spill: { rows: request.spillRows ?? SPILL_ROWS, write: (pieces) => spill.write(pieces) },
    ...(request.timeframe === undefined ? {} : { timeframeMs: timeframeMs(request.timeframe) }),
    ...(request.symbol === undefined ? symbolOfName(file) : { symbol: request.symbol }),
    ...(request.timezone === undefined ? {} : { timezone: request.timezone }),
    ...(request.stamp === undefined ? {} : { stamp: request.stamp }),
  });
  return withWorkspaceLock(workspace, `import of ${basename(file)}`, async () => {
    const ready: {
      rows: number;
      added: number;
      replaced: number;
      staged: StagedFile | null;
      stored: StoredSeries;
    }[] = [];
    try {
      for (const funding of content.funding) {
        const key = { symbol: funding.instrument, market, source: basename(file) };
        ready.push({ rows: funding.length, ...(await stageFunding(workspace, key, funding, { replace })) });
      }
      const waiting = content.bars.values();
      let isFailed = false;
      const stageNext = async (): Promise<void> => {
        for (const last of waiting) {
          if (isFailed) return;
          const bars = await spill.join(last);
          const key = {
            symbol: bars.instrument,
            market,
            source: basename(file),
            timeframe: request.timeframe ?? "",
            kind: kind === "mark" ? ("mark" as const) : ("bars" as const),
          };
          const merged = stageMerge(workspace, key, bars, { replace });
          merged.catch(() => {
            isFailed = true;
          });
          ready.push({ rows: bars.length, ...(await merged) });
        }
      };
      // all of them to their end: what one that failed leaves running could not be taken back
      const outcomes = await Promise.allSettled(Array.from({ length: STAGED_AT_ONCE }, stageNext));
      const failed = outcomes.find((o) => o.status === "rejected");
      if (failed) throw failed.reason;
      ready.sort((a, b) => (a.stored.symbol < b.stored.symbol ? -1 : 1));
    } catch (thrown) {
      for (const { staged } of ready) await staged?.discard();
      throw thrown instanceof DataError
        ? new DataError(`${file}: ${messageOf(thrown)}`, { cause: thrown })
        : thrown;
    }
    for (const { staged } of ready) await staged?.commit();
    await appendImportNotes(workspace, notesOf(workspace, request, content));
    return {
      series: ready.map(({ rows, added, replaced, stored }) => ({ rows, added, replaced, stored })),
      ignoredColumns: content.ignoredColumns,
    };
  });
}

/** What the importer changed on the way in: funding times moved onto their hour. */
function notesOf(workspace: Workspace, request: ImportRequest, content: CsvContent): ImportNote[] {
  return content.offHour.map(({ symbol, count, from, to, largestMs }) => ({
    symbol,
    market: request.market,
    kind: "funding",
    file: basename(request.file),
    check: "offHour",
    count,
    from,
    to,
    note: `up to ${largestMs} ms beside the hour`,
    at: workspace.now(),
  }));
}

/** `BTCUSDT_5m.csv.gz` and `BTCUSDT.csv` name their symbol: what stands before the first `_` or the ending. */
function symbolOfName(file: string): { fallbackSymbol?: string } {
  const match = /^([A-Z0-9][A-Z0-9-]*)(_[^/]*)?\.csv(\.gz)?$/.exec(basename(file));
  return match ? { fallbackSymbol: match[1]! } : {};
}

async function* fileBytes(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) yield chunk as Uint8Array;
  } catch (thrown) {
    throw new DataError(`${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}
