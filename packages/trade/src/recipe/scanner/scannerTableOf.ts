import { DataError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { unionPanel } from "../../market/panel/unionPanel.ts";
import type { FitContext } from "../../models/model.ts";
import { calendarSplit } from "../../models/multiTask/calendarSplit.ts";
import { StackConfig } from "../../models/tabular/fitStack.ts";
import { pickTable } from "../../models/tabular/pickRows.ts";
import type { Table, TabularData } from "../../models/tabular/tabularModel.ts";
import {
  type LabelSpans,
  type PurgedFold,
  purgedKFold,
  type TimeSplit,
} from "../../models/validation/index.ts";
import type { RangeMs } from "../dataUse.ts";
import { type CandidateRow, candidateRows, scannerLabeler } from "./candidateRows.ts";
import type { KeptWork } from "./keptWork.ts";
import { type RiskColumns, riskStage } from "./riskStage.ts";
import type { ScannerBars } from "./scannerBars.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { featureColumns, featureLookback, tableOf, timeframeColumns } from "./scannerTable.ts";
import { embargoMs } from "./timeframeNet.ts";
import { timeframeParts } from "./timeframeRows.ts";
import { type TimeframeNet, timeframeStage } from "./timeframeStage.ts";

/** Fewer rows than this say too little about a hundred columns. */
const LEAST_ROWS = 300;

/** Candidates with a known outcome, and how they are divided. */
export interface ScannerRows {
  /** oldest first */
  readonly rows: readonly CandidateRow[];
  /** places of the training rows in `rows` */
  readonly train: Int32Array;
  readonly split: TimeSplit;
  readonly stackConfig: StackConfig;
  /** of the training rows */
  readonly spans: LabelSpans & { readonly calendar: Float64Array };
  /** of places in `train` */
  readonly folds: readonly PurgedFold[];
  /** the universe's last close, ms UTC */
  readonly at: number;
  readonly horizonBars: number;
}

/** What the stages make of candidates: the table that the base models read, and what came of each stage. */
export interface ScannerStages {
  readonly nets: readonly TimeframeNet[];
  readonly risk: RiskColumns;
  readonly table: Table;
}

/** Stages whose columns can be left out of the table. */
export const OPTIONAL_GROUPS = ["timeframes", "risk"] as const;
export type OptionalGroup = (typeof OPTIONAL_GROUPS)[number];

export function stackConfigOf(recipe: ScannerRecipe): StackConfig {
  const { bases: _bases, meta: _meta, ...config } = recipe.stack;
  return StackConfig.parse(config);
}

/**
 * The candidates of the bars, split by time, and the purged folds of the training rows.
 * @throws DataError where there are too few
 */
export function scannerRows(
  recipe: ScannerRecipe,
  bars: ScannerBars,
  range: RangeMs = {},
  onProgress?: OnProgress,
): ScannerRows {
  const clock = unionPanel(bars.bars).closeTime;
  const at = clock[clock.length - 1] ?? Number.NaN;
  const all = candidateRows(recipe, bars.bars, featureLookback(recipe), range, onProgress);
  const rows = all.filter((row) => Number.isFinite(row.class) && row.knownAt <= at);
  if (rows.length < LEAST_ROWS) {
    throw new DataError(
      `recipe '${recipe.name}': ${bars.bars.length} symbols give ${rows.length} candidates with a known outcome, ${LEAST_ROWS} are needed: import more symbols or more years`,
    );
  }
  const time = Float64Array.from(rows, (row) => row.time);
  const knownAt = Float64Array.from(rows, (row) => row.knownAt);
  const horizonBars = scannerLabeler(recipe).horizonBars;
  // the split counts days of decision
  const embargoBars = Math.ceil((recipe.split.embargoBars ?? horizonBars) / recipe.everyBars);
  const split = calendarSplit(
    { closeTime: time, knownAt, rows: Int32Array.from(rows.keys()) },
    { ...recipe.split, embargoBars },
    1,
  );
  const train = split.train.rows;
  const spans = { time: pick(time, train), knownAt: pick(knownAt, train), calendar: clock };
  const stackConfig = stackConfigOf(recipe);
  const folds = purgedKFold(spans, stackConfig);
  return { rows, train, split, stackConfig, spans, folds, at, horizonBars };
}

/**
 * The columns of every row: its features, a forecast a timeframe (out of fold in the training rows), volatility and
 * dependence. Groups in `without` are neither computed nor in the table.
 */
export async function scannerTableOf(
  recipe: ScannerRecipe,
  bars: ScannerBars,
  known: Pick<ScannerRows, "rows" | "train" | "folds" | "split" | "stackConfig" | "at">,
  options: {
    readonly without?: readonly OptionalGroup[] | undefined;
    readonly context: FitContext;
    readonly onProgress?: OnProgress | undefined;
    /** where what has ended is kept */
    readonly kept?: KeptWork | undefined;
  },
): Promise<ScannerStages> {
  const { without = [], context, onProgress, kept } = options;
  const { rows, train, folds, split, stackConfig, at } = known;
  const { signal } = context;
  const features = await featureColumns(recipe, bars.bars, rows, { signal, onProgress });
  const nets = without.includes("timeframes")
    ? []
    : await timeframeStage({
        recipe,
        parts: timeframeParts(recipe),
        symbols: bars.sources,
        rows,
        train,
        folds,
        until: split.train.knownUntil,
        at,
        embargoMs: embargoMs(recipe, stackConfig.embargoBars),
        stepMsOf: (timeframe) => (recipe.universe.market === "stock" ? null : timeframeMs(timeframe)),
        context,
        onProgress,
        kept,
      });
  const risk = without.includes("risk")
    ? { names: [], columns: [], methods: {} }
    : await riskStage(recipe, bars, rows, { signal, onProgress, kept });
  return { nets, risk, table: tableOf([features, timeframeColumns(nets), risk], rows.length) };
}

/** Some of the rows with their classes. */
export function scannerData(table: Table, rows: readonly CandidateRow[], places: Int32Array): TabularData {
  return {
    table: pickTable(table, places),
    target: {
      kind: "classes",
      classes: [...SIGNALS],
      y: Int32Array.from(places, (place) => rows[place]!.class),
    },
  };
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}
