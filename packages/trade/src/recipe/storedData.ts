import { isoTime, timeframeMs } from "../core/time.ts";
import {
  checkBars,
  checkImportedKind,
  checkMarket,
  type QualityReport,
  tradingCalendarOf,
} from "../market/index.ts";
import {
  importCsv,
  listBars,
  listSeries,
  openWorkspace,
  readBars,
  type StoredSeries,
} from "../store/index.ts";
import type { StoredBars } from "../wire/status.ts";
import { workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** What the quality checks found, without the checks that found nothing. */
export type Issue = Pick<QualityReport["checks"][number], "name" | "count" | "share" | "places" | "severity">;

export interface StoredLine {
  rows: number;
  symbol: string;
  market: string;
  kind: string;
  timeframe: string | null;
  from: string;
  to: string;
  source: string;
  issues: readonly Issue[];
}

export interface ImportOptions {
  symbol?: string;
  timeframe?: string;
  market: string;
  kind: string;
  timezone?: string;
  stamp?: string;
  replace?: boolean;
}

/** Imports CSV files and checks what was stored. Each file is imported as a whole or not at all. */
export async function importFiles(
  context: PipelineContext,
  files: readonly string[],
  options: ImportOptions,
): Promise<(StoredLine & { added: number; replaced: number })[]> {
  const workspace = await workspaceOf(context);
  const lines: (StoredLine & { added: number; replaced: number })[] = [];
  for (const file of files) {
    context.signal?.throwIfAborted();
    const { series } = await importCsv(workspace, {
      file,
      market: checkMarket(options.market),
      kind: checkImportedKind(options.kind),
      ...(options.timeframe === undefined ? {} : { timeframe: options.timeframe }),
      ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
      ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
      ...(options.stamp === undefined
        ? {}
        : { stamp: options.stamp === "end" ? ("end" as const) : ("start" as const) }),
      replace: options.replace ?? false,
    });
    for (const { stored, rows, added, replaced } of series) {
      const line = await lineOf(context.workspace, stored);
      lines.push({ ...line, rows, added, replaced });
    }
  }
  return lines;
}

/** Everything stored, with what the checks find in it. */
export async function listStored(workspaceFolder: string): Promise<StoredLine[]> {
  const series = await listSeries(await openWorkspace(workspaceFolder));
  const lines: StoredLine[] = [];
  for (const one of series) lines.push(await lineOf(workspaceFolder, one));
  return lines;
}

async function lineOf(workspaceFolder: string, stored: StoredSeries): Promise<StoredLine> {
  const report =
    stored.kind === "bars" && stored.rows > 0 ? await reportOn(workspaceFolder, stored) : undefined;
  return {
    rows: stored.rows,
    symbol: stored.symbol,
    market: stored.market,
    kind: stored.kind,
    timeframe: stored.timeframe,
    from: isoTime(stored.from ?? 0),
    to: isoTime(stored.to ?? 0),
    source: stored.source,
    issues: (report?.checks ?? [])
      .filter((c) => c.count > 0)
      .map(({ name, count, share, places, severity }) => ({ name, count, share, places, severity })),
  };
}

async function reportOn(workspaceFolder: string, stored: StoredSeries): Promise<QualityReport> {
  const workspace = await openWorkspace(workspaceFolder);
  const timeframe = stored.timeframe!;
  const bars = await readBars(workspace, { symbol: stored.symbol, timeframe, market: stored.market });
  return checkBars(bars, timeframeMs(timeframe), { calendar: tradingCalendarOf(stored.market) });
}

/** What the page shows of the store. */
export async function listStoredBars(workspaceFolder: string): Promise<StoredBars[]> {
  return (await listBars(await openWorkspace(workspaceFolder))).map((s) => ({
    symbol: s.symbol,
    timeframe: s.timeframe!,
    market: s.market,
    rows: s.rows,
    from: isoTime(s.from ?? 0),
    to: isoTime(s.to ?? 0),
  }));
}
