import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { TabularData } from "../../models/tabular/tabularModel.ts";
import { type Workspace, workspacePath, writeAtomically } from "../../store/index.ts";
import type { RangeMs } from "../dataUse.ts";
import { orionVersion } from "../version.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import type { OptionalGroup } from "./scannerTableOf.ts";

/** The training rows of a recipe of stages: nothing of its validation or test rows is in here. */
export interface TuneTable {
  readonly data: TabularData;
  readonly spans: {
    readonly time: Float64Array;
    readonly knownAt: Float64Array;
    readonly calendar: Float64Array;
  };
}

/**
 * What determines the table: all of the recipe but the base models, the meta-learner and what comes after them. Options that a
 * search found can be pasted into the recipe, and the next search finds its table again.
 */
export function tuneTableKey(
  recipe: ScannerRecipe,
  dataSha256: string,
  range: RangeMs,
  without: readonly OptionalGroup[],
): string {
  const { about: _a, stack, signals: _s, portfolio: _p, costs: _c, initialCash: _i, ...rest } = recipe;
  const { folds, embargoBars } = stack;
  return sha256(
    canonicalJson({
      rest,
      folds,
      embargoBars,
      dataSha256,
      range,
      without: [...without].sort(),
      engine: orionVersion(),
    }),
  );
}

const Header = z.strictObject({
  format: z.literal("orion tune table 1"),
  key: z.string(),
  names: z.array(z.string()).min(1),
  rows: z.int().min(1),
  calendar: z.int().min(1),
  /** of all that follows the header's line */
  sha256: z.string(),
});

/** A line of JSON, then float64 time, knownAt, calendar; float32 values [rows, F] row by row; int32 classes. */
export function encodeTuneTable({ data, spans }: TuneTable, key: string): Uint8Array {
  const { table, target } = data;
  if (target.kind !== "classes") throw new RangeError("a scanner's rows have classes");
  const parts = [spans.time, spans.knownAt, spans.calendar, table.values, target.y].map(
    (a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
  );
  const header = {
    format: "orion tune table 1",
    key,
    names: table.names,
    rows: table.rows,
    calendar: spans.calendar.length,
    sha256: sha256(...parts),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`, "utf8"), ...parts]);
}

/** @throws DataError when it is of another table, cut short or damaged */
export function decodeTuneTable(bytes: Uint8Array, key: string): TuneTable {
  const end = bytes.indexOf(0x0a);
  const damaged = new DataError("the kept table is damaged");
  let header: z.output<typeof Header>;
  try {
    header = Header.parse(JSON.parse(Buffer.from(bytes.subarray(0, end)).toString("utf8")));
  } catch {
    throw damaged;
  }
  const { names, rows, calendar } = header;
  // a copy begins on a boundary that all typed arrays can lie on
  const body = new Uint8Array(bytes.subarray(end + 1));
  const wanted = 8 * (2 * rows + calendar) + 4 * rows * (names.length + 1);
  if (header.key !== key || body.byteLength !== wanted || sha256(body) !== header.sha256) throw damaged;
  let at = 0;
  const next = (bytesOf: number): number => {
    at += bytesOf;
    return at - bytesOf;
  };
  const floats = (count: number) => new Float64Array(body.buffer, body.byteOffset + next(8 * count), count);
  const spans = { time: floats(rows), knownAt: floats(rows), calendar: floats(calendar) };
  const count = rows * names.length;
  const values = new Float32Array(body.buffer, body.byteOffset + next(4 * count), count);
  const y = new Int32Array(body.buffer, body.byteOffset + next(4 * rows), rows);
  return {
    data: { table: { names, rows, values }, target: { kind: "classes", classes: [...SIGNALS], y } },
    spans,
  };
}

/**
 * The table of that key from the workspace, else made and kept there as a whole. A damaged file is made anew.
 */
export async function keptTuneTable(
  workspace: Workspace,
  key: string,
  make: () => Promise<TuneTable>,
): Promise<{ readonly table: TuneTable; readonly isKept: boolean; readonly path: string }> {
  const path = workspacePath(workspace, "tune", `table-${key.slice(0, 16)}.bin`);
  try {
    return { table: decodeTuneTable(new Uint8Array(await readFile(path)), key), isKept: true, path };
  } catch (thrown) {
    const isAbsent = (thrown as NodeJS.ErrnoException).code === "ENOENT";
    if (!isAbsent && !(thrown instanceof DataError)) throw thrown;
  }
  const table = await make();
  await writeAtomically(path, encodeTuneTable(table, key));
  return { table, isKept: false, path };
}
