import { UsageError } from "../../../core/errors.ts";
import { checkSymbol } from "../../instrument.ts";

/** Indices that the store knows by a plain name; Yahoo writes most of them the same with a `^` before it. */
const INDICES: Readonly<Record<string, string>> = {
  SPX: "^GSPC",
  ...Object.fromEntries(
    "VIX VIX9D VIX3M VVIX VXN GSPC DJI IXIC NDX RUT NYA OEX SOX TNX FVX TYX IRX"
      .split(" ")
      .map((name) => [name, `^${name}`]),
  ),
};

/**
 * Yahoo's name of a stored symbol. Names in the store are letters, digits, `.`, `_` and `-`:
 * - `VIX`, `SPX`, `NDX` … (the table above) are Yahoo's indices `^VIX`, `^GSPC`, `^NDX` …;
 * - `_NAME` is any other index, `^NAME`;
 * - `BRK.B`, a class of US shares, is Yahoo's `BRK-B`; other endings, such as the `.L` of London, stay.
 * @throws UsageError for what is no symbol
 */
export function yahooSymbol(text: string): string {
  const symbol = checkSymbol(text);
  const index = INDICES[symbol];
  if (index !== undefined) return index;
  if (symbol.startsWith("_")) {
    if (symbol.length > 1) return `^${symbol.slice(1)}`;
    throw new UsageError(`symbol '${text}' is no index: write _ and its name, such as _GSPC`);
  }
  return symbol.replace(/^([A-Z]+)\.([AB])$/, "$1-$2");
}
