import { DataError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";
import { parseNumber } from "../csv/parseNumber.ts";
import { readLines } from "../csv/readLines.ts";
import { splitFields } from "../csv/splitFields.ts";
import { checkFactors, type PriceFactors } from "./priceFactors.ts";

/**
 * Reads a factor file in QuantConnect's layout, gzip or plain: `date, priceFactor, splitFactor[, referencePrice]`, a row a
 * date up to and with which the factors hold. A header is optional; dates are YYYY-MM-DD or YYYYMMDD.
 * @throws DataError that names file, line, column and text
 */
export async function parseFactors(
  bytes: AsyncIterable<Uint8Array>,
  instrument: string,
  file: string,
): Promise<PriceFactors> {
  const rows: { day: number; price: number; split: number }[] = [];
  let columns: readonly [number, number, number] | undefined;
  let line = 0;
  for await (const lines of readLines(bytes, file)) {
    for (const text of lines) {
      line++;
      if (text.trim() === "") continue;
      const at = `${file}, line ${line}`;
      const fields = splitFields(text, ",")?.map((field) => field.trim());
      if (!fields) throw new DataError(`${at}: a quote is not closed`);
      if (!columns) {
        columns = columnsOf(fields, at);
        if (!/^\d/.test(fields[0]!)) continue;
      }
      const [date, price, split] = columns.map((c) => fields[c]) as [string?, string?, string?];
      if (date === undefined || price === undefined || split === undefined)
        throw new DataError(`${at}: ${fields.length} fields; date, priceFactor and splitFactor are expected`);
      const day = dayOf(date);
      if (day === null) throw new DataError(`${at}, column 'date': '${date}' is no day; write YYYY-MM-DD`);
      const last = rows[rows.length - 1];
      if (last && day <= last.day) {
        const what = day === last.day ? "is there twice" : "is before the row above it";
        throw new DataError(`${at}, column 'date': '${date}' ${what}`);
      }
      const numbers = { priceFactor: price, splitFactor: split };
      for (const [name, written] of Object.entries(numbers)) {
        if (!(parseNumber(written) > 0))
          throw new DataError(`${at}, column '${name}': '${written}' is no number above 0`);
      }
      rows.push({ day, price: parseNumber(price), split: parseNumber(split) });
    }
  }
  if (rows.length === 0)
    throw new DataError(`${file} holds no factors: rows of date, priceFactor, splitFactor are expected`);
  const factors: PriceFactors = {
    instrument,
    length: rows.length,
    day: Float64Array.from(rows, (r) => r.day),
    priceFactor: Float64Array.from(rows, (r) => r.price),
    splitFactor: Float64Array.from(rows, (r) => r.split),
  };
  checkFactors(factors, file);
  return factors;
}

function columnsOf(fields: readonly string[], at: string): readonly [number, number, number] {
  if (/^\d/.test(fields[0]!)) return [0, 1, 2];
  const lower = fields.map((field) => field.toLowerCase());
  const [date, price, split] = ["date", "pricefactor", "splitfactor"].map((name) => {
    const index = lower.indexOf(name);
    if (index >= 0) return index;
    throw new DataError(`${at}: column '${name}' is missing; the header has ${fields.join(", ")}`);
  }) as [number, number, number];
  return [date, price, split];
}

function dayOf(text: string): number | null {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  if (!match) return null;
  const name = `${match[1]}-${match[2]}-${match[3]}`;
  const time = Date.parse(name);
  return Number.isFinite(time) && time % DAY_MS === 0 && isoTime(time).startsWith(name) ? time : null;
}
