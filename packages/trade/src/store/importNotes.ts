import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { writeError } from "./atomicFile.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** What an importer changed on the way in, so that the stored series does not show it any more. */
const noteSchema = z.object({
  symbol: z.string(),
  market: z.string(),
  kind: z.string(),
  /** the file, without its folder */
  file: z.string(),
  check: z.literal("offHour"),
  count: z.number().int().positive(),
  /** the first and the last time concerned, as stored, ms UTC */
  from: z.number(),
  to: z.number(),
  note: z.string(),
  /** ms UTC */
  at: z.number(),
});
export type ImportNote = z.output<typeof noteSchema>;

const FILE = "import-notes.jsonl";

/** Adds notes, one line of JSON each, to `import-notes.jsonl` of the workspace; called by the one writer. */
export async function appendImportNotes(workspace: Workspace, notes: readonly ImportNote[]): Promise<void> {
  if (notes.length === 0) return;
  const path = workspacePath(workspace, FILE);
  try {
    await appendFile(path, notes.map((note) => `${JSON.stringify(note)}\n`).join(""));
  } catch (thrown) {
    throw writeError(thrown, path);
  }
}

/** Notes of earlier imports; of one file imported several times the last. @throws DataError that names the line */
export async function readImportNotes(workspace: Workspace): Promise<ImportNote[]> {
  const path = workspacePath(workspace, FILE);
  if (!existsSync(path)) return [];
  const notes = new Map<string, ImportNote>();
  (await readFile(path, "utf8")).split("\n").forEach((line, i) => {
    if (line === "") return;
    try {
      const note = noteSchema.parse(JSON.parse(line));
      notes.set([note.market, note.symbol, note.kind, note.file].join("\0"), note);
    } catch (thrown) {
      throw new DataError(`${path}, line ${i + 1} is no note of an import: remove the line`, {
        cause: thrown,
      });
    }
  });
  return [...notes.values()];
}
