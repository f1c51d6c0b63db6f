import { existsSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  FLOAT,
  VARCHAR,
} from "@duckdb/node-api";
import { DataError, messageOf } from "../core/errors.ts";
import { replaceAtomically, type StagedFile, stageFile } from "./atomicFile.ts";
import { sqlName, sqlPath, sqlText, withDuck } from "./duck.ts";

/** One column to write. `time` holds whole ms UTC and is stored as a 64-bit integer. */
export type ParquetColumn =
  | { readonly name: string; readonly type: "time" | "float64"; readonly values: Float64Array }
  | { readonly name: string; readonly type: "float32"; readonly values: Float32Array }
  | { readonly name: string; readonly type: "text"; readonly values: readonly string[] };

/** Rows a vector of DuckDB holds. */
const CHUNK_ROWS = 2048;
const TWO_TO_32 = 0x1_0000_0000;

const columnTypes: Record<ParquetColumn["type"], DuckDBType> = {
  time: BIGINT,
  float64: DOUBLE,
  float32: FLOAT,
  text: VARCHAR,
};

/**
 * Writes columns of one length to a zstd Parquet file, in place as a whole. `metadata` is kept in the file itself.
 * @throws DataError on a full disk; the old file is untouched
 */
export async function writeParquet(
  path: string,
  columns: readonly ParquetColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await replaceAtomically(path, (temporary) => copyToParquet(temporary, columns, metadata));
}

