import { existsSync } from "node:fs";
import { DataError, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import type { FundingSeries } from "../market/funding.ts";
import { checkSymbol, MARKETS, type Market } from "../market/instrument.ts";
import type { StagedFile } from "./atomicFile.ts";
import type { TimeRange } from "./barPlace.ts";
import type { StoredSeries } from "./listSeries.ts";
import { stageParquet } from "./parquet.ts";
import { joinStamps } from "./partedBars.ts";
import { type ClientLibrary, PROVENANCE_KEY, type Provenance, parseProvenance } from "./provenance.ts";
import { momentsIn, readParquet, readParquetHeader } from "./readParquet.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

export interface FundingKey {
  readonly symbol: string;
  /** without it, the one market that has funding of the symbol */
  readonly market?: Market;
}

/** Funding stored for a symbol, times within [from, to]. @throws DataError when there is none or the file is damaged */
export async function readFunding(
  workspace: Workspace,
  key: FundingKey,
  range: TimeRange = {},
): Promise<FundingSeries> {
  const symbol = checkSymbol(key.symbol);
  const paths = (key.market ? [key.market] : MARKETS)
    .map((market) => fundingPath(workspace, market, symbol))
    .filter((path) => existsSync(path));
  if (paths.length > 1)
    throw new UsageError(`funding of ${symbol} is stored for several markets: say --market`);
  if (paths.length === 0) {
    throw new DataError(
      `no funding of ${symbol} in ${workspace.dir}: import it (orion data import --kind funding)`,
    );
  }
  return (await readFundingFile(paths[0]!, range)).funding;
}

/** What is stored of a symbol's funding, or undefined. */
export async function findFunding(workspace: Workspace, key: FundingKey): Promise<StoredSeries | undefined> {
  const symbol = checkSymbol(key.symbol);
  const path = (key.market ? [key.market] : MARKETS)
    .map((market) => fundingPath(workspace, market, symbol))
    .find((p) => existsSync(p));
  return path ? { ...parseProvenance((await readParquetHeader(path)).metadata, path), path } : undefined;
}

async function readFundingFile(
  path: string,
  range: TimeRange = {},
): Promise<{ funding: FundingSeries; provenance: Provenance }> {
  const table = await readParquet(path, ["time", "rate"], { where: () => momentsIn(range) });
  const provenance = parseProvenance(table.metadata, path);
  const { time, rate } = table.columns;
  for (let i = 0; i < time.length; i++) {
    const isAfter = i === 0 || time[i]! > time[i - 1]!;
    if (!isAfter || !Number.isFinite(time[i]!) || !Number.isFinite(rate[i]!)) {
      throw new DataError(`${path}, row ${i + 1} is damaged: import the funding again`);
    }
  }
  const isWhole = range.from === undefined && range.to === undefined;
  if (isWhole && (table.rows !== provenance.rows || sha256(time, rate) !== provenance.sha256)) {
    throw new DataError(`${path} is damaged (its content does not match its hash): import the funding again`);
  }
  return { funding: { instrument: provenance.symbol, length: table.rows, time, rate }, provenance };
}

/**
 * Makes stored and new funding ready as one series; `staged` is null when everything was there already.
 * @throws DataError at a time with a differing stored rate, unless `replace`
 */
export async function stageFunding(
  workspace: Workspace,
  key: {
    readonly symbol: string;
    readonly market: Market;
    readonly source: string;
    readonly client?: ClientLibrary;
  },
  fresh: FundingSeries,
  options: { replace?: boolean } = {},
): Promise<{ added: number; replaced: number; staged: StagedFile | null; stored: StoredSeries }> {
  const symbol = checkSymbol(key.symbol);
  const path = fundingPath(workspace, key.market, symbol);
  const rates = new Map<number, number>();
  let old: Provenance | undefined;
  if (existsSync(path)) {
    const read = await readFundingFile(path);
    old = read.provenance;
    for (let i = 0; i < read.funding.length; i++) rates.set(read.funding.time[i]!, read.funding.rate[i]!);
  }
  let added = 0;
  let replaced = 0;
  for (let i = 0; i < fresh.length; i++) {
    const time = fresh.time[i]!;
    const held = rates.get(time);
    if (held === undefined) added++;
    else if (held !== fresh.rate[i]) {
      if (!options.replace) {
        throw new DataError(
          `the funding of ${isoTime(time)} differs from the stored one (${fresh.rate[i]}, stored ${held} in ${path}): ` +
            "nothing was written; say --replace to take the new numbers",
        );
      }
      replaced++;
    }
    rates.set(time, fresh.rate[i]!);
  }
  if (old && added === 0 && replaced === 0)
    return { added, replaced, staged: null, stored: { ...old, path } };
  const pairs = [...rates].sort(([a], [b]) => a - b);
  const time = Float64Array.from(pairs, ([t]) => t);
  const rate = Float64Array.from(pairs, ([, r]) => r);
  const provenance: Provenance = {
    format: 1,
    kind: "funding",
    market: key.market,
    symbol,
    timeframe: null,
    rows: time.length,
    from: time[0] ?? null,
    to: time[time.length - 1] ?? null,
    sha256: sha256(time, rate),
    ...joinStamps(old ? [old] : [], {
      source: key.source,
      importedAt: workspace.now(),
      ...(key.client ? { client: key.client } : {}),
    }),
  };
  const staged = await stageParquet(
    path,
    [
      { name: "time", type: "time", values: time },
      { name: "rate", type: "float64", values: rate },
    ],
    { [PROVENANCE_KEY]: JSON.stringify(provenance) },
  );
  return { added, replaced, staged, stored: { ...provenance, path } };
}

function fundingPath(workspace: Workspace, market: Market, symbol: string): string {
  return workspacePath(workspace, "funding", market, `${symbol}.parquet`);
}
