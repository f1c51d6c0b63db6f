import { existsSync } from "node:fs";
import { DataError, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { isoTime, timeframeMs, timeframeName } from "../core/time.ts";
import { checkSymbol, MARKETS, type Market } from "../market/instrument.ts";
import type { OpenInterestSeries } from "../market/openInterest.ts";
import type { StagedFile } from "./atomicFile.ts";
import type { TimeRange } from "./barPlace.ts";
import type { StoredSeries } from "./listSeries.ts";
import { stageParquet } from "./parquet.ts";
import { joinStamps } from "./partedBars.ts";
import { type ClientLibrary, PROVENANCE_KEY, type Provenance, parseProvenance } from "./provenance.ts";
import { momentsIn, readParquet, readParquetHeader } from "./readParquet.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

const COLUMNS = ["time", "contracts", "value"] as const;

export interface OpenInterestKey {
  readonly symbol: string;
  /** time between two rows, such as `5m` */
  readonly timeframe: string;
  /** without it, the one market that has open interest of the symbol */
  readonly market?: Market;
}

/** Open interest with times within [from, to]. @throws DataError when there is none or the file is damaged */
export async function readOpenInterest(
  workspace: Workspace,
  key: OpenInterestKey,
  range: TimeRange = {},
): Promise<OpenInterestSeries> {
  const [path, another] = pathsOf(workspace, key).filter((p) => existsSync(p));
  const what = `${key.timeframe} open interest of ${checkSymbol(key.symbol)}`;
  if (another) throw new UsageError(`${what} is stored for several markets: say --market`);
  if (!path) {
    throw new DataError(
      `no ${what} in ${workspace.dir}: download it (orion data download --kind openInterest)`,
    );
  }
  return (await readFile(path, range)).series;
}

/** What is stored under a key, or undefined. */
export async function findOpenInterest(
  workspace: Workspace,
  key: OpenInterestKey,
): Promise<StoredSeries | undefined> {
  const path = pathsOf(workspace, key).find((p) => existsSync(p));
  return path ? { ...parseProvenance((await readParquetHeader(path)).metadata, path), path } : undefined;
}

async function readFile(
  path: string,
  range: TimeRange = {},
): Promise<{ series: OpenInterestSeries; provenance: Provenance }> {
  const table = await readParquet(path, COLUMNS, { where: () => momentsIn(range) });
  const provenance = parseProvenance(table.metadata, path);
  const [time, contracts, value] = COLUMNS.map((name) => table.columns[name]!) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < table.rows; i++) {
    const isAfter = i === 0 || time[i]! > time[i - 1]!;
    if (!isAfter || !Number.isFinite(time[i]! + contracts[i]! + value[i]!)) {
      throw new DataError(`${path}, row ${i + 1} is damaged: move it away and download it again`);
    }
  }
  const isWhole = range.from === undefined && range.to === undefined;
  const isSame = table.rows === provenance.rows && sha256(time, contracts, value) === provenance.sha256;
  if (isWhole && !isSame) {
    throw new DataError(`${path} is damaged (its content does not match its hash): download it again`);
  }
  return {
    series: { instrument: provenance.symbol, length: table.rows, time, contracts, value },
    provenance,
  };
}

/**
 * Makes stored and new rows ready as one series; `staged` is null when everything was there already.
 * @throws DataError at a time with other numbers stored
 */
export async function stageOpenInterest(
  workspace: Workspace,
  key: OpenInterestKey & {
    readonly market: Market;
    readonly source: string;
    readonly client?: ClientLibrary;
  },
  fresh: OpenInterestSeries,
): Promise<{ added: number; staged: StagedFile | null; stored: StoredSeries }> {
  const [path] = pathsOf(workspace, key) as [string];
  const rows = new Map<number, readonly [contracts: number, value: number]>();
  const old = existsSync(path) ? await readFile(path) : undefined;
  for (let i = 0; old && i < old.series.length; i++) {
    rows.set(old.series.time[i]!, [old.series.contracts[i]!, old.series.value[i]!]);
  }
  let added = 0;
  for (let i = 0; i < fresh.length; i++) {
    const time = fresh.time[i]!;
    const row = [fresh.contracts[i]!, fresh.value[i]!] as const;
    const held = rows.get(time);
    if (held === undefined) added++;
    else if (held[0] !== row[0] || held[1] !== row[1]) {
      throw new DataError(
        `the open interest of ${isoTime(time)} differs from the stored one (${row[0]}, stored ${held[0]} in ${path}): ` +
          "nothing was written; move the file away to take the new numbers",
      );
    }
    rows.set(time, row);
  }
  if (old && added === 0) return { added, staged: null, stored: { ...old.provenance, path } };
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const time = Float64Array.from(sorted, ([t]) => t);
  const contracts = Float64Array.from(sorted, ([, row]) => row[0]);
  const value = Float64Array.from(sorted, ([, row]) => row[1]);
  const provenance: Provenance = {
    format: 1,
    kind: "openInterest",
    market: key.market,
    symbol: checkSymbol(key.symbol),
    timeframe: timeframeName(timeframeMs(key.timeframe)),
    rows: time.length,
    from: time[0] ?? null,
    to: time[time.length - 1] ?? null,
    sha256: sha256(time, contracts, value),
    ...joinStamps(old ? [old.provenance] : [], {
      source: key.source,
      importedAt: workspace.now(),
      ...(key.client ? { client: key.client } : {}),
    }),
  };
  const staged = await stageParquet(
    path,
    [
      { name: "time", type: "time", values: time },
      { name: "contracts", type: "float64", values: contracts },
      { name: "value", type: "float64", values: value },
    ],
    { [PROVENANCE_KEY]: JSON.stringify(provenance) },
  );
  return { added, staged, stored: { ...provenance, path } };
}

function pathsOf(workspace: Workspace, key: OpenInterestKey): string[] {
  const symbol = checkSymbol(key.symbol);
  const file = `${timeframeName(timeframeMs(key.timeframe))}.parquet`;
  return (key.market ? [key.market] : MARKETS).map((market) =>
    workspacePath(workspace, "openInterest", market, symbol, file),
  );
}
