import { createPart } from "../../core/parts.ts";
import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import { type Feature, featureParts } from "../../features/index.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { Table } from "../../models/tabular/tabularModel.ts";
import { featuresOfMany } from "../manySymbols/featuresOfMany.ts";
import { type CandidateRow, MOMENTUM_COLUMNS, momentumValues, placesBySymbol } from "./candidateRows.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import type { TimeframeNet } from "./timeframeStage.ts";

/** Named columns of candidate rows, each of as many numbers as there are rows. */
export interface NamedColumns {
  readonly names: readonly string[];
  readonly columns: readonly (Float32Array | Float64Array)[];
}

/** Bars before a candidate's that its features read. */
export function featureLookback(recipe: ScannerRecipe): number {
  return Math.max(
    ...recipe.features.map((spec, i) => createPart<Feature>(featureParts, spec, `features.${i}`).lookback),
  );
}

/** The recipe's features of each candidate's own bars, and what the scan measured. Symbols go over all cores. */
export async function featureColumns(
  recipe: ScannerRecipe,
  bars: readonly BarSeries[],
  rows: readonly CandidateRow[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: OnProgress | undefined;
    readonly threads?: number;
  },
): Promise<NamedColumns> {
  const chosen = placesBySymbol(rows);
  let columns: Float32Array[] = [];
  const request = {
    features: recipe.features,
    bars: chosen.map(([index]) => bars[index]!),
    barMs: timeframeMs(recipe.universe.timeframe),
    ...options,
  };
  const names = await featuresOfMany(request, (i, computed) => {
    if (columns.length === 0) columns = computed.map(() => new Float32Array(rows.length));
    for (const place of chosen[i]![1]) {
      for (const [f, column] of computed.entries()) columns[f]![place] = column[rows[place]!.row]!;
    }
  });
  if (columns.length === 0) columns = names.map(() => new Float32Array(0));
  const momentum = rows.map(({ candidate }) => momentumValues(candidate));
  return {
    names: [...names, ...MOMENTUM_COLUMNS],
    columns: [
      ...columns,
      ...MOMENTUM_COLUMNS.map((_, c) => Float32Array.from(momentum, (values) => values[c]!)),
    ],
  };
}

/** Two columns a timeframe: the next bar's expected return, and how much likelier its rise is than its fall. */
export function timeframeColumns(
  nets: readonly Pick<TimeframeNet, "timeframe" | "expected" | "edge">[],
): NamedColumns {
  return {
    names: nets.flatMap(({ timeframe }) => timeframeNames(timeframe)),
    columns: nets.flatMap(({ expected, edge }) => [expected, edge]),
  };
}

export const timeframeNames = (timeframe: string): string[] => [`expected${timeframe}`, `edge${timeframe}`];

/** Columns one beside the other as a table [rows, F]; what is not finite is missing. */
export function tableOf(parts: readonly NamedColumns[], rows: number): Table {
  const names = parts.flatMap((part) => part.names);
  const columns = parts.flatMap((part) => part.columns);
  const width = names.length;
  const values = new Float32Array(rows * width);
  for (const [f, column] of columns.entries()) {
    for (let row = 0, at = f; row < rows; row++, at += width) {
      const value = column[row]!;
      values[at] = Number.isFinite(value) ? value : Number.NaN;
    }
  }
  return { names, rows, values };
}
