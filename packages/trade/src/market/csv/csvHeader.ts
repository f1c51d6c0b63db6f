import { DataError } from "../../core/errors.ts";
import { splitFields } from "./splitFields.ts";
import { TIME_COLUMNS, type TimeColumn } from "./timeColumn.ts";

export interface CsvHeader {
  /** a comma, semicolon or tab, whichever the header has */
  readonly delimiter: string;
  /** as written, without space around them */
  readonly names: readonly string[];
  readonly timeName: TimeColumn;
  readonly timeIndex: number;
  /** -1 where there is none */
  readonly symbolIndex: number;
  /** The place of the first of the aliases that is there, in any case. */
  find(aliases: readonly string[]): number | undefined;
}

/**
 * Reads a header line; names count in any case.
 * @param place named in every error
 * @throws DataError when two columns have one name or none holds times
 */
export function csvHeader(text: string, place: string): CsvHeader {
  const delimiter = [",", ";", "\t"].find((d) => text.includes(d)) ?? ",";
  const names = (splitFields(text, delimiter) ?? []).map((n) => n.trim());
  const lower = names.map((n) => n.toLowerCase());
  const twice = lower.find((n, i) => n !== "" && lower.indexOf(n) !== i);
  if (twice) throw new DataError(`${place}: two columns are called '${twice}'`);
  const timeName = TIME_COLUMNS.find((n) => lower.includes(n));
  if (!timeName) {
    throw new DataError(
      `${place}: no time column; one of ${TIME_COLUMNS.join(", ")} is expected, the header has ${names.join(", ")}`,
    );
  }
  return {
    delimiter,
    names,
    timeName,
    timeIndex: lower.indexOf(timeName),
    symbolIndex: lower.indexOf("symbol"),
    find: (aliases) => aliases.map((a) => lower.indexOf(a.toLowerCase())).find((i) => i >= 0),
  };
}
