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
import { replaceAtomically, type StagedFile, stageFile } from "./atomicFile.ts";
import { sqlName, sqlText, vectorItems, withDuck } from "./duck.ts";

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

function wordsOf(items: BigInt64Array): Uint32Array {
  return new Uint32Array(items.buffer, items.byteOffset, items.length * 2);
}

function setText(vector: DuckDBVector, index: number, value: string): void {
  (vector as DuckDBVector<string>).setItem(index, value);
}
