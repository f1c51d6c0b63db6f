import { UsageError } from "../core/errors.ts";

/** Where an instrument trades. Stocks have closing hours; spot and futures of crypto trade without a pause. */
export const MARKETS = ["spot", "futures", "stock"] as const;
export type Market = (typeof MARKETS)[number];

/** What a series holds: traded prices with volume, mark prices without volume, funding rates, or open interest. */
export const SERIES_KINDS = ["bars", "mark", "funding", "openInterest"] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];
/** What is imported from CSV; open interest is downloaded. */
export const IMPORTED_KINDS = ["bars", "mark", "funding"] as const;
export type ImportedKind = (typeof IMPORTED_KINDS)[number];

/**
 * A symbol in upper case, safe as a folder name: letters, digits, dot, underscore and hyphen, no leading dot.
 * @throws UsageError for anything else
 */
export function checkSymbol(text: string): string {
  const symbol = text.trim().toUpperCase();
  if (/^[A-Z0-9_-][A-Z0-9._-]{0,39}$/.test(symbol)) return symbol;
  throw new UsageError(
    `symbol '${text}' is not understood: write 1 to 40 letters, digits, '.', '_' or '-', such as BTCUSDT`,
  );
}

/** @throws UsageError that lists the markets */
export function checkMarket(text: string): Market {
  const market = MARKETS.find((m) => m === text);
  if (market) return market;
  throw new UsageError(`market '${text}' is not known: choose one of ${MARKETS.join(", ")}`);
}

/** @throws UsageError that lists the kinds of CSV files */
export function checkImportedKind(text: string): ImportedKind {
  const kind = IMPORTED_KINDS.find((k) => k === text);
  if (kind) return kind;
  throw new UsageError(`kind '${text}' is not known: choose one of ${IMPORTED_KINDS.join(", ")}`);
}
