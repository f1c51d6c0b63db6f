import type { Labels } from "../../labels/index.ts";
import type { BarSeries, Panel } from "../../market/bars.ts";
import type { BesideSeries } from "../../market/panel/besideColumns.ts";
import type { CalendarRows } from "../../models/multiTask/calendarSplit.ts";
import type { StackedRows, SymbolRows } from "../../models/multiTask/stackedRows.ts";
import type { TimeSplit } from "../../models/validation/index.ts";

/** All bars that a recipe reads: each symbol that it learns from or trades, and what every symbol is seen beside. */
export interface AuditBars {
  readonly targets: readonly BarSeries[];
  readonly context: readonly BarSeries[];
  /** by target, what stands beside its bars, where a recipe reads it */
  readonly beside?: readonly BesideSeries[];
  /** symbols that targets are ranked among beside one another, where a recipe ranks among others */
  readonly peers?: readonly BarSeries[];
}

/** What a fit is given: everything but test rows. */
export interface AuditData {
  readonly stack: StackedRows;
  /** rows of the stack, ascending */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly embargoBars: number;
}

export interface FitOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** A fitted model, as far as the audit looks into it. */
export interface AuditModel {
  /** of the whole model: equal bytes, equal hash */
  readonly sha256: string;
  /** what the network reads, made from raw columns by what was fitted (selection, scaler); of the columns' length */
  inputs(columns: readonly Float32Array[]): {
    readonly names: readonly string[];
    readonly columns: readonly Float32Array[];
  };
  /** by name, one value a row; each row needs a full window of its own symbol before it */
  predict(columns: readonly Float32Array[], rows: Int32Array): Promise<Record<string, Float32Array>>;
  /** the class that is said by each head: the largest probability when every class weighs the same */
  classify(columns: readonly Float32Array[], rows: Int32Array): Promise<Record<string, ArrayLike<number>>>;
  close(): Promise<void>;
}

/** A fill of the planted strategy, as the backtest told it. */
export interface AuditFill {
  /** close of the bar on which it was decided, ms UTC; null for exits that rest at the broker */
  readonly decided: number | null;
  /** order: decided by the strategy; exit: a stop or a target that rested; end: the end of the data */
  readonly kind: "order" | "exit" | "end";
  /** ms UTC */
  readonly time: number;
  /** close of the bar in which it happened, ms UTC */
  readonly barTime: number;
  /** the market's price before slippage */
  readonly price: number;
}

/** A column of classes (0, 1, 2) that the model says under the same name in `classify`. */
export interface HeadOfClasses {
  readonly name: string;
  /** bars until its outcome is known */
  readonly horizonBars: number;
}

/**
 * A recipe as functions that can be run anew on other bars. The audit knows nothing else of a recipe: whatever looks ahead
 * does it in one of these.
 */
export interface AuditPipeline {
  readonly recipe: string;
  /** names of the feature columns */
  readonly columns: readonly string[];
  /** bars before t that a feature of row t may depend on, as the features declare it */
  readonly lookback: number;
  /** bars of one example */
  readonly window: number;
  /** columns of the labeler; the examples' targets carry these names */
  readonly labels: readonly string[];
  readonly heads: readonly HeadOfClasses[];
  /** a symbol beside its context, row t known at its close */
  panel(bars: AuditBars, target: number): Panel;
  /** of the panel's length, one array a column */
  features(panel: Panel): readonly Float32Array[];
  label(panel: Panel): Labels;
  /** 1 for the rows of a symbol at which it was in the universe */
  membership(bars: AuditBars, target: number): Uint8Array;
  /** how the universe was named, for the report */
  readonly universe: "periods" | "list";
  /** rows of a symbol from which it can be learned */
  examples(part: SymbolRows): Int32Array;
  split(rows: CalendarRows): TimeSplit;
  /** a small training of the recipe's own pipeline; what it is, is told in `training` */
  fit(data: AuditData, options: FitOptions): Promise<AuditModel>;
  /** in words: which network is trained for the audit, and how much */
  readonly training: string;
  /** Trades BUY 1, HOLD 0, SELL -1 of each bar by the recipe's own rules; absent where the recipe trades nothing. */
  trade?(bars: BarSeries, signals: Int8Array): Promise<readonly AuditFill[]>;
}
