import { createReadStream } from "node:fs";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { parseNumber } from "../market/csv/parseNumber.ts";
import { readLines } from "../market/csv/readLines.ts";
import { splitFields } from "../market/csv/splitFields.ts";
import { TIME_COLUMNS, timeReader } from "../market/csv/timeColumn.ts";

export interface NumberColumns {
  readonly file: string;
  readonly length: number;
  /** by the names that were asked for, or, where none were, by the header's */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** ms UTC, where the file has a time column; strictly ascending */
  readonly time: Float64Array | null;
}

const TIMES: readonly string[] = [...TIME_COLUMNS, "date_time", "time"];

/**
 * Columns of numbers of a user's CSV, gzip or plain. A time column is not needed; where there is one its rows must be in order.
 * Without `wanted` the file must hold one column of numbers beside the time.
 * @param wanted names of the header, in any case
 * @throws DataError that names file, line, column and text: a column that is missing, a value that is missing or no number
 */
export async function readNumberColumns(
  file: string,
  wanted: readonly string[] | null,
  signal?: AbortSignal,
): Promise<NumberColumns> {
  let reader: ReturnType<typeof rowReader> | undefined;
  let line = 0;
  try {
    for await (const lines of readLines(createReadStream(file), file)) {
      signal?.throwIfAborted();
      for (const text of lines) {
        line++;
        if (text.trim() === "" || (!reader && text.startsWith("#"))) continue;
        if (reader) reader.row(text, line);
        else reader = rowReader(file, text, line, wanted);
      }
    }
  } catch (thrown) {
    if (thrown instanceof DataError || thrown instanceof UsageError || signal?.aborted) throw thrown;
    throw new DataError(`${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
  if (!reader) throw new DataError(`${file} is empty: a header line and rows are expected`);
  return reader.finish();
}

function rowReader(file: string, header: string, headerLine: number, wanted: readonly string[] | null) {
  const delimiter = [",", ";", "\t"].find((d) => header.includes(d)) ?? ",";
  const names = (splitFields(header, delimiter) ?? []).map((n) => n.trim());
  const lower = names.map((n) => n.toLowerCase());
  const place = `${file}, line ${headerLine}`;
  const timeIndex = lower.findIndex((n) => TIMES.includes(n));
  const twice = lower.find((n, i) => n !== "" && lower.indexOf(n) !== i);
  if (twice) throw new DataError(`${place}: two columns are called '${twice}'`);
  const others = names.filter((n, i) => i !== timeIndex && n !== "");
  if (wanted === null && others.length !== 1) {
    throw new UsageError(`${file} has the columns ${others.join(", ")}: say which one with --column`);
  }
  const keys = wanted ?? others;
  const indexes = keys.map((key) => {
    const index = lower.indexOf(key.toLowerCase());
    if (index >= 0) return index;
    throw new DataError(`${place}: there is no column '${key}'; the header has ${names.join(", ")}`);
  });
  const isTimeOfDay = timeIndex >= 0 && !TIME_COLUMNS.some((n) => n === lower[timeIndex]);
  const kind = isTimeOfDay ? "datetime" : TIME_COLUMNS.find((n) => n === lower[timeIndex]);
  const readTime = kind === undefined ? null : timeReader(kind, "UTC");
  const rows: number[][] = keys.map(() => []);
  const time: number[] = [];
  return {
    row(text: string, line: number): void {
      const fields = splitFields(text, delimiter);
      if (!fields) throw new DataError(`${file}, line ${line}: a quote is not closed`);
      if (fields.length !== names.length) {
        throw new DataError(
          `${file}, line ${line}: ${fields.length} fields where the header has ${names.length}`,
        );
      }
      for (const [k, index] of indexes.entries()) {
        const value = parseNumber(fields[index]!);
        if (Number.isNaN(value)) {
          const what = fields[index]!.trim() === "" ? "is missing" : `'${fields[index]}' is no finite number`;
          throw new DataError(
            `${file}, line ${line}, column '${names[index]}': ${what}; leave such rows out`,
          );
        }
        rows[k]!.push(value);
      }
      if (!readTime) return;
      let now: number;
      try {
        now = readTime(fields[timeIndex]!);
      } catch (thrown) {
        throw new DataError(
          `${file}, line ${line}, column '${names[timeIndex]}': '${fields[timeIndex]}' ${messageOf(thrown)}`,
        );
      }
      if (time.length > 0 && now <= time.at(-1)!) {
        const what = now === time.at(-1) ? "is there twice" : "is before the row above it";
        throw new DataError(
          `${file}, line ${line}, column '${names[timeIndex]}': '${fields[timeIndex]}' ${what}`,
        );
      }
      time.push(now);
    },
    finish(): NumberColumns {
      const length = rows[0]?.length ?? 0;
      if (length === 0) throw new DataError(`${file} has a header but no rows`);
      return {
        file,
        length,
        columns: Object.fromEntries(keys.map((key, k) => [key, Float64Array.from(rows[k]!)])),
        time: readTime ? Float64Array.from(time) : null,
      };
    },
  };
}

/** ln(p[t] / p[t-1]), one fewer than prices. @throws DataError for a price that is not above 0 */
export function logReturns(prices: Float64Array, column: string): Float64Array {
  const bad = prices.findIndex((p) => !(p > 0));
  if (bad >= 0) {
    throw new DataError(
      `column '${column}', row ${bad + 1}: ${prices[bad]} is no price; leave --prices out for returns`,
    );
  }
  return Float64Array.from({ length: prices.length - 1 }, (_, t) => Math.log(prices[t + 1]! / prices[t]!));
}
