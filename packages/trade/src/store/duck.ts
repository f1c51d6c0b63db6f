import { type DuckDBConnection, DuckDBInstance, type DuckDBVector } from "@duckdb/node-api";
import { messageOf } from "../core/errors.ts";

let shared: Promise<DuckDBInstance> | undefined;

/**
 * Runs `work` on its own connection to the process's one in-memory database.
 * Nothing is kept in the database itself: bars live in Parquet files, which any number of processes may read.
 */
export async function withDuck<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  shared ??= openDuck();
  const instance = await shared;
  const connection = await instance.connect();
  try {
    return await work(connection);
  } catch (thrown) {
    // a fatal error closes the database for good: the next call starts a fresh one
    if (/^(FATAL|INTERNAL) Error/.test(messageOf(thrown))) shared = undefined;
    throw thrown;
  } finally {
    connection.closeSync();
  }
}

async function openDuck(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(":memory:", {
    // what is needed is inside the package: never look for extensions on the network
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // no spill files in the user's folder
    temp_directory: "",
    memory_limit: "2GB",
  });
  const connection = await instance.connect();
  try {
    // A footer is parsed once for a file's header and its rows. One of another time of change, or younger than ten seconds, is parsed again.
    await connection.run("SET GLOBAL parquet_metadata_cache = true");
  } finally {
    connection.closeSync();
  }
  return instance;
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name of a column as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A file's path as an SQL literal for functions that would read `*`, `?` and `[` as a pattern. */
export function sqlPath(path: string): string {
  return sqlText(path.replace(/[*?[]/g, "[$&]"));
}

/** Files' paths as an SQL list (see `sqlPath`). */
export function sqlPaths(paths: readonly string[]): string {
  return `[${paths.map(sqlPath).join(", ")}]`;
}

type Items = Float64ArrayConstructor | Float32ArrayConstructor | BigInt64ArrayConstructor;

/** The memory behind a vector: filling it directly is what makes 2M rows a matter of half a second. */
export function vectorItems<C extends Items>(vector: DuckDBVector, kind: C): InstanceType<C> {
  const items: unknown = Reflect.get(vector, "items");
  if (items instanceof kind) return items as InstanceType<C>;
  throw new Error(`DuckDB's ${vector.type} vector does not hold a ${kind.name}`);
}
