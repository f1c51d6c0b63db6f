import type { Labels } from "../../labels/index.ts";
import { barsChangedAfter, barsUntil } from "./alteredBars.ts";
import { type AuditColumns, rowsBy } from "./auditData.ts";
import type { AuditBars, AuditModel, AuditPipeline } from "./auditPipeline.ts";
import type { AuditSteps } from "./auditSteps.ts";
import { type ColumnBook, type ColumnKind, type Difference, firstDifference } from "./columnBook.ts";

export interface MomentsOptions {
  readonly moments: readonly number[];
  /** symbols looked at in each moment, in turn; the others in other moments */
  readonly symbolsPerMoment: number;
  readonly seed: number;
  readonly steps: AuditSteps;
  readonly book: ColumnBook;
}

/**
 * Truncation and perturbation, moment by moment: features, membership, labels that are known by then, and a prediction at the
 * moment itself, from the bars up to it and from bars with another future, must be those of all bars, bit for bit.
 */
export async function checkMoments(
  pipeline: AuditPipeline,
  bars: AuditBars,
  whole: AuditColumns,
  model: AuditModel,
  options: MomentsOptions,
): Promise<void> {
  const { moments, symbolsPerMoment, seed, steps, book } = options;
  const n = bars.targets.length;
  for (const [m, moment] of moments.entries()) {
    const picked = Array.from(
      { length: Math.min(n, symbolsPerMoment) },
      (_, k) => (m * symbolsPerMoment + k) % n,
    );
    for (const check of ["truncation", "perturbation"] as const) {
      await steps.run("moments", `${check} of columns`, async () => {
        const other =
          check === "truncation" ? barsUntil(bars, moment) : barsChangedAfter(bars, moment, seed + m);
        for (const [k, symbol] of picked.entries()) {
          await compareSymbol({
            pipeline,
            whole,
            other,
            symbol,
            moment,
            model,
            check,
            book,
            predicts: k === 0,
          });
        }
      });
    }
  }
}

interface Look {
  pipeline: AuditPipeline;
  whole: AuditColumns;
  other: AuditBars;
  symbol: number;
  moment: number;
  model: AuditModel;
  check: "truncation" | "perturbation";
  book: ColumnBook;
  predicts: boolean;
}

async function compareSymbol(look: Look): Promise<void> {
  const { pipeline, whole, other, symbol, moment, model, check, book } = look;
  const { symbol: name, from, to } = whole.stack.symbols[symbol]!;
  const panel = whole.panels[symbol]!;
  const n = rowsBy(panel, moment);
  if (n === 0) return;
  const compare = (
    kind: ColumnKind,
    column: string,
    was: ArrayLike<number>,
    became: ArrayLike<number>,
  ): void => {
    const at = firstDifference(was, became, n);
    const leak = at < 0 ? null : difference(at, was[at]!, became[at] ?? Number.NaN);
    book.record({ kind, name: column, check, compared: n, leak });
  };
  const difference = (row: number, was: number, became: number, note?: string): Difference => ({
    symbol: name,
    row: panel.closeTime[row]!,
    moment,
    was,
    became,
    ...(note === undefined ? {} : { note }),
  });

  const otherPanel = pipeline.panel(other, symbol);
  const columns = whole.stack.features.map((column) => column.subarray(from, to));
  const features = pipeline.features(otherPanel);
  pipeline.columns.forEach((column, f) => {
    compare("feature", column, columns[f]!, features[f]!);
  });
  compare("membership", "in the universe", whole.members[symbol]!, pipeline.membership(other, symbol));

  const known = pipeline.label(panel);
  const again = pipeline.label(otherPanel);
  pipeline.labels.forEach((label, c) => {
    const { compared, row } = firstLabelDifference(known, again, c, n, moment);
    const leak =
      row < 0
        ? null
        : difference(
            row,
            known.values[c]![row]!,
            again.values[c]![row]!,
            "known by then, and yet another one",
          );
    book.record({ kind: "label", name: label, check, compared, leak });
  });

  if (!look.predicts || !isWhole(columns, n, pipeline) || !isWhole(features, n, pipeline)) return;
  const row = Int32Array.of(n - 1);
  const said = await model.predict(columns, row);
  const saidAgain = await model.predict(features, row);
  for (const [output, values] of Object.entries(said)) {
    const [was, became] = [values[0]!, saidAgain[output]![0]!];
    const leak = firstDifference([was], [became], 1) < 0 ? null : difference(n - 1, was, became);
    book.record({ kind: "prediction", name: output, check, compared: 1, leak });
  }
}

/** Labels that either side calls known by the moment must be known on both, at the same time, with the same value. */
function firstLabelDifference(
  a: Labels,
  b: Labels,
  column: number,
  n: number,
  moment: number,
): { compared: number; row: number } {
  let compared = 0;
  for (let t = 0; t < n; t++) {
    if (!(a.knownAt[t]! <= moment) && !(b.knownAt[t]! <= moment)) continue;
    compared++;
    const same = firstDifference([a.values[column]![t]!], [b.values[column]![t]!], 1) < 0;
    if (!same || a.knownAt[t] !== b.knownAt[t]) return { compared, row: t };
  }
  return { compared, row: -1 };
}

/** Whether the window that ends at row n - 1 has a value everywhere, with the features' memory before it. */
function isWhole(columns: readonly Float32Array[], n: number, { lookback, window }: AuditPipeline): boolean {
  if (n < lookback + window) return false;
  return columns.every((column) => column.subarray(n - window, n).every((value) => Number.isFinite(value)));
}
