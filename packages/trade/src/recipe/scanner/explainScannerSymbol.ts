import { DataError, UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime, parseTime } from "../../core/time.ts";
import { SIGNALS, type Signal } from "../../labels/labeler.ts";
import { checkSymbol } from "../../market/index.ts";
import type { FittedTabular, Table } from "../../models/tabular/tabularModel.ts";
import { treeMargins } from "../../models/trees/treeMargins.ts";
import type { ScanOptionsInput } from "../../signals/momentumScan/index.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { openScan } from "../scan/index.ts";
import type { CandidateRow } from "./candidateRows.ts";
import { judgeRows } from "./judgeRows.ts";
import { scannerBars } from "./scannerBars.ts";
import { COLUMN_GROUPS, type ColumnGroup, groupsOf } from "./scannerGroups.ts";
import type { ScannerModel } from "./scannerModel.ts";

/** Base models whose Shapley values are of log-odds, so that they can be averaged. */
const OF_LOG_ODDS = ["xgboost", "lightgbm"];
const TOP_COLUMNS = 20;
/** Values are in 32-bit floats: their sum may miss the score by as many rounding errors as there are columns. */
const TOLERANCE = 1e-6;

/** Why one boosted base model said what it said; all numbers in units of its raw score (log-odds up to a constant). */
export interface MemberShapley {
  readonly name: string;
  readonly kind: string;
  /** score of an average row */
  readonly base: number;
  /** of all columns */
  readonly sum: number;
  /** raw score as the library tells it without Shapley values */
  readonly score: number;
  /** |base + sum - score| over |base| + Σ|values| */
  readonly gap: number;
  readonly additive: boolean;
}

export interface ScannerSymbolExplanation {
  readonly task: "scan";
  readonly about: "symbol";
  readonly model: string;
  readonly symbol: string;
  readonly as_of: string;
  readonly decision: Signal;
  readonly probabilities: Readonly<Record<Signal, number>>;
  /** which class's raw score is explained */
  readonly output: Signal;
  readonly members: readonly MemberShapley[];
  /** members without log-odds: they voted, and nothing here is of them */
  readonly unexplained: readonly string[];
  /** means over the members: the average row's score, and this row's */
  readonly baseline: number;
  readonly value: number;
  /** sums of contributions; with the baseline they add up to the value */
  readonly byGroup: readonly {
    readonly group: ColumnGroup;
    readonly columns: number;
    readonly contribution: number;
  }[];
  /** largest by size first */
  readonly byColumn: readonly {
    readonly column: string;
    readonly group: ColumnGroup;
    readonly value: number | null;
    readonly contribution: number;
  }[];
  /** contributions of all columns that are not in `byColumn` */
  readonly rest: { readonly columns: number; readonly contribution: number };
}

/** @throws UsageError where the model has no boosted base */
export function boostedMembers(model: ScannerModel): { name: string; fitted: FittedTabular }[] {
  const names = model.manifest.stack.members.map(({ name }) => name);
  return model.stack.members.flatMap((fitted, i) =>
    OF_LOG_ODDS.includes(fitted.kind) && fitted.contributions ? [{ name: names[i]!, fitted }] : [],
  );
}

/**
 * Shapley values (TreeSHAP) of one class's raw score, averaged over the boosted base models, for one symbol as of a moment.
 * @throws DataError where the symbol's bars are too few, stale, or filtered out by the scan
 */
