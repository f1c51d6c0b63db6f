import { DataError, UsageError } from "../../core/errors.ts";
import { checkNames, checkTable } from "../tabular/checkTabular.ts";
import type { Table, TabularPredictor } from "../tabular/tabularModel.ts";

export interface PartialDependenceOptions {
  /** points of the curve at most: quantiles of the column, equal ones once; 20 unless given */
  readonly points?: number;
  /** which quantiles over the rows are told beside the mean; 0.1, 0.5 and 0.9 unless given */
  readonly quantiles?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface PartialDependence {
  readonly column: string;
  readonly output: string;
  /** values of the column, ascending, from its 2.5 % to its 97.5 % point */
  readonly at: readonly number[];
  /** mean over the rows of the model's answer, the column set to each value and all else as it is */
  readonly mean: readonly number[];
  /** by quantile, over the rows: how far rows differ in their own curves */
  readonly quantiles: readonly { readonly share: number; readonly values: readonly number[] }[];
  /** the same of curves that all begin at 0: where they spread, the column's effect depends on other columns */
  readonly centred: readonly { readonly share: number; readonly values: readonly number[] }[];
  /** share of rows in which the column was missing: they count with the value set */
  readonly missing: number;
}

/**
 * Partial dependence of one output on one column (Friedman 2001, 8.2), with the quantiles of the rows' individual conditional
 * expectations (Goldstein, Kapelner, Bleich and Pitkin 2015). Values are set that a row may never have had together with its
 * others: where columns move together it tells what the model says there, not what happens there.
 * @throws DataError when the column has no values; UsageError for an unknown column or output
 */
export async function partialDependence(
  model: TabularPredictor,
  table: Table,
  column: string,
  output: string,
  options: PartialDependenceOptions = {},
): Promise<PartialDependence> {
  const { points = 20, quantiles = [0.1, 0.5, 0.9], signal } = options;
  checkTable(table, "rows to explain");
  checkNames(table.names, model.names, "rows to explain");
  const f = table.names.indexOf(column);
  if (f < 0) throw new UsageError(`partial dependence: the model has no column '${column}'`);
  const k = model.outputs.indexOf(output);
  if (k < 0)
    throw new UsageError(
      `partial dependence: no output '${output}': choose one of ${model.outputs.join(", ")}`,
    );
  if (!Number.isInteger(points) || points < 2 || points > 1000)
    throw new UsageError(`partial dependence: ${points} points are not possible: give 2 to 1000`);
  if (quantiles.some((q) => !(q >= 0 && q <= 1)))
    throw new UsageError("partial dependence: quantiles lie between 0 and 1");
  const { rows, values, names } = table;
  const width = names.length;
  const known = Float64Array.from({ length: rows }, (_, i) => values[i * width + f]!)
    .filter((v) => !Number.isNaN(v))
    .sort();
  if (known.length === 0) throw new DataError(`partial dependence: column '${column}' has no values`);
  const at = [
    ...new Set(
      Array.from({ length: points }, (_, p) =>
        Math.fround(quantileOf(known, 0.025 + (0.95 * p) / (points - 1))),
      ),
    ),
  ];
  const K = model.outputs.length;
  const changed = values.slice();
  /** [points][rows] */
  const curves: Float64Array[] = [];
  for (const value of at) {
    signal?.throwIfAborted();
    for (let i = 0; i < rows; i++) changed[i * width + f] = value;
    const told = await model.predict({ names, rows, values: changed }, signal ? { signal } : {});
    curves.push(Float64Array.from({ length: rows }, (_, i) => told[i * K + k]!));
  }
  const first = curves[0]!;
  const over = (of: (curve: Float64Array) => Float64Array) => {
    const sorted = curves.map((curve) => of(curve).sort());
    return quantiles.map((share) => ({ share, values: sorted.map((curve) => quantileOf(curve, share)) }));
  };
  return {
    column,
    output,
    at,
    mean: curves.map((curve) => curve.reduce((a, b) => a + b, 0) / rows),
    quantiles: over((curve) => curve.slice()),
    centred: over((curve) => curve.map((v, i) => v - first[i]!)),
    missing: 1 - known.length / rows,
  };
}

/** Linear between the order statistics (type 7 of Hyndman and Fan 1996). */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(sorted.length - 1, below + 1)]!];
  return low + (place - below) * (high - low);
}
