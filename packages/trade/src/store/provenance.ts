import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { MARKETS, SERIES_KINDS } from "../market/instrument.ts";

/** The library that a download was made with. */
const clientSchema = z.object({ name: z.string(), version: z.string() });
export type ClientLibrary = z.output<typeof clientSchema>;

/**
 * What a stored series says of itself; kept in the Parquet file's own metadata under the key `orion`, or, for a series
 * of several parts, in its manifest.
 */
export const provenanceSchema = z.object({
  format: z.literal(1),
  kind: z.enum(SERIES_KINDS),
  market: z.enum(MARKETS),
  symbol: z.string(),
  /** null for funding */
  timeframe: z.string().nullable(),
  rows: z.number().int().nonnegative(),
  /** start of the first bar (or first funding), ms UTC; null when there are no rows */
  from: z.number().nullable(),
  /** close of the last bar (or last funding), ms UTC */
  to: z.number().nullable(),
  /** of all columns one after another, little-endian float64; of a series in parts, see `partManifest` */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** where the rows came from: a file, a download */
  source: z.string(),
  /** ms UTC */
  importedAt: z.number(),
  /** not there for files, and for what was stored before it was noted */
  client: clientSchema.optional(),
});
export type Provenance = z.output<typeof provenanceSchema>;

export const PROVENANCE_KEY = "orion";

/** @throws DataError when the file does not say what it holds: it was not written by Orion */
export function parseProvenance(metadata: Readonly<Record<string, string>>, path: string): Provenance {
  const text = metadata[PROVENANCE_KEY];
  if (text !== undefined) {
    try {
      const parsed = provenanceSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // told below: the text is no JSON
    }
  }
  throw new DataError(`${path} was not written by Orion: move it away and import the data from CSV`);
}