export async function explainScannerSymbol(
  context: PipelineContext,
  model: ScannerModel,
  asked: { readonly symbol: string; readonly at?: string | undefined; readonly output?: Signal | undefined },
  onProgress: OnProgress = () => {},
): Promise<ScannerSymbolExplanation> {
  const { manifest, stack } = model;
  const { output = "BUY" } = asked;
  const members = boostedMembers(model);
  if (members.length === 0)
    throw new UsageError(
      `model ${manifest.id} has no base of ${OF_LOG_ODDS.join(" or ")}, the models with Shapley values of log-odds: leave --symbol out for permutation importance`,
    );
  const workspace = await workspaceOf(context);
  const symbol = checkSymbol(asked.symbol);
  const { indices, exclude } = manifest.recipe.universe;
  if ([...indices, ...exclude].includes(symbol))
    throw new UsageError(
      `${symbol} is no candidate of model ${manifest.id}, which learned from none like it: choose a symbol that is no index or fund of its recipe`,
    );
  const until = asked.at === undefined ? undefined : parseTime(asked.at, "at");
  const { signal } = context;
  const tell = (stage: string, done = 0, total: number | null = null): void =>
    onProgress({ stage, done, total, secondsLeft: null });
  tell(`reading the bars of ${[symbol, ...indices].join(", ")}`);
  const bars = await scannerBars(workspace, manifest.recipe, {
    symbols: [symbol],
    until,
    signal,
  });
  const row = await rowOf(context, model, symbol, until, bars.bars[0]!.length);
  const { table, probabilities, decision } = await judgeRows(model, bars, [row], { signal, onProgress });
  const k = SIGNALS.indexOf(output);
  const width = table.names.length;
  const mean = new Float64Array(width);
  const told: MemberShapley[] = [];
  for (const [i, { name, fitted }] of members.entries()) {
    signal?.throwIfAborted();
    tell(`Shapley values of ${name}`, i, members.length);
    const shapley = await shapleyOf(fitted, table, k);
    for (let f = 0; f < width; f++) mean[f]! += shapley.values[f]! / members.length;
    told.push({ name, kind: fitted.kind, ...shapley.sums });
  }
  const groups = groupsOf(table.names, manifest.timeframes);
  const order = [...mean.keys()].sort((a, b) => Math.abs(mean[b]!) - Math.abs(mean[a]!) || a - b);
  const total = (places: readonly number[]): number => places.reduce((sum, f) => sum + mean[f]!, 0);
  const [top, rest] = [order.slice(0, TOP_COLUMNS), order.slice(TOP_COLUMNS)];
  const baseline = told.reduce((sum, { base }) => sum + base, 0) / told.length;
  return {
    task: "scan",
    about: "symbol",
    model: manifest.id,
    symbol,
    as_of: isoTime(row.time),
    decision: SIGNALS[decision[0]!]!,
    probabilities: { BUY: probabilities[0]!, HOLD: probabilities[1]!, SELL: probabilities[2]! },
    output,
    members: told,
    unexplained: stack.manifest.members
      .map(({ name }) => name)
      .filter((name) => !members.some((member) => member.name === name)),
    baseline,
    value: baseline + total(order),
    byGroup: COLUMN_GROUPS.map((group) => {
      const own = order.filter((f) => groups[f] === group);
      return { group, columns: own.length, contribution: total(own) };
    }),
    byColumn: top.map((f) => ({
      column: table.names[f]!,
      group: groups[f]!,
      value: Number.isFinite(table.values[f]!) ? table.values[f]! : null,
      contribution: mean[f]!,
    })),
    rest: { columns: rest.length, contribution: total(rest) },
  };
}

/** The symbol's last bar as the scan measures it: a candidate, whatever its rank. */
async function rowOf(
  context: PipelineContext,
  { manifest }: ScannerModel,
  symbol: string,
  until: number | undefined,
  length: number,
): Promise<CandidateRow> {
  const { market, timeframe } = manifest.recipe.universe;
  const held = await openScan(context, {
    ...(manifest.recipe.scan as ScanOptionsInput),
    market,
    timeframe,
    symbols: [symbol],
    asOf: until,
  });
  const { candidates, dropped, asOf } = held.scan();
  const [candidate] = candidates;
  if (!candidate) {
    const why = dropped.find((one) => one.symbol === symbol);
    throw new DataError(
      `${symbol} is no candidate${Number.isFinite(asOf) ? ` as of ${isoTime(asOf)}` : ""}: ${why ? `${why.reason}: ${why.detail}` : "the scan measured nothing"}; choose another symbol or --at`,
    );
  }
  return {
    symbol,
    index: 0,
    row: length - 1,
    time: candidate.asOf,
    candidate,
    class: Number.NaN,
    forwardReturn: Number.NaN,
    knownAt: Number.POSITIVE_INFINITY,
  };
}

/** Shapley values [F] of class k's raw score in the table's first row, and what they add up to. */
async function shapleyOf(
  fitted: FittedTabular,
  table: Table,
  k: number,
): Promise<{ values: Float64Array; sums: Omit<MemberShapley, "name" | "kind"> }> {
  const width = table.names.length;
  const told = await fitted.contributions!(table);
  const values = Float64Array.from(told.subarray(k * (width + 1), k * (width + 1) + width));
  const base = told[k * (width + 1) + width]!;
  const score = (await treeMargins(fitted.onnx, fitted.manifest, table))[k]!;
  const sum = values.reduce((a, b) => a + b, 0);
  const size = values.reduce((a, b) => a + Math.abs(b), Math.abs(base));
  const gap = size === 0 ? Math.abs(score) : Math.abs(base + sum - score) / size;
  return { values, sums: { base, sum, score, gap, additive: gap <= TOLERANCE } };
}
