import { pickTable } from "../../../models/tabular/pickRows.ts";
import type { AuditSteps } from "../../audit/auditSteps.ts";
import { type ColumnBook, firstDifference } from "../../audit/columnBook.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { NamedColumns } from "../scannerTable.ts";
import type { TimeframeParts } from "../timeframeRows.ts";
import { scannerBarsChangedAfter, scannerBarsUntil } from "./alteredScannerBars.ts";
import type { ScannerPipeline } from "./scannerPipeline.ts";
import { type ScannerRows, type ScannerTraining, trainStages } from "./scannerTraining.ts";

export interface ScannerFitOptions {
  readonly pipeline: ScannerPipeline;
  readonly parts: TimeframeParts;
  readonly bars: ScannerBars;
  readonly known: ScannerRows;
  /** of the known rows, by all bars */
  readonly risk: NamedColumns;
  /** trained on all bars: with the validation rows that decide when trees stop, and without */
  readonly watched: ScannerTraining;
  readonly plain: ScannerTraining;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly steps: AuditSteps;
  readonly book: ColumnBook;
}

/**
 * Truncation and perturbation of what is fitted: the same stages trained again on the bars that were known with the last outcome
 * of the validation rows, and on bars that are others after the last outcome of the training rows. Every network, base model and
 * the meta-learner must be the same, byte for byte, and the training rows' table the same, bit for bit. Risk is taken as it was:
 * nothing is fitted over it, and `checkScannerMoments` tells it anew row by row.
 */
export async function checkScannerFit(options: ScannerFitOptions): Promise<void> {
  const { bars, known, seed, signal, steps, book } = options;
  const { train, validation } = known.split;
  const trials = [
    {
      check: "truncation",
      moment: validation.knownUntil,
      was: options.watched,
      other: () => scannerBarsUntil(bars, validation.knownUntil),
    },
    {
      check: "perturbation",
      moment: train.knownUntil,
      was: options.plain,
      other: () => scannerBarsChangedAfter(bars, train.knownUntil, seed + 100),
    },
  ] as const;
  for (const { check, moment, was, other } of trials) {
    await steps.run("trainings", `${check} of the training`, async () => {
      const altered = other();
      const again = sameRows(options.pipeline.candidates(altered), known.rows);
      const became = await trainStages(
        options.pipeline,
        altered,
        { ...known, rows: again, at: check === "truncation" ? moment : known.at },
        {
          parts: options.parts,
          features: await options.pipeline.features(altered, again),
          risk: options.risk,
          seed,
          signal,
          isWatched: check === "truncation",
        },
      );
      try {
        const places = check === "truncation" ? [...train.rows, ...validation.rows] : [...train.rows];
        const look = { check, moment, book, rows: known.rows };
        compareTables(was, became, places, look);
        compareModels("network", was.netHashes, became.netHashes, look);
        compareModels("stack", was.stackHashes, became.stackHashes, look);
      } finally {
        await became.stack.stack.close();
      }
    });
  }
}

/** The rows of the same symbols and times among others; one that is not there any more stays as it was. */
function sameRows(others: readonly CandidateRow[], rows: readonly CandidateRow[]): CandidateRow[] {
  const byKey = new Map(others.map((row) => [`${row.time} ${row.symbol}`, row]));
  return rows.map((row) => {
    const other = byKey.get(`${row.time} ${row.symbol}`);
    if (!other) return row;
    // an outcome that is not known any more is of a row that this training does not read
    const isKnown = Number.isFinite(other.class) && Number.isFinite(other.knownAt);
    return isKnown ? other : { ...other, class: row.class, knownAt: row.knownAt };
  });
}

interface Look {
  readonly check: "truncation" | "perturbation";
  readonly moment: number;
  readonly book: ColumnBook;
  readonly rows: readonly CandidateRow[];
}

function compareTables(
  was: ScannerTraining,
  became: ScannerTraining,
  places: readonly number[],
  { check, moment, book, rows }: Look,
): void {
  const width = was.table.names.length;
  const [a, b] = [pickTable(was.table, places), pickTable(became.table, places)];
  for (const [f, name] of was.table.names.entries()) {
    const column = (values: Float32Array): Float32Array =>
      Float32Array.from(places, (_, i) => values[i * width + f]!);
    const [x, y] = [column(a.values), column(b.values)];
    const first = firstDifference(x, y, places.length);
    const row = rows[places[first] ?? 0]!;
    const leak =
      first < 0 ? null : { symbol: row.symbol, row: row.time, moment, was: x[first]!, became: y[first]! };
    book.record({ kind: "input", name, check, compared: places.length, leak });
  }
}

function compareModels(
  what: string,
  was: Readonly<Record<string, string>>,
  became: Readonly<Record<string, string>>,
  { check, moment, book, rows }: Look,
): void {
  for (const name of new Set([...Object.keys(was), ...Object.keys(became)])) {
    const leak = {
      symbol: rows[0]!.symbol,
      row: moment,
      moment,
      was: Number.NaN,
      became: Number.NaN,
      note: "another model comes out of the same training rows",
    };
    const isSame = was[name] === became[name];
    book.record({ kind: "model", name: `${what} ${name}`, check, compared: 1, leak: isSame ? null : leak });
  }
}
