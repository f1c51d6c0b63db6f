import { type FileHandle, open, rm } from "node:fs/promises";
import { DataError } from "../core/errors.ts";
import { BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import { writeError } from "./atomicFile.ts";
import { concatBars, toBars } from "./barColumns.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

const COLUMNS = ["closeTime", ...BAR_COLUMNS] as const;
const NUMBER_BYTES = 8;
let counter = 0;

/**
 * Rows of many series that wait on the disk until all of a file is read, each series in pieces. The file has no name
 * once it is open: it is gone with the process, however that ends.
 */
export class RowSpill {
  readonly #path: string;
  readonly #places = new Map<string, { at: number; rows: number }[]>();
  #file: FileHandle | undefined;
  #end = 0;

  constructor(workspace: Workspace) {
    this.#path = workspacePath(workspace, `import.tmp-${process.pid}-${++counter}`);
  }

  /** @throws DataError on a full disk */
  async write(pieces: readonly BarSeries[]): Promise<void> {
    try {
      if (!this.#file) {
        this.#file = await open(this.#path, "wx+");
        await rm(this.#path);
      }
      for (const piece of pieces.filter((p) => p.length > 0)) {
        const bytes = COLUMNS.map(
          (name) => new Uint8Array(piece[name].buffer, piece[name].byteOffset, piece[name].byteLength),
        );
        const { bytesWritten } = await this.#file.writev(bytes, this.#end);
        const wanted = piece.length * COLUMNS.length * NUMBER_BYTES;
        if (bytesWritten !== wanted) throw new Error("no space left on device");
        const places = this.#places.get(piece.instrument) ?? [];
        places.push({ at: this.#end, rows: piece.length });
        this.#places.set(piece.instrument, places);
        this.#end += wanted;
      }
    } catch (thrown) {
      throw writeError(thrown, this.#path);
    }
  }

  /** The pieces of a series that wait, and its last one, as one series. */
  async join(last: BarSeries): Promise<BarSeries> {
    const pieces: BarSeries[] = [];
    for (const { at, rows } of this.#places.get(last.instrument) ?? []) {
      const numbers = new Float64Array(rows * COLUMNS.length);
      const read = await this.#file!.read(new Uint8Array(numbers.buffer), 0, numbers.byteLength, at);
      if (read.bytesRead !== numbers.byteLength)
        throw new DataError(`${this.#path} was cut short: import again`);
      const columns = COLUMNS.map((_, k) => numbers.subarray(k * rows, (k + 1) * rows));
      pieces.push(toBars(last.instrument, "bars", columns));
    }
    return pieces.length === 0 ? last : concatBars(last.instrument, [...pieces, last]);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
