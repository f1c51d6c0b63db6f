import type { BesideKind, Panel } from "../market/bars.ts";

/** What one column is: shown to users, so that nobody has to guess what a model saw. */
export interface ColumnDoc {
  readonly name: string;
  /** the formula in the notation of the field, t the current bar */
  readonly formula: string;
  /** where the definition comes from */
  readonly source: string;
}

/** What a set reads of a panel beside the bars of its first instrument: whoever builds the panel has to provide it. */
export interface FeatureNeeds {
  /** instruments that the panel has to hold */
  readonly context?: readonly string[];
  readonly beside?: readonly BesideKind[];
  /** the universe, and where it is `sectors` the sectors of its symbols */
  readonly peers?: "universe" | "sectors";
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
  /** nothing unless given */
  readonly needs?: FeatureNeeds;
  compute(panel: Panel): readonly Float32Array[];
}
