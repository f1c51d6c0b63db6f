import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { timeframeMs, timeframeName } from "../core/time.ts";
import { BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import type { Market } from "../market/instrument.ts";
import { checkSymbol } from "../market/instrument.ts";
import type { RepairEntry } from "../market/quality/repairBars.ts";
import { stageFile } from "./atomicFile.ts";
import { barsSha256 } from "./barColumns.ts";
import { stageParquet } from "./parquet.ts";
import { PROVENANCE_KEY, type Provenance } from "./provenance.ts";
import { readBarFile } from "./readBars.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

export interface RepairKey {
  readonly symbol: string;
  readonly timeframe: string;
  readonly market: Market;
}

const headSchema = z.object({
  format: z.literal(1),
  symbol: z.string(),
  timeframe: z.string(),
  market: z.string(),
  /** of the raw bars that it was made from, and of the repaired ones: both files belong together */
  rawSha256: z.string(),
  sha256: z.string(),
  rawRows: z.number().int(),
  rows: z.number().int(),
  /** ms UTC */
  madeAt: z.number(),
});
const entrySchema = z.object({
  time: z.string(),
  column: z.enum(["time", ...BAR_COLUMNS]),
  before: z.number().nullable(),
  after: z.number().nullable(),
  rule: z.string(),
  applied: z.boolean(),
});

export interface StoredRepair {
  readonly bars: BarSeries;
  readonly journal: readonly RepairEntry[];
  readonly rawSha256: string;
  readonly path: string;
  readonly journalPath: string;
}

/** Where a repaired series and the journal of its repair lie; the raw bars are elsewhere and never touched. */
export function repairPaths(workspace: Workspace, key: RepairKey): { path: string; journalPath: string } {
  const place = (ending: string): string =>
    workspacePath(
      workspace,
      "repaired",
      key.market,
      checkSymbol(key.symbol),
      `${timeframeName(timeframeMs(key.timeframe))}${ending}`,
    );
  return { path: place(".parquet"), journalPath: place(".journal.jsonl") };
}

/**
 * Writes repaired bars beside the raw ones: `repaired/MARKET/SYMBOL/TIMEFRAME.parquet`, and one line of JSON for each
 * number changed in `TIMEFRAME.journal.jsonl` after a line that names both series by their hashes.
 */
export async function writeRepair(
  workspace: Workspace,
  key: RepairKey,
  raw: { readonly bars: BarSeries; readonly source: string; readonly sha256: string },
  bars: BarSeries,
  journal: readonly RepairEntry[],
): Promise<{ path: string; journalPath: string }> {
  const paths = repairPaths(workspace, key);
  const { path, journalPath } = paths;
  const timeframe = timeframeName(timeframeMs(key.timeframe));
  const sha256 = barsSha256(bars);
  const provenance: Provenance = {
    format: 1,
    kind: "bars",
    market: key.market,
    symbol: bars.instrument,
    timeframe,
    rows: bars.length,
    from: bars.length > 0 ? bars.closeTime[0]! - timeframeMs(timeframe) : null,
    to: bars.length > 0 ? bars.closeTime[bars.length - 1]! : null,
    sha256,
    source: `${raw.source}; repaired`,
    importedAt: workspace.now(),
  };
  const head: z.output<typeof headSchema> = {
    format: 1,
    symbol: bars.instrument,
    timeframe,
    market: key.market,
    rawSha256: raw.sha256,
    sha256,
    rawRows: raw.bars.length,
    rows: bars.length,
    madeAt: workspace.now(),
  };
  const stagedBars = await stageParquet(
    path,
    [
      { name: "closeTime", type: "time", values: bars.closeTime },
      ...BAR_COLUMNS.map((name) => ({ name, type: "float64" as const, values: bars[name] })),
    ],
    { [PROVENANCE_KEY]: JSON.stringify(provenance) },
  );
  try {
    const lines = [head, ...journal].map((line) => `${JSON.stringify(line)}\n`).join("");
    const stagedJournal = await stageFile(journalPath, async (temporary) => {
      await writeFile(temporary, lines, { flag: "wx" });
    });
    await stagedBars.commit();
    await stagedJournal.commit();
  } catch (thrown) {
    await stagedBars.discard();
    throw thrown;
  }
  return paths;
}

/**
 * The repaired bars of a key with their journal, or null where none were made.
 * @throws DataError when one of both files is missing, damaged, or of another repair
 */
export async function readRepair(workspace: Workspace, key: RepairKey): Promise<StoredRepair | null> {
  const { path, journalPath } = repairPaths(workspace, key);
  if (!existsSync(path) && !existsSync(journalPath)) return null;
  const mend = "run ./orion data check --repair again";
  if (!existsSync(path) || !existsSync(journalPath)) {
    throw new DataError(`${existsSync(path) ? journalPath : path} is missing: ${mend}`);
  }
  const { bars, provenance } = await readBarFile(path, "bars");
  const lines = (await readFile(journalPath, "utf8")).split("\n").filter((line) => line !== "");
  const parsed = lines.map((line, i) => {
    try {
      const value: unknown = JSON.parse(line);
      return i === 0 ? { head: headSchema.parse(value) } : { entry: entrySchema.parse(value) };
    } catch (thrown) {
      throw new DataError(`${journalPath}, line ${i + 1} is no entry of a repair: ${mend}`, {
        cause: thrown,
      });
    }
  });
  const head = parsed[0]?.head;
  if (head?.sha256 !== provenance.sha256) {
    throw new DataError(`${journalPath} belongs to another repair than ${path}: ${mend}`);
  }
  const journal = parsed.flatMap((p) => (p.entry === undefined ? [] : [p.entry]));
  return { bars, journal, rawSha256: head.rawSha256, path, journalPath };
}
