import { mkdir, open, readFile, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { parseSearchLines, type SearchJournal, searchLine } from "../../models/search/searchJournal.ts";
import { writeError } from "../../store/index.ts";

/**
 * A journal in a file, each trial flushed to the disk before it counts. A line that a crash cut short is cut off when the
 * journal is read, so that the next trial begins a line of its own.
 */
export function fileJournal(path: string): SearchJournal {
  return {
    async read() {
      const bytes = await readFile(path).catch((thrown: unknown) => {
        if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
        throw thrown;
      });
      const trials = parseSearchLines(bytes.toString("utf8"));
      const whole = bytes.lastIndexOf(0x0a) + 1;
      if (whole < bytes.length) await truncate(path, whole);
      return trials;
    },
    async append(trial) {
      try {
        await mkdir(dirname(path), { recursive: true });
        const file = await open(path, "a");
        try {
          await file.appendFile(searchLine(trial));
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (thrown) {
        throw writeError(thrown, path);
      }
    },
  };
}
