import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { HOUR_MS, isoTime, MINUTE_MS, timeframeName } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import type { BarSeries } from "../bars.ts";
import type { FundingSeries } from "../funding.ts";
import { checkSymbol, type ImportedKind } from "../instrument.ts";
import { floorToGrid, isOnGrid } from "../timeGrid.ts";
import { csvHeader } from "./csvHeader.ts";
import { GrowingColumns } from "./growingColumns.ts";
import { parseNumber } from "./parseNumber.ts";
import { readLines } from "./readLines.ts";
import { splitFields } from "./splitFields.ts";
import { type TimeReader, timeReader } from "./timeColumn.ts";

/** An exchange stamps its funding some ms after the hour: up to this it is the hour's. */
const FUNDING_LATENESS_MS = MINUTE_MS;

export interface CsvOptions {
  /** named in every error */
  readonly file: string;
  readonly kind: ImportedKind;
  /** the length of a bar; not used for funding */
  readonly timeframeMs?: number;
  /** names the one series of a file without a `symbol` column; of a file with one, picks that symbol */
  readonly symbol?: string;
  /** names the series of a file without a `symbol` column when `symbol` is not given */
  readonly fallbackSymbol?: string;
  /** of wall-clock times without a zone; default UTC */
  readonly timezone?: string;
  /** whether the time column holds a bar's start (default) or its end */
  readonly stamp?: "start" | "end";
  /**
   * Takes the rows of bars read so far, the next piece of each series, whenever `rows` of them are held: a file of any
   * length needs little memory then. What `parseCsv` returns is the last piece of each series, maybe empty.
   */
  readonly spill?: {
    readonly rows: number;
    readonly write: (pieces: readonly BarSeries[]) => Promise<void>;
  };
}

/** What a CSV file holds. `bars` for the kinds bars and mark (volume NaN), `funding` for funding. */
export interface CsvContent {
  readonly bars: readonly BarSeries[];
  readonly funding: readonly FundingSeries[];
  /** funding times that were stamped off the full hour and moved onto it */
  readonly offHour: readonly OffHour[];
  readonly rows: number;
  /** columns of the header that were not read */
  readonly ignoredColumns: readonly string[];
}

/** Funding times of one symbol that lay beside the hour: how many, which, and how far at most. */
export interface OffHour {
  readonly symbol: string;
  readonly count: number;
  /** the first and the last hour concerned, ms UTC */
  readonly from: number;
  readonly to: number;
  readonly largestMs: number;
}

/**
 * Reads bars, mark prices or funding from CSV, gzip or plain, as the bytes arrive.
 * Header names count in any case; the delimiter is a comma, semicolon or tab, whichever the header has.
 * @throws DataError that names file, line, column and text; UsageError when the options do not fit the file
 */
export async function parseCsv(bytes: AsyncIterable<Uint8Array>, options: CsvOptions): Promise<CsvContent> {
  let reader: RowReader | undefined;
  let line = 0;
  for await (const lines of readLines(bytes, options.file)) {
    for (const text of lines) {
      line++;
      if (text.trim() === "") continue;
      if (reader) reader.read(text, line);
      else reader = rowReader(text, line, options);
    }
    if (options.spill && reader && reader.held() >= options.spill.rows) {
      await options.spill.write(reader.take());
    }
  }
  if (!reader) throw new DataError(`${options.file} is empty: a header line and rows are expected`);
  return reader.finish();
}

interface RowReader {
  read(text: string, line: number): void;
  /** rows of bars in memory */
  held(): number;
  /** these rows, taken out of it */
  take(): readonly BarSeries[];
  finish(): CsvContent;
}

