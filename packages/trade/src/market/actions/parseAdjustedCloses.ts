import { DataError, messageOf } from "../../core/errors.ts";
import { GrowingColumns } from "../csv/growingColumns.ts";
import { parseNumber } from "../csv/parseNumber.ts";
import { readLines } from "../csv/readLines.ts";
import { splitFields } from "../csv/splitFields.ts";
import { timeReader } from "../csv/timeColumn.ts";
import { checkSymbol } from "../instrument.ts";
import type { AdjustedCloses } from "./factorsFromAdjusted.ts";

/** Past this many decimals a column is taken for unrounded. */
const MOST_DECIMALS = 10;

/**
 * Reads `date`, `close` and `adjClose` (also `adj close`) of a file of daily bars, with a `symbol` column or for one symbol.
 * How far the closes are rounded is read from the text: the most decimals that the file writes.
 * @throws DataError that names file, line, column and text
 */
export async function parseAdjustedCloses(
  bytes: AsyncIterable<Uint8Array>,
  symbol: string | undefined,
  file: string,
): Promise<AdjustedCloses[]> {
  const readDay = timeReader("date", "UTC");
  const series = new Map<string, GrowingColumns>();
  const checkedSymbols = new Map<string, string>();
  let names: string[] | undefined;
  let index = { symbol: -1, date: -1, close: -1, adjClose: -1 };
  let decimals = 0;
  let line = 0;
  for await (const lines of readLines(bytes, file)) {
    for (const text of lines) {
      line++;
      if (text.trim() === "") continue;
      const fields = splitFields(text, ",")?.map((field) => field.trim());
      if (!fields) throw new DataError(`${file}, line ${line}: a quote is not closed`);
      if (!names) {
        names = fields;
        index = indexesOf(fields, symbol, `${file}, line ${line}`);
        continue;
      }
      if (fields.length !== names.length)
        throw new DataError(
          `${file}, line ${line}: ${fields.length} fields where the header has ${names.length}`,
        );
      const fault = (column: number, what: string): DataError =>
        new DataError(`${file}, line ${line}, column '${names?.[column]}': '${fields[column]}' ${what}`);
      const written = index.symbol < 0 ? symbol! : fields[index.symbol]!;
      let name = checkedSymbols.get(written);
      if (name === undefined) {
        try {
          name = checkSymbol(written);
        } catch {
          throw fault(index.symbol, "is no symbol");
        }
        checkedSymbols.set(written, name);
      }
      if (symbol !== undefined && name !== symbol) continue;
      let held = series.get(name);
      if (!held) {
        held = new GrowingColumns(3);
        series.set(name, held);
      }
      const row = [0, 0, 0];
      try {
        row[0] = readDay(fields[index.date]!);
      } catch (thrown) {
        throw fault(index.date, messageOf(thrown));
      }
      for (const [i, column] of [index.close, index.adjClose].entries()) {
        const value = parseNumber(fields[column]!);
        if (!(value > 0)) throw fault(column, "is no price");
        decimals = Math.max(decimals, fields[column]!.split(".")[1]?.length ?? 0);
        row[i + 1] = value;
      }
      held.push(row);
    }
  }
  const roundingHalf = decimals > MOST_DECIMALS ? 0 : 0.5 * 10 ** -decimals;
  if (series.size === 0)
    throw new DataError(`${file} has no rows${symbol === undefined ? "" : ` of ${symbol}`}`);
  return [...series].map(([name, columns]) => ({
    instrument: name,
    day: columns.column(0),
    close: columns.column(1),
    adjClose: columns.column(2),
    roundingHalf,
  }));
}

function indexesOf(fields: readonly string[], symbol: string | undefined, at: string) {
  const lower = fields.map((field) => field.toLowerCase().replace(/[ _]/g, ""));
  const of = (name: string): number => {
    const index = lower.indexOf(name);
    if (index >= 0) return index;
    throw new DataError(`${at}: column '${name}' is missing; the header has ${fields.join(", ")}`);
  };
  const found = {
    date: of("date"),
    close: of("close"),
    adjClose: of("adjclose"),
    symbol: lower.indexOf("symbol"),
  };
  if (found.symbol < 0 && symbol === undefined)
    throw new DataError(`${at}: no symbol column: say which symbol it holds with --symbol`);
  return found;
}