/** As `writeParquet`, but the finished file waits beside its place until it is committed. */
export async function stageParquet(
  path: string,
  columns: readonly ParquetColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<StagedFile> {
  return stageFile(path, (temporary) => copyToParquet(temporary, columns, metadata));
}

async function copyToParquet(
  path: string,
  columns: readonly ParquetColumn[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const rows = columns[0]?.values.length ?? 0;
  const odd = columns.find((c) => c.values.length !== rows);
  if (odd) throw new RangeError(`column ${odd.name} has ${odd.values.length} rows where others have ${rows}`);
  await withDuck(async (connection) => {
    const fields = columns.map((c) => `${sqlName(c.name)} ${columnTypes[c.type]}`);
    await connection.run(`CREATE TEMP TABLE rows_to_write (${fields.join(", ")})`);
    await appendColumns(connection, columns, rows);
    const pairs = Object.entries(metadata).map(([key, value]) => `${sqlName(key)}: ${sqlText(value)}`);
    const kept = pairs.length > 0 ? `, KV_METADATA {${pairs.join(", ")}}` : "";
    await connection.run(
      `COPY rows_to_write TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false${kept})`,
    );
  });
}

async function appendColumns(
  connection: DuckDBConnection,
  columns: readonly ParquetColumn[],
  rows: number,
): Promise<void> {
  const appender = await connection.createAppender("rows_to_write");
  const chunk = DuckDBDataChunk.create(columns.map((c) => columnTypes[c.type]));
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from);
    if (chunk.rowCount !== count) chunk.rowCount = count;
    for (const [index, column] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      if (column.type === "text") {
        for (let i = 0; i < count; i++) setText(vector, i, column.values[from + i]!);
      } else if (column.type === "time") {
        const pairs = wordsOf(vectorItems(vector, BigInt64Array));
        for (let i = 0; i < count; i++) {
          const ms = column.values[from + i]!;
          const high = Math.floor(ms / TWO_TO_32);
          pairs[2 * i] = ms - high * TWO_TO_32;
          pairs[2 * i + 1] = high;
        }
      } else if (column.type === "float64") {
        vectorItems(vector, Float64Array).set(column.values.subarray(from, from + count));
      } else {
        vectorItems(vector, Float32Array).set(column.values.subarray(from, from + count));
      }
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** A Parquet file's rows and its own key-value metadata, without its columns. */
export interface ParquetHeader {
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws DataError when there is no such file, or it is no whole Parquet file */
export async function readParquetHeader(path: string): Promise<ParquetHeader> {
  return readingParquet(path, headerOf);
}

async function headerOf(connection: DuckDBConnection, path: string): Promise<ParquetHeader> {
  const file = sqlPath(path);
  const counted = await connection.runAndReadAll(
    `SELECT num_rows::DOUBLE AS rows FROM parquet_file_metadata(${file})`,
  );
  const pairs = await connection.runAndReadAll(
    `SELECT decode(key) AS name, decode(value) AS content FROM parquet_kv_metadata(${file}) WHERE decode(key) <> 'ARROW:schema'`,
  );
  return {
    rows: Number(counted.getRows()[0]?.[0] ?? 0),
    metadata: Object.fromEntries(pairs.getRows().map(([key, value]) => [String(key), String(value)])),
  };
}

/** Number columns read from a Parquet file: `columns[name]` has `rows` values, NaN where the file has none. */
export interface ParquetTable<K extends string = string> extends ParquetHeader {
  readonly columns: Readonly<Record<K, Float64Array>>;
}

/**
 * Reads number columns, in file order. `where` bounds one column: rows with `above < value <= upTo` only.
 * @throws DataError when the file is missing, truncated or foreign, or has no such column
 */
export async function readParquet<K extends string>(
  path: string,
  names: readonly K[],
  where?: { readonly column: string; readonly above?: number; readonly upTo?: number },
): Promise<ParquetTable<K>> {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    if (attempt > 0) await setTimeout(10 * attempt);
    const before = versionOf(path);
    const table = await readVersion(path, names, where).catch((thrown: unknown) => thrown);
    // a writer may put a new file in place while this one is read: never a mixture of both
    if (versionOf(path) !== before) continue;
    if (table instanceof Error) throw table;
    return table as ParquetTable<K>;
  }
  throw new DataError(`${path} is being replaced all the time: let the writer end, then read again`);
}

/** With growing pauses between them these last some three seconds: a writer of one series is done by then. */
const READ_ATTEMPTS = 25;

/** Tells one file put in place from the next; empty when there is none. */
function versionOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino}-${found.size}-${found.mtimeNs}` : "";
}

async function readVersion<K extends string>(
  path: string,
  names: readonly K[],
  where: Parameters<typeof readParquet>[2],
): Promise<ParquetTable<K>> {
  const header = await readParquetHeader(path);
  const columns = names.map(() => new Float64Array(header.rows));
  // DuckDB decodes one stream on one core: two halves of the columns make use of two
  const half = names.length < 4 ? names.length : Math.ceil(names.length / 2);
  const counts = await Promise.all(
    [
      { from: 0, to: half },
      { from: half, to: names.length },
    ]
      .filter(({ from, to }) => from < to)
      .map(({ from, to }) => readColumns(path, names.slice(from, to), columns.slice(from, to), where)),
  );
  const rows = counts[0] ?? 0;
  if (counts.some((count) => count !== rows)) throw new DataError(`${path} has columns of different lengths`);
  const cut = columns.map((c) => (rows === header.rows ? c : c.slice(0, rows)));
  return {
    rows,
    metadata: header.metadata,
    columns: Object.fromEntries(names.map((name, i) => [name, cut[i]!])) as Record<K, Float64Array>,
  };
}

async function readColumns(
  path: string,
  names: readonly string[],
  columns: readonly Float64Array[],
  where: Parameters<typeof readParquet>[2],
): Promise<number> {
  return readingParquet(path, async (connection) => {
    // DuckDB's cast of whole numbers is quicker than one here
    const picked = names.map((name) => `${sqlName(name)}::DOUBLE`).join(", ");
    const result = await connection.stream(
      `SELECT ${picked} FROM read_parquet(${sqlPath(path)})${boundsOf(where)}`,
    );
    let rows = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return rows;
      for (const [index, column] of columns.entries()) {
        copyNumbers(chunk.getColumnVector(index), column, rows);
      }
      rows += chunk.rowCount;
    }
  });
}

function boundsOf(where: { column: string; above?: number; upTo?: number } | undefined): string {
  if (!where) return "";
  const name = sqlName(where.column);
  const bounds: string[] = [];
  if (where.above !== undefined) bounds.push(`${name} > ${Math.floor(where.above)}`);
  if (where.upTo !== undefined) bounds.push(`${name} <= ${Math.floor(where.upTo)}`);
  return bounds.length > 0 ? ` WHERE ${bounds.join(" AND ")}` : "";
}

async function readingParquet<T>(
  path: string,
  read: (connection: DuckDBConnection, path: string) => Promise<T>,
): Promise<T> {
  if (!existsSync(path)) throw new DataError(`${path} does not exist`);
  try {
    return await withDuck((connection) => read(connection, path));
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown;
    const reason = messageOf(thrown).split(" LINE ")[0];
    throw new DataError(
      `${path} is no readable Parquet file of Orion (${reason}): it is cut short or foreign; import the bars again`,
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

type Items = Float64ArrayConstructor | Float32ArrayConstructor | BigInt64ArrayConstructor;

/** The memory behind a vector: filling it directly is what makes 2M rows a matter of half a second. */
function vectorItems<C extends Items>(vector: DuckDBVector, kind: C): InstanceType<C> {
  const items: unknown = Reflect.get(vector, "items");
  if (items instanceof kind) return items as InstanceType<C>;
  throw new Error(`DuckDB's ${vector.type} vector does not hold a ${kind.name}`);
}

function wordsOf(items: BigInt64Array): Uint32Array {
  return new Uint32Array(items.buffer, items.byteOffset, items.length * 2);
}

function setText(vector: DuckDBVector, index: number, value: string): void {
  (vector as DuckDBVector<string>).setItem(index, value);
}
