import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { DataError, messageOf } from "../core/errors.ts";
import { type ColumnsOptions, type CsvColumns, parseColumns } from "../market/csv/parseColumns.ts";

/** How a file is read, and who is told of the bytes read of how many. */
export interface FileColumnsOptions extends ColumnsOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * The columns of a CSV file of the user's, gzip or plain; nothing is stored.
 * @throws DataError when the file is not there, or as `parseColumns`
 */
export async function readFileColumns(options: FileColumnsOptions): Promise<CsvColumns> {
  return parseColumns(fileBytes(options), options);
}

async function* fileBytes({ file, signal, onBytes }: FileColumnsOptions): AsyncGenerator<Uint8Array> {
  let total: number;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new DataError(`${file} is no file`);
    total = found.size;
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown;
    throw new DataError(`${file} does not exist`, { cause: thrown });
  }
  let done = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
      signal?.throwIfAborted();
      yield chunk as Uint8Array;
      done += (chunk as Uint8Array).length;
      onBytes?.(done, total);
    }
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new DataError(`${file} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}
