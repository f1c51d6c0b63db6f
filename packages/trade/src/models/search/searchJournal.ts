import { z } from "zod";
import { DataError } from "../../core/errors.ts";

/** One evaluation of a search, as the journal keeps it. */
export const SearchTrial = z.strictObject({
  /** which search: hash of its space and settings */
  search: z.string(),
  /** from 0, without gaps */
  number: z.int().min(0),
  /** of the settings: those that are promoted keep theirs */
  settings: z.int().min(0),
  rung: z.int().min(0),
  /** null without rungs */
  budget: z.number().nullable(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** null where it failed */
  score: z.number().nullable(),
  /** why it failed */
  reason: z.string().nullable(),
});
export type SearchTrial = z.output<typeof SearchTrial>;

/** Where trials are kept: append one and flush it; read all, in their order. */
export interface SearchJournal {
  read(): Promise<readonly SearchTrial[]>;
  append(trial: SearchTrial): Promise<void>;
}

/** A journal that ends with the process. */
export function memoryJournal(
  trials: readonly SearchTrial[] = [],
): SearchJournal & { readonly trials: SearchTrial[] } {
  const kept = [...trials];
  return {
    trials: kept,
    read: async () => [...kept],
    append: async (trial) => {
      kept.push(trial);
    },
  };
}

/** A trial as a line of a journal file. Numbers are written so that they read back bit for bit. */
export const searchLine = (trial: SearchTrial): string => `${JSON.stringify(trial)}\n`;

/**
 * The trials of a journal file. A last line without its end was cut short by a crash: its trial is run again.
 * @throws DataError that names the line which is damaged
 */
export function parseSearchLines(text: string): SearchTrial[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      try {
        return SearchTrial.parse(JSON.parse(line));
      } catch (cause) {
        throw new DataError(`search journal, line ${i + 1}: damaged: remove the file to search anew`, {
          cause,
        });
      }
    });
}
