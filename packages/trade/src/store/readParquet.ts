import { existsSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { DuckDBConnection, DuckDBVector } from "@duckdb/node-api";
import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError, messageOf } from "../core/errors.ts";
import { sqlName, sqlPaths, vectorItems, withDuck } from "./duck.ts";

/** A Parquet file's rows and its own key-value metadata, without its columns. */
export interface ParquetHeader {
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bounds one column: rows with `above < value <= upTo` only. */
export interface RowBounds {
  readonly column: string;
  /** may be infinite */
  readonly above?: number;
  readonly upTo?: number;
}

/** The rows whose `time`, a moment in whole ms, lies within [from, to]. */
export const momentsIn = ({ from, to }: { readonly from?: number; readonly to?: number }): RowBounds => ({
  column: "time",
  ...(from === undefined ? {} : { above: Math.ceil(from) - 1 }),
  ...(to === undefined ? {} : { upTo: to }),
});

/** Memory for `count` columns of `rows` numbers each. */
export type AllocateColumns = (rows: number, count: number) => readonly Float64Array[];

export const allocateColumns: AllocateColumns = (rows, count) =>
  Array.from({ length: count }, () => new Float64Array(rows));

/** Files opened by one query: more of them gain nothing, and few enough handles are open. */
export const FILES_AT_ONCE = 250;

/** @throws DataError when there is no such file, or it is no whole Parquet file */
export async function readParquetHeader(path: string): Promise<ParquetHeader> {
  return (await readParquetHeaders([path]))[0]!;
}

/** The headers of many files, a tenth of the time that one after another takes. @throws DataError as `readParquetHeader` */
export async function readParquetHeaders(paths: readonly string[]): Promise<ParquetHeader[]> {
  const headers: ParquetHeader[] = [];
  await inBatches(paths, async (connection, some) => {
    const metadata = await metadataOf(connection, some);
    const counted = await connection.runAndReadAll(
      `SELECT file_name, num_rows::DOUBLE FROM parquet_file_metadata(${sqlPaths(some)})`,
    );
    const rows = new Map(counted.getRows().map(([file, count]) => [String(file), Number(count)]));
    for (const [i, path] of some.entries()) {
      const count = rows.get(path);
      if (count === undefined)
        throw new DataError(`${path} has no header that can be read: import the bars again`);
      headers.push({ rows: count, metadata: metadata[i]! });
    }
  });
  return headers;
}

/** The key-value metadata alone of many files, empty where a file has none: one query less. @throws DataError as `readParquetHeader` */
export async function readParquetMetadata(
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>[]> {
  const found: Readonly<Record<string, string>>[] = [];
  await inBatches(paths, async (connection, some) => {
    found.push(...(await metadataOf(connection, some)));
  });
  return found;
}

async function inBatches(
  paths: readonly string[],
  read: (connection: DuckDBConnection, paths: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE)
    await readingParquet(paths.slice(from, from + FILES_AT_ONCE), read);
}

async function metadataOf(
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>[]> {
  const pairs = await connection.runAndReadAll(
    `SELECT file_name, decode(key), decode(value) FROM parquet_kv_metadata(${sqlPaths(paths)}) WHERE decode(key) <> 'ARROW:schema'`,
  );
  const found = new Map<string, Record<string, string>>(paths.map((path) => [path, {}]));
  for (const [file, key, value] of pairs.getRows()) {
    const metadata = found.get(String(file));
    if (metadata) metadata[String(key)] = String(value);
  }
  return paths.map((path) => found.get(path)!);
}

/** Number columns read from a Parquet file: `columns[name]` has `rows` values, NaN where the file has none. */
export interface ParquetTable<K extends string = string> extends ParquetHeader {
  readonly columns: Readonly<Record<K, Float64Array>>;
}

/**
 * Reads number columns, in file order; `where` sees the header first, and may refuse the file by an error of its own.
 * @throws DataError when the file is missing, truncated or foreign, or has no such column
 */
export async function readParquet<K extends string>(
  path: string,
  names: readonly K[],
  options: {
    readonly where?: (header: ParquetHeader) => RowBounds;
    readonly allocate?: AllocateColumns;
  } = {},
): Promise<ParquetTable<K>> {
  return readingOneVersion([path], async () => {
    const header = await readParquetHeader(path);
    const where = options.where?.(header);
    const columns = (options.allocate ?? allocateColumns)(header.rows, names.length);
    const rows = await readParquetInto([path], names, columns, where);
    // columns of a caller's own memory stay there; others are cut to their rows
    const cut = columns.map((c) =>
      rows === header.rows ? c : options.allocate ? c.subarray(0, rows) : c.slice(0, rows),
    );
    return {
      rows,
      metadata: header.metadata,
      columns: Object.fromEntries(names.map((name, i) => [name, cut[i]!])) as Record<K, Float64Array>,
    };
  });
}

/**
 * Fills columns from files, one after another, from row 0 on; returns the rows read.
 * @throws DataError when there are more rows than the columns hold, or as `readParquet`
 */
export async function readParquetInto(
  paths: readonly string[],
  names: readonly string[],
  columns: readonly Float64Array[],
  where?: RowBounds,
): Promise<number> {
  // DuckDB decodes one stream on one core: two halves of the columns make use of two, where there is enough to decode
  const isSmall = names.length < 4 || columns[0]!.length < 20_000;
  const half = isSmall ? names.length : Math.ceil(names.length / 2);
  const counts = await Promise.all(
    [
      { from: 0, to: half },
      { from: half, to: names.length },
    ]
      .filter(({ from, to }) => from < to)
      .map(({ from, to }) => readColumns(paths, names.slice(from, to), columns.slice(from, to), where)),
  );
  const rows = counts[0] ?? 0;
  if (counts.some((count) => count !== rows)) {
    throw new DataError(`${paths[0]} has columns of different lengths: import the bars again`);
  }
  return rows;
}

async function readColumns(
  paths: readonly string[],
  names: readonly string[],
  columns: readonly Float64Array[],
  where: RowBounds | undefined,
): Promise<number> {
  let rows = 0;
  await streamNumbers(paths, names, where, (vectors, count) => {
    if (rows + count > columns[0]!.length) {
      throw new DataError(`${paths[0]} holds more rows than it says: import the bars again`);
    }
    for (const [index, column] of columns.entries()) copyNumbers(vectors[index]!, column, rows);
    rows += count;
  });
  return rows;
}

/**
 * Reads the same columns of many files with one query: `columns[file][column]`, views on memory that the files share.
 * @throws DataError as `readParquet`
 */
export async function readParquetMany(
  paths: readonly string[],
  names: readonly string[],
  where?: RowBounds,
): Promise<Float64Array[][]> {
  // the first column says which file a row is of: they come in the order of the files
  let columns: Float64Array[] = Array.from({ length: names.length + 1 }, () => new Float64Array(1 << 16));
  let rows = 0;
  await streamNumbers(paths, ["file_index", ...names], where, (vectors, count) => {
    if (rows + count > columns[0]!.length) {
      columns = columns.map((old) => {
        const grown = new Float64Array(old.length * 2);
        grown.set(old);
        return grown;
      });
    }
    for (const [k, vector] of vectors.entries()) copyNumbers(vector, columns[k]!, rows);
    rows += count;
  });
  const [fileOf, ...values] = columns;
  return paths.map((_, file) => {
    const from = lowerBound(fileOf!, file, rows);
    const to = upperBound(fileOf!, file, rows);
    return values.map((column) => column.subarray(from, to));
  });
}

async function streamNumbers(
  paths: readonly string[],
  names: readonly string[],
  where: RowBounds | undefined,
  take: (vectors: readonly DuckDBVector[], rows: number) => void,
): Promise<void> {
  await readingParquet(paths, async (connection) => {
    // DuckDB's cast of whole numbers is quicker than one here
    const picked = names.map((name) => `${sqlName(name)}::DOUBLE`).join(", ");
    const result = await connection.stream(
      `SELECT ${picked} FROM read_parquet(${sqlPaths(paths)})${boundsOf(where)}`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      take(
        names.map((_, k) => chunk.getColumnVector(k)),
        chunk.rowCount,
      );
    }
  });
}

function boundsOf(where: RowBounds | undefined): string {
  if (!where) return "";
  const { above = Number.NEGATIVE_INFINITY, upTo = Number.POSITIVE_INFINITY } = where;
  const name = sqlName(where.column);
  const bounds: string[] = [];
  if (Number.isFinite(above)) bounds.push(`${name} > ${Math.floor(above)}`);
  if (Number.isFinite(upTo)) bounds.push(`${name} <= ${Math.floor(upTo)}`);
  return bounds.length > 0 ? ` WHERE ${bounds.join(" AND ")}` : "";
}

/** With growing pauses between them these last some three seconds: a writer of one series is done by then. */
const READ_ATTEMPTS = 25;

/** Runs `read` until no file was put in place of another meanwhile: never a mixture of both. */
export async function readingOneVersion<T>(paths: readonly string[], read: () => Promise<T>): Promise<T> {
  const versions = (): string => paths.map(versionOf).join();
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    if (attempt > 0) await setTimeout(10 * attempt);
    const before = versions();
    const outcome = await read().then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    if (versions() !== before) continue;
    if ("thrown" in outcome) throw outcome.thrown;
    return outcome.value;
  }
  throw new DataError(`${paths[0]} is being replaced all the time: let the writer end, then read again`);
}

/** Tells one file put in place from the next; empty when there is none. */
function versionOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino}-${found.size}-${found.mtimeNs}` : "";
}

async function readingParquet<T>(
  paths: readonly string[],
  read: (connection: DuckDBConnection, paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new DataError(`${missing} does not exist`);
  try {
    return await withDuck((connection) => read(connection, paths));
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown;
    const message = messageOf(thrown);
    // of many files the message names the one
    const path = paths.find((p) => message.includes(p)) ?? paths[0];
    throw new DataError(
      `${path} is no readable Parquet file of Orion (${message.split(" LINE ")[0]}): it is cut short or foreign; import the bars again`,
      { cause: thrown },
    );
  }
}

function copyNumbers(vector: DuckDBVector, column: Float64Array, at: number): void {
  column.set(vectorItems(vector, Float64Array), at);
  if (!hasNulls(vector)) return;
  for (let i = 0; i < vector.itemCount; i++) if (vector.getItem(i) === null) column[at + i] = Number.NaN;
}

/** DuckDB gives a vector no validity mask at all when each of its values is there. */
function hasNulls(vector: DuckDBVector): boolean {
  const validity: unknown = Reflect.get(vector, "validity");
  return typeof validity !== "object" || validity === null || Reflect.get(validity, "data") !== null;
}
