import type { Panel } from "../market/bars.ts";

/** What one column is: shown to users, so that nobody has to guess what a model saw. */
export interface ColumnDoc {
  readonly name: string;
  /** the formula in the notation of the field, t the current bar */
  readonly formula: string;
  /** where the definition comes from */
  readonly source: string;
}

/**
 * A set of causal columns: row t reads only rows [t - lookback, t]. Rows before enough history are NaN.
 * `compute` returns one Float32Array of `panel.length` a column, of the panel's first instrument.
 */
export interface Feature {
  readonly columns: readonly string[];
  readonly docs: readonly ColumnDoc[];
  /** bars before t that row t may depend on */
  readonly lookback: number;
  compute(panel: Panel): readonly Float32Array[];
}
