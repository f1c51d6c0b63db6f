import { checkSymbol } from "../../instrument.ts";

/** Indices that the store knows by a plain name, as Schwab writes them. */
const INDICES: Readonly<Record<string, string>> = {
  IXIC: "$COMPX",
  ...Object.fromEntries("VIX SPX DJI NDX RUT VXN OEX SOX".split(" ").map((name) => [name, `$${name}`])),
};

/** Schwab's name of a stored symbol: `$VIX` for VIX, `BRK/B` for BRK.B. @throws UsageError for what is no symbol */
export function schwabSymbol(text: string): string {
  const symbol = checkSymbol(text);
  return INDICES[symbol] ?? symbol.replace(/^([A-Z]+)\.([A-Z])$/, "$1/$2");
}
