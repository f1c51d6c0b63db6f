import { upperBound } from "../../core/columns.ts";
import { DataError } from "../../core/errors.ts";
import type { Panel } from "../../market/bars.ts";
import { type StackedRows, type SymbolRows, stackRows } from "../../models/multiTask/stackedRows.ts";
import type { SplitPart, TimeSplit } from "../../models/validation/index.ts";
import type { AuditBars, AuditPipeline } from "./auditPipeline.ts";

/** The pipeline's columns over some bars, all symbols one below the other, in the order of `bars.targets`. */
export interface AuditColumns {
  readonly panels: readonly Panel[];
  readonly members: readonly Uint8Array[];
  /** knownAt Infinity where a symbol was not in the universe */
  readonly stack: StackedRows;
  /** rows of the stack from which it can be learned, ascending */
  readonly examples: Int32Array;
}

export function auditColumns(pipeline: AuditPipeline, bars: AuditBars): AuditColumns {
  const panels = bars.targets.map((_, i) => pipeline.panel(bars, i));
  const members = bars.targets.map((_, i) => pipeline.membership(bars, i));
  const parts = panels.map((panel, i): SymbolRows => {
    const { values, knownAt } = pipeline.label(panel);
    return {
      symbol: bars.targets[i]!.instrument,
      closeTime: panel.closeTime,
      knownAt: knownAt.map((known, t) => (members[i]![t] === 1 ? known : Number.POSITIVE_INFINITY)),
      close: panel.series[0]!.close,
      features: pipeline.features(panel),
      targets: Object.fromEntries(pipeline.labels.map((name, c) => [name, values[c]!])),
      firstRow: pipeline.lookback,
    };
  });
  const stack = stackRows(parts, pipeline.window);
  const examples = parts.flatMap((part, i) => {
    const { from } = stack.symbols[i]!;
    return Array.from(pipeline.examples(part), (row) => from + row);
  });
  return { panels, members, stack, examples: Int32Array.from(examples) };
}

/** The columns and their split by time. @throws DataError when there are no examples */
export function splitColumns(pipeline: AuditPipeline, { stack, examples }: AuditColumns): TimeSplit {
  if (examples.length === 0) {
    throw new DataError(
      `recipe '${pipeline.recipe}': no row has a whole window of features and a label; ${pipeline.lookback + pipeline.window} bars come before the first: import more bars`,
    );
  }
  return pipeline.split({ closeTime: stack.closeTime, knownAt: stack.knownAt, rows: examples });
}

/** Rows of a part of the whole stack as rows of another stack of the same symbols, those after `at` left out. */
export function rowsUntil(part: SplitPart, whole: StackedRows, other: StackedRows, at: number): Int32Array {
  const moved: number[] = [];
  let s = 0;
  for (const row of part.rows) {
    while (row >= whole.symbols[s]!.to) s++;
    if (whole.closeTime[row]! <= at) moved.push(row - whole.symbols[s]!.from + other.symbols[s]!.from);
  }
  return Int32Array.from(moved);
}

/** Number of rows of a series that had closed by `at`. */
export function rowsBy(panel: Panel, at: number): number {
  return upperBound(panel.closeTime, at);
}
