import { createPart } from "../../../core/parts.ts";
import { timeframeMs } from "../../../core/time.ts";
import { simulatePortfolio } from "../../../execution/index.ts";
import { SIGNALS } from "../../../labels/labeler.ts";
import type { BarSeries } from "../../../market/bars.ts";
import { assembleTimeframe } from "../../../market/timeframes/index.ts";
import { calendarSplit } from "../../../models/multiTask/calendarSplit.ts";
import { fitStack, type StackFit } from "../../../models/tabular/fitStack.ts";
import { metaParts } from "../../../models/tabular/metaParts.ts";
import type { TabularData, TabularModel } from "../../../models/tabular/tabularModel.ts";
import { tabularParts } from "../../../models/tabular/tabularParts.ts";
import {
  type LabelSpans,
  type PurgedFold,
  purgedKFold,
  type TimeSplit,
} from "../../../models/validation/index.ts";
import { createRiskRule } from "../../../risk/index.ts";
import { targetTape } from "../../../signals/index.ts";
import type { AuditFill } from "../../audit/auditPipeline.ts";
import { type CandidateRow, candidateRows, scannerLabeler } from "../candidateRows.ts";
import { riskStage } from "../riskStage.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { ScannerRecipe } from "../scannerSchema.ts";
import { featureColumns, featureLookback, type NamedColumns } from "../scannerTable.ts";
import { type MarketFilters, RISK_COLUMNS, symbolRisk } from "../symbolRisk.ts";
import {
  type SymbolSources,
  type TimeframeParts,
  type TimeframeRows,
  timeframeRows,
} from "../timeframeRows.ts";
import { type TimeframeNet, type TimeframeStageInput, timeframeStage } from "../timeframeStage.ts";
import { stackConfigOf } from "../trainScanner.ts";

