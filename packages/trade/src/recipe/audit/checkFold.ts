import type { TimeSplit } from "../../models/validation/index.ts";
import { barsChangedAfter, barsUntil } from "./alteredBars.ts";
import { type AuditColumns, auditColumns, rowsUntil } from "./auditData.ts";
import type { AuditBars, AuditModel, AuditPipeline } from "./auditPipeline.ts";
import type { AuditSteps } from "./auditSteps.ts";
import { type ColumnBook, firstDifference } from "./columnBook.ts";

export interface FoldOptions {
  readonly split: TimeSplit;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly steps: AuditSteps;
  readonly book: ColumnBook;
}

/**
 * Truncation and perturbation of what is fitted. The same training is run again on the bars that were known when the last
 * label of the validation rows was, and on bars that are others after the last label of the training rows: what the network
 * reads (selected and scaled columns) and the model itself, byte for byte, must be those of all bars. A scaler or a
 * selection that saw one row too many gives other numbers.
 */
export async function checkFold(
  pipeline: AuditPipeline,
  bars: AuditBars,
  whole: AuditColumns,
  model: AuditModel,
  { split, seed, signal, steps, book }: FoldOptions,
): Promise<void> {
  const { train, validation, embargoBars } = split;
  const trials = [
    {
      check: "truncation",
      moment: validation.knownUntil,
      other: () => barsUntil(bars, validation.knownUntil),
    },
    {
      check: "perturbation",
      moment: train.knownUntil,
      other: () => barsChangedAfter(bars, train.knownUntil, seed + 100),
    },
  ] as const;
  for (const { check, moment, other } of trials) {
    await steps.run("trainings", `${check} of the fit`, async () => {
      const columns = auditColumns(pipeline, other());
      const usable = new Set(columns.examples);
      const refitted = await pipeline.fit(
        {
          stack: columns.stack,
          train: rowsUntil(train, whole.stack, columns.stack, moment),
          validation: rowsUntil(validation, whole.stack, columns.stack, Number.POSITIVE_INFINITY).filter(
            (row) => usable.has(row),
          ),
          embargoBars,
        },
        { seed, signal },
      );
      try {
        compareInputs(whole, columns, model, refitted, { check, moment, book });
        const same = model.sha256 === refitted.sha256;
        const leak = {
          symbol: whole.stack.symbols[0]!.symbol,
          row: moment,
          moment,
          was: Number.NaN,
          became: Number.NaN,
          note: "another model comes out of the same training rows",
        };
        book.record({ kind: "model", name: "weights", check, compared: 1, leak: same ? null : leak });
      } finally {
        await refitted.close();
      }
    });
  }
}

/** What the network reads of each symbol's rows up to the moment, by both fits, from the columns of all bars. */
function compareInputs(
  whole: AuditColumns,
  other: AuditColumns,
  model: AuditModel,
  refitted: AuditModel,
  { check, moment, book }: { check: "truncation" | "perturbation"; moment: number; book: ColumnBook },
): void {
  for (const { symbol, from, to } of whole.stack.symbols) {
    const times = whole.stack.closeTime.subarray(from, to);
    const place = other.stack.symbols.find((s) => s.symbol === symbol)!;
    const n = times.findIndex((time) => time > moment);
    const rows = n < 0 ? times.length : n;
    if (rows === 0) continue;
    const was = model.inputs(whole.stack.features.map((c) => c.subarray(from, to)));
    const became = refitted.inputs(other.stack.features.map((c) => c.subarray(place.from, place.to)));
    for (const name of new Set([...was.names, ...became.names])) {
      const a = was.columns[was.names.indexOf(name)];
      const b = became.columns[became.names.indexOf(name)];
      const at = a && b ? firstDifference(a, b, rows) : 0;
      const leak =
        at < 0
          ? null
          : {
              symbol,
              row: times[at]!,
              moment,
              was: a?.[at] ?? Number.NaN,
              became: b?.[at] ?? Number.NaN,
              ...(a && b
                ? {}
                : { note: a ? "selected only with the later bars" : "selected only without them" }),
            };
      book.record({ kind: "input", name, check, compared: rows, leak });
    }
  }
}
