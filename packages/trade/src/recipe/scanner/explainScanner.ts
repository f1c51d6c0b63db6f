import { UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import type { Signal } from "../../labels/labeler.ts";
import { type PartialDependence, partialDependence } from "../../models/explain/partialDependence.ts";
import { permutationImportance } from "../../models/explain/permutationImportance.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { type ExplainedRows, explainScannerRows } from "./explainScannerRows.ts";
import {
  boostedMembers,
  explainScannerSymbol,
  type ScannerSymbolExplanation,
} from "./explainScannerSymbol.ts";
import { COLUMN_GROUPS, type ColumnGroup, groupsOf } from "./scannerGroups.ts";
import { openScannerModel, type ScannerModel } from "./scannerModel.ts";

export interface ScannerExplainQuery {
  readonly model: string;
  readonly symbol?: string | undefined;
  readonly at?: string | undefined;
  /** which class's score or probability; BUY unless said */
  readonly output?: Signal | undefined;
  /** permutation importance on the test rows; so also without symbol and column */
  readonly global?: boolean | undefined;
  /** partial dependence on this column */
  readonly column?: string | undefined;
}

export interface ImportanceLine {
  readonly name: string;
  readonly group: ColumnGroup;
  readonly columns: number;
  /** mean rise of the log loss when it is shuffled over the test rows */
  readonly drop: number;
  /** 95 %, of the shuffling alone: the rows are held fixed */
  readonly low: number;
  readonly high: number;
}

export interface ScannerRowsExplanation {
  readonly task: "scan";
  readonly about: "rows";
  readonly model: string;
  readonly rows: number;
  readonly days: number;
  readonly loss: number;
  readonly trainedLoss: number;
  /** null unless asked for */
  readonly importance: {
    readonly repeats: number;
    readonly chosenBy: string;
    readonly byGroup: readonly ImportanceLine[];
    readonly byColumn: readonly ImportanceLine[];
  } | null;
  readonly dependence: PartialDependence | null;
}

export type ScannerExplanation = ScannerSymbolExplanation | ScannerRowsExplanation;

const REPEATS = 10;
const TOP_COLUMNS = 20;

/**
 * Why a model of a recipe of stages says what it says: of one symbol (Shapley values of the boosted bases), or over its test rows
 * (permutation importance of the calibrated stack by group and by column; partial dependence on one column).
 * @throws UsageError for a column that the model has not; DataError where the bars of the training are not stored
 */
export async function explainScanner(
  context: PipelineContext,
  query: ScannerExplainQuery,
  onProgress?: OnProgress,
): Promise<ScannerExplanation> {
  const { symbol, at, output, column, global } = query;
  if (symbol !== undefined && (global || column !== undefined))
    throw new UsageError("--symbol explains one row, --global and --column all test rows: give one of them");
  if (symbol === undefined && at !== undefined)
    throw new UsageError("--at is the moment of a symbol: give --symbol, or leave --at out");
  const workspace = await workspaceOf(context);
  const model = await openScannerModel(workspace, { model: query.model });
  try {
    if (symbol !== undefined)
      return await explainScannerSymbol(context, model, { symbol, at, output }, onProgress);
    const { names } = model.stack;
    if (column !== undefined && !names.includes(column))
      throw new UsageError(
        `column '${column}' is none of model ${model.manifest.id}'s ${names.length}: ${names.slice(0, 5).join(", ")} … ${names.slice(-8).join(", ")}`,
      );
    const { signal } = context;
    const explained = await explainScannerRows(workspace, model, { signal, onProgress });
    const isGlobal = global || column === undefined;
    return {
      task: "scan",
      about: "rows",
      model: model.manifest.id,
      rows: explained.data.table.rows,
      days: explained.days,
      loss: explained.loss,
      trainedLoss: explained.trainedLoss,
      importance: isGlobal ? await importanceOf(model, explained, signal, onProgress) : null,
      dependence:
        column === undefined
          ? null
          : await partialDependence(
              model.stack,
              explained.data.table,
              column,
              output ?? "BUY",
              signal ? { signal } : {},
            ),
    };
  } finally {
    await model.close();
  }
}

async function importanceOf(
  model: ScannerModel,
  { data }: ExplainedRows,
  signal: AbortSignal | undefined,
  onProgress: OnProgress = () => {},
): Promise<NonNullable<ScannerRowsExplanation["importance"]>> {
  const { names } = model.stack;
  const groups = groupsOf(names, model.manifest.timeframes);
  const seed = model.manifest.recipe.seed;
  const began = performance.now();
  const measured = (all: Record<string, string[]>, repeats: number, from: number) =>
    permutationImportance(model.stack, data, {
      seed: from,
      repeats,
      groups: all,
      ...(signal ? { signal } : {}),
      onProgress: (p) => {
        const perShuffle = (performance.now() - began) / 1000 / p.done;
        onProgress({ ...p, secondsLeft: p.total === null ? null : perShuffle * (p.total - p.done) });
      },
    });
  const { top, chosenBy } = await topColumns(model, data, (all) => measured(all, 2, seed + 1));
  const ofGroup = Object.fromEntries(
    COLUMN_GROUPS.map((group) => [`group ${group}`, names.filter((_, f) => groups[f] === group)]).filter(
      ([, columns]) => columns!.length > 0,
    ),
  ) as Record<string, string[]>;
  const ofColumn = Object.fromEntries(top.map((name) => [`column ${name}`, [name]]));
  const report = await measured({ ...ofGroup, ...ofColumn }, REPEATS, seed);
  const lines = (prefix: string): ImportanceLine[] =>
    report.groups
      .filter(({ group }) => group.startsWith(prefix))
      .map(({ group, columns, drop, interval }) => ({
        name: group.slice(prefix.length),
        group: groups[names.indexOf(columns[0]!)]!,
        columns: columns.length,
        drop,
        low: interval.low,
        high: interval.high,
      }));
  return { repeats: REPEATS, chosenBy, byGroup: lines("group "), byColumn: lines("column ") };
}

/**
 * Which columns are worth shuffling ten times: those with the largest mean |Shapley value| in the boosted bases, a measure that
 * the shuffles have no part in; without such a base those that two shuffles with another seed found.
 */
async function topColumns(
  model: ScannerModel,
  data: ExplainedRows["data"],
  shuffle: (groups: Record<string, string[]>) => Promise<{ groups: readonly { group: string }[] }>,
): Promise<{ top: string[]; chosenBy: string }> {
  const { names } = model.stack;
  const members = boostedMembers(model);
  if (members.length === 0) {
    const found = await shuffle(Object.fromEntries(names.map((name) => [name, [name]])));
    return {
      top: found.groups.slice(0, TOP_COLUMNS).map(({ group }) => group),
      chosenBy: "two shuffles of each column with another seed",
    };
  }
  const size = new Float64Array(names.length);
  for (const { fitted } of members) {
    const told = await fitted.contributions!(data.table);
    const width = names.length + 1;
    const own = new Float64Array(names.length);
    for (let at = 0; at < told.length; at += width)
      for (let f = 0; f < names.length; f++) own[f]! += Math.abs(told[at + f]!);
    const total = own.reduce((a, b) => a + b, 0);
    if (total > 0) for (let f = 0; f < names.length; f++) size[f]! += own[f]! / total;
  }
  return {
    top: [...size.keys()]
      .sort((a, b) => size[b]! - size[a]! || a - b)
      .slice(0, TOP_COLUMNS)
      .map((f) => names[f]!),
    chosenBy: `mean size of the Shapley values of ${members.map(({ name }) => name).join(" and ")}`,
  };
}