export interface StackRequest {
  readonly train: TabularData;
  readonly spans: LabelSpans;
  /** without them no tree stops early */
  readonly validation: TabularData | undefined;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RowsRequest {
  /** ms UTC */
  readonly at: number;
  /** newest bars of a symbol that are looked at; all unless given */
  readonly most?: number | undefined;
}

/**
 * A recipe of stages as functions that can be run anew on other bars. The audit knows nothing else of it: whatever looks ahead
 * does it in one of these.
 */
export interface ScannerPipeline {
  readonly recipe: ScannerRecipe;
  /** every stage before the split: who was chosen when, and what became of it */
  candidates(bars: ScannerBars): CandidateRow[];
  /** features and momentum columns of rows */
  features(bars: ScannerBars, rows: readonly CandidateRow[], signal?: AbortSignal): Promise<NamedColumns>;
  risk(bars: ScannerBars, rows: readonly CandidateRow[], signal?: AbortSignal): Promise<NamedColumns>;
  /** a symbol's bars of a timeframe as known at `at` */
  assemble(symbol: SymbolSources, timeframe: string, at: number): BarSeries;
  timeframeRows(
    parts: TimeframeParts,
    symbols: readonly SymbolSources[],
    timeframe: string,
    request: RowsRequest,
  ): TimeframeRows | undefined;
  split(rows: readonly CandidateRow[]): TimeSplit;
  folds(spans: LabelSpans): PurgedFold[];
  stage(input: TimeframeStageInput): Promise<TimeframeNet[]>;
  stack(request: StackRequest): Promise<StackFit>;
  /** BUY 1, HOLD 0, SELL -1 of each bar of the first series by the recipe's own portfolio */
  trade(series: readonly BarSeries[], signals: Int8Array): Promise<readonly AuditFill[]>;
}

/** Rows up to which their risk is told on the calling thread, as a scan does. */
const FEW_ROWS = 16;

export function scannerPipeline(recipe: ScannerRecipe): ScannerPipeline {
  return {
    recipe,
    candidates: (bars) => candidateRows(recipe, bars.bars, featureLookback(recipe)),
    features: (bars, rows, signal) => featureColumns(recipe, bars.bars, rows, { signal }),
    risk: (bars, rows, signal) =>
      rows.length > FEW_ROWS
        ? riskStage(recipe, bars, rows, { signal })
        : Promise.resolve(riskOfFew(recipe, bars, rows)),
    assemble: ({ sources }, timeframe, at) =>
      assembleTimeframe(sources, { timeframe, rows: Number.MAX_SAFE_INTEGER, at }).bars,
    timeframeRows: (parts, symbols, timeframe, { at, most }) =>
      timeframeRows(parts, symbols, timeframe, at, stepMsOf(recipe)(timeframe), [], most),
    split: (rows) => splitOf(recipe, rows),
    folds: (spans) => purgedKFold(spans, stackConfigOf(recipe)),
    stage: timeframeStage,
    stack: (request) => stackOf(recipe, request),
    trade: (series, signals) => fills(recipe, series, signals),
  };
}

/** Length of a bar where bars follow one another around the clock, null under exchange hours. */
export function stepMsOf(recipe: ScannerRecipe): (timeframe: string) => number | null {
  return (timeframe) => (recipe.universe.market === "stock" ? null : timeframeMs(timeframe));
}

function riskOfFew(recipe: ScannerRecipe, bars: ScannerBars, rows: readonly CandidateRow[]): NamedColumns {
  const columns = RISK_COLUMNS.map(() => new Float64Array(rows.length).fill(Number.NaN));
  const filters: MarketFilters = new Map();
  const options = {
    windowBars: recipe.risk.windowBars,
    barMs: timeframeMs(recipe.universe.timeframe),
    horizon: scannerLabeler(recipe).horizonBars,
  };
  for (const [i, { index, row }] of rows.entries()) {
    const [told] = symbolRisk(bars.bars[index]!, bars.indices, [row], options, filters);
    for (const [c, value] of Object.values(told?.values ?? {}).entries()) columns[c]![i] = value;
  }
  return { names: RISK_COLUMNS, columns };
}

function splitOf(recipe: ScannerRecipe, rows: readonly CandidateRow[]): TimeSplit {
  const horizon = scannerLabeler(recipe).horizonBars;
  const embargoBars = Math.ceil((recipe.split.embargoBars ?? horizon) / recipe.everyBars);
  return calendarSplit(
    {
      closeTime: Float64Array.from(rows, (row) => row.time),
      knownAt: Float64Array.from(rows, (row) => row.knownAt),
      rows: Int32Array.from(rows.keys()),
    },
    { ...recipe.split, embargoBars },
    1,
  );
}

function stackOf(
  recipe: ScannerRecipe,
  { train, spans, validation, seed, signal }: StackRequest,
): Promise<StackFit> {
  const bases = Object.entries(recipe.stack.bases).map(([name, spec]) => {
    const { earlyStoppingRounds: _none, ...unwatched } = spec;
    const used = validation ? spec : unwatched;
    return { name, model: createPart<TabularModel>(tabularParts, used, `stack.bases.${name}`) };
  });
  const meta = createPart<TabularModel>(metaParts, recipe.stack.meta, "stack.meta");
  const context = { seed, threads: 1, ...(signal ? { signal } : {}) };
  return fitStack(bases, meta, stackConfigOf(recipe), train, spans, validation, context);
}

/** Classes of rows as the stack learns them. */
export function classTarget(rows: readonly CandidateRow[], places: Int32Array): TabularData["target"] {
  return {
    kind: "classes",
    classes: [...SIGNALS],
    y: Int32Array.from(places, (place) => rows[place]!.class),
  };
}

/** The recipe's weight, risk rules and costs over the bars of several symbols, through the one loop. */
async function fills(
  recipe: ScannerRecipe,
  series: readonly BarSeries[],
  signals: Int8Array,
): Promise<AuditFill[]> {
  const [traded] = series;
  if (!traded) return [];
  const wanted = Array.from(signals, (signal, t) => ({
    time: traded.closeTime[t]!,
    holdings:
      signal > 0
        ? [{ instrument: traded.instrument, weight: recipe.portfolio.weight, reason: "planted" }]
        : [],
  }));
  const run = await simulatePortfolio({
    series,
    timeframeMs: timeframeMs(recipe.universe.timeframe),
    strategy: targetTape(
      wanted,
      series.map((one) => one.instrument),
    ),
    rules: recipe.portfolio.risk.map((spec, i) => createRiskRule(spec, `portfolio.risk.${i}`)),
    config: { ...recipe.costs, stop: null, target: null, initialCash: recipe.initialCash },
    onGap: recipe.universe.market === "stock" ? "ride" : "halt",
  });
  const decided = new Map(run.orders.map((order) => [order.id, order.time]));
  return run.fills.map((fill) => ({
    decided: decided.get(fill.orderId) ?? null,
    kind: fill.kind === "order" ? "order" : fill.kind === "endOfData" ? "end" : "exit",
    time: fill.time,
    barTime: fill.barTime,
    price: Number(fill.referencePrice) / 1e8,
  }));
}