function rowReader(header: string, headerLine: number, options: CsvOptions): RowReader {
  const { file, kind } = options;
  const place = `${file}, line ${headerLine}`;
  const { delimiter, names, timeName, timeIndex, symbolIndex, find } = csvHeader(header, place);
  const valueNames = valueColumns(kind);
  const valueIndexes = valueNames.map((aliases) => {
    const index = find(aliases);
    if (index === undefined) {
      throw new DataError(`${place}: column '${aliases[0]}' is missing; the header has ${names.join(", ")}`);
    }
    return index;
  });
  const used = new Set([timeIndex, symbolIndex, ...valueIndexes]);
  const wanted = options.symbol === undefined ? undefined : checkSymbol(options.symbol);
  const lone =
    wanted ?? (options.fallbackSymbol === undefined ? undefined : checkSymbol(options.fallbackSymbol));
  if (symbolIndex < 0 && lone === undefined) {
    throw new UsageError(`${file} has no symbol column: say which symbol it holds with --symbol`);
  }

  const readTime = timeReader(timeName, options.timezone ?? "UTC");
  const toTime = kind === "funding" ? fundingTime(readTime) : closeTime(readTime, options);
  const series = new Map<string, { columns: GrowingColumns; lastTime: number }>();
  const offHour = new Map<string, OffHour>();
  const checkedSymbols = new Map<string, string>();
  const row: number[] = new Array(valueNames.length + 1).fill(0);
  let rows = 0;
  let taken = 0;

  const fault = (line: number, index: number, text: string, what: string): DataError =>
    new DataError(`${file}, line ${line}, column '${names[index]}': '${text}' ${what}`);

  return {
    read(text, line) {
      const fields = splitFields(text, delimiter);
      if (!fields) throw new DataError(`${file}, line ${line}: a quote is not closed`);
      if (fields.length !== names.length) {
        throw new DataError(
          `${file}, line ${line}: ${fields.length} fields where the header has ${names.length}`,
        );
      }
      let symbol = lone ?? "";
      if (symbolIndex >= 0) {
        const written = fields[symbolIndex]!;
        let checked = checkedSymbols.get(written);
        if (checked === undefined) {
          try {
            checked = checkSymbol(written);
          } catch {
            throw fault(line, symbolIndex, written, "is no symbol");
          }
          checkedSymbols.set(written, checked);
        }
        if (wanted !== undefined && checked !== wanted) return;
        symbol = checked;
      }
      const timeText = fields[timeIndex]!;
      try {
        row[0] = toTime(timeText);
      } catch (thrown) {
        throw fault(line, timeIndex, timeText, messageOf(thrown));
      }
      for (let v = 0; v < valueIndexes.length; v++) {
        const index = valueIndexes[v]!;
        const value = parseNumber(fields[index]!);
        if (Number.isNaN(value)) throw fault(line, index, fields[index]!, "is no finite number");
        row[v + 1] = value;
      }
      if (kind !== "funding") {
        const broken = barFault(row[1]!, row[2]!, row[3]!, row[4]!, kind === "bars" ? row[5]! : 0);
        if (broken) throw new DataError(`${file}, line ${line}: ${broken}`);
      }
      let held = series.get(symbol);
      if (!held) {
        held = { columns: new GrowingColumns(row.length), lastTime: Number.NEGATIVE_INFINITY };
        series.set(symbol, held);
      }
      if (row[0]! <= held.lastTime) {
        const what = row[0] === held.lastTime ? "is there twice" : "is before the row above it";
        throw fault(line, timeIndex, timeText, `${what}${symbolIndex < 0 ? "" : ` (${symbol})`}`);
      }
      held.lastTime = row[0]!;
      if (kind === "funding") noteOffHour(offHour, symbol, readTime(timeText), row[0]!);
      held.columns.push(row);
      rows++;
    },
    held() {
      return kind === "funding" ? 0 : rows - taken;
    },
    take() {
      taken = rows;
      const pieces = [...series].map(([symbol, s]) => toBars(symbol, s.columns, kind));
      for (const held of series.values()) held.columns = new GrowingColumns(row.length);
      return pieces;
    },
    finish() {
      if (rows === 0) {
        throw new DataError(
          wanted !== undefined && symbolIndex >= 0
            ? `${file} has no rows of ${wanted}`
            : `${file} has a header but no rows`,
        );
      }
      const all = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        bars: kind === "funding" ? [] : all.map(([symbol, s]) => toBars(symbol, s.columns, kind)),
        funding: kind === "funding" ? all.map(([symbol, s]) => toFunding(symbol, s.columns)) : [],
        offHour: [...offHour.values()],
        rows,
        ignoredColumns: names.filter((_, i) => !used.has(i)),
      };
    },
  };
}

/** The columns a kind needs, in order, each with the names it goes by. */
function valueColumns(kind: ImportedKind): readonly (readonly string[])[] {
  if (kind === "funding") return [["fundingRate", "funding_rate", "rate"]];
  const prices = [["open"], ["high"], ["low"], ["close"]];
  return kind === "mark" ? prices : [...prices, ["volume"]];
}

function closeTime(readTime: TimeReader, options: CsvOptions): TimeReader {
  const barMs = options.timeframeMs;
  if (barMs === undefined) throw new UsageError(`${options.file}: bars need a timeframe, such as 5m`);
  const shift = options.stamp === "end" ? barMs : 0;
  return (text) => {
    const start = readTime(text) - shift;
    if (isOnGrid(start, barMs)) return start + barMs;
    throw new DataError(
      `is off the grid of ${timeframeName(barMs)} bars (a bar starts at ${isoTime(floorToGrid(start, barMs))}): ` +
        "check the timeframe, the timezone and whether times are bar starts",
    );
  };
}

function fundingTime(readTime: TimeReader): TimeReader {
  return (text) => {
    const time = readTime(text);
    const hour = Math.round(time / HOUR_MS) * HOUR_MS;
    if (Math.abs(time - hour) <= FUNDING_LATENESS_MS) return hour;
    throw new DataError("is not within a minute of a full hour");
  };
}

function noteOffHour(noted: Map<string, OffHour>, symbol: string, written: number, hour: number): void {
  if (written === hour) return;
  const old = noted.get(symbol);
  noted.set(symbol, {
    symbol,
    count: (old?.count ?? 0) + 1,
    from: old?.from ?? hour,
    to: hour,
    largestMs: Math.max(old?.largestMs ?? 0, Math.abs(written - hour)),
  });
}

function toBars(instrument: string, columns: GrowingColumns, kind: ImportedKind): BarSeries {
  return {
    instrument,
    length: columns.length,
    closeTime: columns.column(0),
    open: columns.column(1),
    high: columns.column(2),
    low: columns.column(3),
    close: columns.column(4),
    volume: kind === "bars" ? columns.column(5) : new Float64Array(columns.length).fill(Number.NaN),
  };
}

function toFunding(instrument: string, columns: GrowingColumns): FundingSeries {
  return { instrument, length: columns.length, time: columns.column(0), rate: columns.column(1) };
}
