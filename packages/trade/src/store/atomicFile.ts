import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { isProcessAlive } from "./processes.ts";

let counter = 0;

/**
 * Puts a file in place as a whole: `write` fills a temporary file in the same folder, which is flushed to the disk and
 * then renamed over `path`. A crash at any moment leaves the old file or the new one, never a part.
 * @throws DataError on a full disk, UsageError where the folder cannot be written; the old file is untouched in both
 */
export async function replaceAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const staged = await stageFile(path, write);
  await staged.commit();
}

/** A file that is complete and flushed, waiting beside its place: `commit` renames it there, `discard` removes it. */
export interface StagedFile {
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** The first half of `replaceAtomically`: several files can be made ready before any of them is put in place. */
export async function stageFile(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<StagedFile> {
  const folder = dirname(path);
  const temporary = join(folder, `${basename(path)}.tmp-${process.pid}-${++counter}`);
  try {
    await mkdir(folder, { recursive: true });
    await removeLeftovers(folder, basename(path));
    await write(temporary);
    await flush(temporary);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined); // the folder itself may be the fault
    throw writeError(thrown, path);
  }
  return {
    async commit() {
      try {
        await rename(temporary, path);
        await flush(folder);
      } catch (thrown) {
        await rm(temporary, { force: true });
        throw writeError(thrown, path);
      }
    },
    async discard() {
      await rm(temporary, { force: true });
    },
  };
}

/** Writes bytes or text as a whole (see `replaceAtomically`). */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await replaceAtomically(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  });
}

/** Flushes a file or a folder to the disk, so that a rename or its content survives a power cut. */
export async function flush(path: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    await file.sync();
  } finally {
    await file?.close();
  }
}

/** One clear error for whatever stopped a write. */
export function writeError(thrown: unknown, path: string): Error {
  if (thrown instanceof DataError || thrown instanceof UsageError) return thrown;
  const message = messageOf(thrown);
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (
    ["ENOSPC", "EDQUOT", "EFBIG"].includes(code) ||
    /no space left on device|quota exceeded|file too large/i.test(message)
  ) {
    return new DataError(
      `no space left on the disk while writing ${path}: free some space and run again; what was there is untouched`,
      { cause: thrown },
    );
  }
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code)) {
    return new UsageError(`cannot write ${path}: ${message}; choose a folder that may be written`, {
      cause: thrown,
    });
  }
  return thrown instanceof Error ? thrown : new Error(message);
}

/** Removes temporary files that a killed process left for the same target. */
async function removeLeftovers(folder: string, name: string): Promise<void> {
  const prefix = `${name}.tmp-`;
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(prefix)) continue;
    const pid = Number(entry.slice(prefix.length).split("-")[0]);
    if (Number.isInteger(pid) && pid !== process.pid && !isProcessAlive(pid)) {
      await rm(join(folder, entry), { force: true, recursive: true });
    }
  }
}
