import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { isoTime, timeframeName } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import { checkSymbol } from "../instrument.ts";
import { floorToGrid, isOnGrid } from "../timeGrid.ts";
import { csvHeader } from "./csvHeader.ts";
import { GrowingColumns } from "./growingColumns.ts";
import { parseNumber } from "./parseNumber.ts";
import { readLines } from "./readLines.ts";
import { splitFields } from "./splitFields.ts";
import { timeReader } from "./timeColumn.ts";

export interface ColumnsOptions {
  /** named in every error */
  readonly file: string;
  /** the columns to read, each by the names it goes by in a header, in any case */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
  /** what reads them, for the message when one is missing */
  readonly reader: string;
  /** picks the rows of one symbol; needed where the file holds several */
  readonly symbol?: string;
  /** of wall-clock times without a zone; default UTC */
  readonly timezone?: string;
  /** whether the time column holds a bar's start (default) or its end */
  readonly stamp?: "start" | "end";
  /** the length of a bar: times must then lie on its grid; without it, the smallest step between two rows */
  readonly timeframeMs?: number;
}

export interface CsvColumns {
  readonly length: number;
  /** ms UTC as the file has it */
  readonly stamp: Float64Array;
  /** ms UTC when each bar closes */
  readonly closeTime: Float64Array;
  /** by the names of `wanted` */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * Reads a time and any columns of one symbol from CSV, gzip or plain, with the rules of `parseCsv`: header names in any case, comma,
 * semicolon or tab, times in order, finite numbers, bars that can be.
 * @throws DataError that names file, line, column and text
 */
export async function parseColumns(
  bytes: AsyncIterable<Uint8Array>,
  options: ColumnsOptions,
): Promise<CsvColumns> {
  const { file } = options;
  let read: ReturnType<typeof rowReader> | undefined;
  let line = 0;
  for await (const lines of readLines(bytes, file)) {
    for (const text of lines) {
      line++;
      if (text.trim() === "") continue;
      if (read) read.row(text, line);
      else read = rowReader(text, line, options);
    }
  }
  if (!read) throw new DataError(`${file} is empty: a header line and rows are expected`);
  return read.finish();
}

function rowReader(header: string, headerLine: number, options: ColumnsOptions) {
  const { file, wanted, reader, stamp = "start", timeframeMs } = options;
  const place = `${file}, line ${headerLine}`;
  const { delimiter, names, timeName, timeIndex, symbolIndex, find } = csvHeader(header, place);
  const keys = Object.keys(wanted);
  const indexes = keys.map((key) => {
    const index = find(wanted[key]!);
    if (index !== undefined) return index;
    throw new DataError(
      `${place}: column '${key}' is missing, which ${reader} reads; the header has ${names.join(", ")}`,
    );
  });
  const symbol = options.symbol === undefined ? undefined : checkSymbol(options.symbol);
  if (symbol !== undefined && symbolIndex < 0) {
    throw new UsageError(`${file} has no symbol column: leave --symbol out`);
  }
  const readTime = timeReader(timeName, options.timezone ?? "UTC");
  const isFaulty = faultOf(keys);
  const rows = new GrowingColumns(keys.length + 1);
  const row: number[] = new Array(keys.length + 1).fill(0);
  let only: string | undefined = symbol;
  let last = Number.NEGATIVE_INFINITY;
  let step = Number.POSITIVE_INFINITY;

  const fault = (line: number, index: number, text: string, what: string): DataError =>
    new DataError(`${file}, line ${line}, column '${names[index]}': '${text}' ${what}`);

  return {
    row(text: string, line: number): void {
      const fields = splitFields(text, delimiter);
      if (!fields) throw new DataError(`${file}, line ${line}: a quote is not closed`);
      if (fields.length !== names.length) {
        throw new DataError(
          `${file}, line ${line}: ${fields.length} fields where the header has ${names.length}`,
        );
      }
      if (symbolIndex >= 0) {
        const written = fields[symbolIndex]!.trim();
        only ??= written;
        if (written !== only) {
          if (symbol !== undefined) return;
          throw new UsageError(
            `${file}, line ${line}: holds ${only} and ${written}; say which one with --symbol`,
          );
        }
      }
      const timeText = fields[timeIndex]!;
      let time: number;
      try {
        time = readTime(timeText);
        if (timeframeMs !== undefined) requireOnGrid(time - (stamp === "end" ? timeframeMs : 0), timeframeMs);
      } catch (thrown) {
        throw fault(line, timeIndex, timeText, messageOf(thrown));
      }
      if (time <= last) {
        throw fault(
          line,
          timeIndex,
          timeText,
          time === last ? "is there twice" : "is before the row above it",
        );
      }
      step = Math.min(step, time - last);
      last = time;
      row[0] = time;
      for (let k = 0; k < keys.length; k++) {
        const index = indexes[k]!;
        const value = parseNumber(fields[index]!);
        if (Number.isNaN(value)) throw fault(line, index, fields[index]!, "is no finite number");
        row[k + 1] = value;
      }
      const broken = isFaulty(row);
      if (broken) throw new DataError(`${file}, line ${line}: ${broken}`);
      rows.push(row);
    },
    finish(): CsvColumns {
      if (rows.length === 0) {
        throw new DataError(
          symbol === undefined ? `${file} has a header but no rows` : `${file} has no rows of ${symbol}`,
        );
      }
      const stamps = rows.column(0);
      const bar = timeframeMs ?? (Number.isFinite(step) ? step : 0);
      return {
        length: rows.length,
        stamp: stamps,
        closeTime: stamp === "end" ? stamps : stamps.map((time) => time + bar),
        columns: Object.fromEntries(keys.map((key, k) => [key, rows.column(k + 1)])),
      };
    },
  };
}

/** Why a row cannot be a bar, as far as its columns tell; a price that is not read is taken as one that is. */
function faultOf(keys: readonly string[]): (row: readonly number[]) => string | null {
  const at = (key: string): number => keys.indexOf(key) + 1;
  const [open, high, low, close, volume] = ["open", "high", "low", "close", "volume"].map(at);
  const some = open || high || low || close;
  return (row) => {
    const price = some ? row[some]! : 1;
    const of = (column: number | undefined): number => (column ? row[column]! : price);
    return barFault(
      of(open),
      high ? row[high]! : Math.max(price, of(low)),
      low ? row[low]! : Math.min(price, of(high)),
      of(close),
      volume ? row[volume]! : 0,
    );
  };
}

function requireOnGrid(start: number, barMs: number): void {
  if (isOnGrid(start, barMs)) return;
  throw new DataError(
    `is off the grid of ${timeframeName(barMs)} bars (a bar starts at ${isoTime(floorToGrid(start, barMs))}): ` +
      "check the timeframe, the timezone and whether times are bar starts",
  );
}
