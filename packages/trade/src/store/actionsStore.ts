import { createReadStream, existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { factorsFromAdjusted } from "../market/actions/factorsFromAdjusted.ts";
import { parseAdjustedCloses } from "../market/actions/parseAdjustedCloses.ts";
import { parseFactors } from "../market/actions/parseFactors.ts";
import { checkFactors, extendsFactors, type PriceFactors } from "../market/actions/priceFactors.ts";
import { readLines } from "../market/csv/readLines.ts";
import { checkSymbol, MARKETS, type Market } from "../market/instrument.ts";
import { type StagedFile, stageFile } from "./atomicFile.ts";
import { withWorkspaceLock } from "./lock.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** What a file of stored factors says of itself. */
const storedSchema = z.strictObject({
  format: z.literal(1),
  kind: z.literal("factors"),
  market: z.enum(MARKETS),
  symbol: z.string(),
  /** the file that they came from */
  source: z.string(),
  importedAt: z.number(),
  /** of day, priceFactor and splitFactor one after another, little-endian float64 */
  sha256: z.string(),
  /** [day (ms UTC), priceFactor, splitFactor], oldest first: see `PriceFactors` */
  rows: z.array(z.tuple([z.number(), z.number(), z.number()])),
});

/** Stored factors as listed. */
export interface StoredFactors {
  readonly market: Market;
  readonly symbol: string;
  readonly rows: number;
  /** first and last day that a row names, ms UTC */
  readonly from: number;
  readonly to: number;
  readonly source: string;
  readonly path: string;
}

export interface FactorsImport {
  readonly file: string;
  readonly market: Market;
  /** needed where the file has no symbol column and its name does not begin with one (`SPY_factors.csv`) */
  readonly symbol?: string;
  /** take the file's factors where they tell another history than the stored ones */
  readonly replace?: boolean;
}

/**
 * Imports split and dividend factors: a factor file in QuantConnect's layout (`parseFactors`), or the factors behind the
 * `adjClose` column of daily bars (`factorsFromAdjusted`). They lie beside the bars, at `actions/MARKET/SYMBOL.json`; bars
 * stay raw. A file that continues the stored history replaces it, one that contradicts it only with `replace`.
 * All symbols of a file or none. @throws DataError that names file, line and column, or symbol and day
 */
export async function importFactors(workspace: Workspace, request: FactorsImport): Promise<StoredFactors[]> {
  const { file, market } = request;
  if (!existsSync(file)) throw new DataError(`${file} does not exist`);
  const symbol = request.symbol === undefined ? undefined : checkSymbol(request.symbol);
  const all = (await holdsAdjustedCloses(file))
    ? (await parseAdjustedCloses(fileBytes(file), symbol, file)).map(factorsFromAdjusted)
    : [await parseFactors(fileBytes(file), requireSymbol(symbol ?? symbolOfName(file), file), file)];
  return withWorkspaceLock(workspace, `import of ${basename(file)}`, async () => {
    const staged: StagedFile[] = [];
    const stored: StoredFactors[] = [];
    try {
      for (const factors of all) {
        const path = factorsPath(workspace, market, factors.instrument);
        const old = existsSync(path) ? await readFactorsFile(path) : undefined;
        if (old && !request.replace && !extendsFactors(old.factors, factors)) {
          throw new DataError(
            `${file}: the factors of ${factors.instrument} tell another history than the stored ones (${path}, from ${old.source}): nothing was written; say --replace to take the new ones`,
          );
        }
        staged.push(await stageFactors(workspace, path, market, factors, basename(file)));
        stored.push(storedOf(path, market, factors, basename(file)));
      }
    } catch (thrown) {
      for (const one of staged) await one.discard();
      throw thrown;
    }
    for (const one of staged) await one.commit();
    return stored;
  });
}

/**
 * Stores factors that were downloaded, in place of those of the same source, and of others that tell the same history so far.
 * Factors of another source that tell another history stay: `isKept` says so. Null where there are neither old nor new ones.
 */
export async function writeFactors(
  workspace: Workspace,
  market: Market,
  factors: PriceFactors,
  source: string,
): Promise<{ stored: StoredFactors; isKept: boolean } | null> {
  const path = factorsPath(workspace, market, checkSymbol(factors.instrument));
  return withWorkspaceLock(workspace, `factors of ${factors.instrument}`, async () => {
    const old = existsSync(path) ? await readFactorsFile(path) : undefined;
    if (factors.length === 0 && !old) return null;
    if (factors.length === 0 || (old && old.source !== source && !extendsFactors(old.factors, factors))) {
      const isSame = old!.factors.length === 0 || old!.source === source;
      return { stored: storedOf(path, market, old!.factors, old!.source), isKept: !isSame };
    }
    checkFactors(factors, source);
    await (await stageFactors(workspace, path, market, factors, source)).commit();
    return { stored: storedOf(path, market, factors, source), isKept: false };
  });
}

/** The first day that stored factors name, ms UTC; null where none are stored. */
export async function firstFactorDay(
  workspace: Workspace,
  market: Market,
  symbol: string,
): Promise<number | null> {
  const path = factorsPath(workspace, market, checkSymbol(symbol));
  return existsSync(path) ? ((await readFactorsFile(path)).factors.day[0] ?? null) : null;
}

/** The factors stored for an instrument, or undefined. Without a market, the one market that has them. */
export async function findFactors(
  workspace: Workspace,
  key: { readonly symbol: string; readonly market?: Market },
): Promise<PriceFactors | undefined> {
  const symbol = checkSymbol(key.symbol);
  const paths = (key.market ? [key.market] : MARKETS)
    .map((market) => factorsPath(workspace, market, symbol))
    .filter((path) => existsSync(path));
  if (paths.length > 1)
    throw new UsageError(`factors of ${symbol} are stored for several markets: say --market`);
  return paths[0] === undefined ? undefined : (await readFactorsFile(paths[0])).factors;
}

/** As `findFactors`. @throws DataError when there are none, or the file is damaged */
export async function readFactors(
  workspace: Workspace,
  key: { readonly symbol: string; readonly market?: Market },
): Promise<PriceFactors> {
  const found = await findFactors(workspace, key);
  if (found) return found;
  throw new DataError(
    `no factors of ${key.symbol}${key.market ? ` (${key.market})` : ""} in ${workspace.dir}: import them (orion data import FILE --kind factors)`,
  );
}

async function readFactorsFile(path: string): Promise<{ factors: PriceFactors; source: string }> {
  const damaged = `${path} is damaged: import the factors again`;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (thrown) {
    throw new DataError(damaged, { cause: thrown });
  }
  const parsed = storedSchema.safeParse(value);
  if (!parsed.success) throw new DataError(damaged);
  const { rows, symbol, source } = parsed.data;
  const column = (c: 0 | 1 | 2): Float64Array => Float64Array.from(rows, (row) => row[c]);
  const factors: PriceFactors = {
    instrument: symbol,
    length: rows.length,
    day: column(0),
    priceFactor: column(1),
    splitFactor: column(2),
  };
  if (sha256(factors.day, factors.priceFactor, factors.splitFactor) !== parsed.data.sha256)
    throw new DataError(damaged);
  checkFactors(factors, path);
  return { factors, source };
}

function stageFactors(
  workspace: Workspace,
  path: string,
  market: Market,
  factors: PriceFactors,
  source: string,
): Promise<StagedFile> {
  const { instrument, day, priceFactor, splitFactor } = factors;
  const content: z.input<typeof storedSchema> = {
    format: 1,
    kind: "factors",
    market,
    symbol: instrument,
    source,
    importedAt: workspace.now(),
    sha256: sha256(day, priceFactor, splitFactor),
    rows: [...day].map((d, i): [number, number, number] => [d, priceFactor[i]!, splitFactor[i]!]),
  };
  return stageFile(path, (temporary) => writeFile(temporary, `${JSON.stringify(content)}\n`, { flag: "wx" }));
}

function storedOf(path: string, market: Market, factors: PriceFactors, source: string): StoredFactors {
  const { instrument, length, day } = factors;
  return { market, symbol: instrument, rows: length, from: day[0]!, to: day[length - 1]!, source, path };
}

function factorsPath(workspace: Workspace, market: Market, symbol: string): string {
  return workspacePath(workspace, "actions", market, `${symbol}.json`);
}

/** A header with `adjClose` means daily bars, from which factors are derived. */
async function holdsAdjustedCloses(file: string): Promise<boolean> {
  for await (const lines of readLines(fileBytes(file), file)) {
    const header = lines.find((text) => text.trim() !== "");
    if (header !== undefined) return /adj[ _]?close/i.test(header);
  }
  return false;
}

function requireSymbol(symbol: string | undefined, file: string): string {
  if (symbol !== undefined) return symbol;
  throw new UsageError(`${file} does not say whose factors it holds: say it with --symbol`);
}

/** `SPY_factors.csv` and `spy.csv` name their symbol: what stands before the first `_` or the ending. */
function symbolOfName(file: string): string | undefined {
  const match = /^([A-Za-z0-9][A-Za-z0-9.-]*?)(_[^/]*)?\.csv(\.gz)?$/.exec(basename(file));
  return match ? checkSymbol(match[1]!) : undefined;
}

async function* fileBytes(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (thrown) {
    throw new DataError(`${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}
