import { upperBound } from "../../core/columns.ts";
import { DataError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { barsSha256, listSeries, readBars, readManyBars, type Workspace } from "../../store/index.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { stageClock } from "./stageClock.ts";
import type { SymbolSources } from "./timeframeRows.ts";

/** The stored bars that a recipe of stages works on, nothing later than `until` in them. */
export interface ScannerBars {
  /** candidates' bars of the recipe's own timeframe, by symbol */
  readonly bars: readonly BarSeries[];
  /** the same symbols and the indices at every stored timeframe: networks learn from the indices' bars as well */
  readonly sources: readonly SymbolSources[];
  readonly indices: readonly [BarSeries, BarSeries];
  /** of all of them */
  readonly sha256: string;
}

export interface ScannerBarsOptions {
  /** instead of the recipe's symbols */
  readonly symbols?: readonly string[] | undefined;
  /** ms UTC */
  readonly until?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Reads what is stored of a recipe's universe: its own timeframe of every symbol, all other timeframes of those that have some,
 * and the two indices.
 * @throws DataError that names what is not stored, and how to import it
 */
export async function scannerBars(
  workspace: Workspace,
  recipe: ScannerRecipe,
  { symbols, until, signal, onProgress }: ScannerBarsOptions = {},
): Promise<ScannerBars> {
  const { market, timeframe, indices, exclude } = recipe.universe;
  const stored = (await listSeries(workspace)).filter(
    (s) => s.market === market && s.kind === "bars" && s.rows > 0,
  );
  const own = new Set(stored.filter((s) => s.timeframe === timeframe).map((s) => s.symbol));
  const missing = (symbol: string): DataError =>
    new DataError(
      `recipe '${recipe.name}': ${symbol} (${market}, ${timeframe}) is not stored: ./orion data import FILE --symbol ${symbol} --timeframe ${timeframe} --market ${market}`,
    );
  const left = new Set<string>([...indices, ...exclude]);
  const asked = symbols ?? recipe.universe.symbols;
  const wanted = (asked ?? [...own].filter((symbol) => !left.has(symbol))).toSorted();
  for (const symbol of [...indices, ...wanted]) if (!own.has(symbol)) throw missing(symbol);
  if (wanted.length === 0) {
    throw new DataError(
      `recipe '${recipe.name}': no ${timeframe} bars of market ${market} are stored beside ${indices.join(" and ")}: import some, one file with a 'symbol' column holds many`,
    );
  }
  const range = until === undefined ? {} : { to: until };
  const bars = await readManyBars(workspace, { symbols: wanted, market, timeframe }, range);
  const ofIndex = (symbol: string): Promise<BarSeries> =>
    readBars(workspace, { symbol, market, timeframe }, range);
  const [first, second] = indices;
  const read: readonly [BarSeries, BarSeries] = [await ofIndex(first), await ofIndex(second)];
  const sources: SymbolSources[] = [];
  const hashes: string[] = [];
  const ownBars = [...bars, ...read];
  const clock = stageClock("reading bars", wanted.length + indices.length, onProgress);
  for (const [i, symbol] of [...wanted, ...indices].entries()) {
    signal?.throwIfAborted();
    const others = stored
      .filter((s) => s.symbol === symbol && s.timeframe !== timeframe && s.timeframe !== null)
      .toSorted((a, b) => (a.timeframe! < b.timeframe! ? -1 : 1));
    const at: { timeframe: string; bars: BarSeries }[] = [{ timeframe, bars: ownBars[i]! }];
    for (const { timeframe: other } of others) {
      at.push({
        timeframe: other!,
        bars: await readBars(workspace, { symbol, market, timeframe: other! }, range),
      });
    }
    sources.push({ symbol, sources: at });
    hashes.push(...at.map((source) => barsSha256(source.bars)));
    clock.done(1, symbol);
  }
  return {
    bars,
    sources,
    indices: read,
    sha256: sha256(hashes.join()),
  };
}

/** What of the bars had closed by a moment. */
export function barsUntil(bars: BarSeries, until: number): BarSeries {
  const end = upperBound(bars.closeTime, until, bars.length);
  return end === bars.length ? bars : sliceBars(bars, 0, end);
}
