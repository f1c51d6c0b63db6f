import { upperBound } from "../../../core/columns.ts";
import { BAR_COLUMNS, type BarSeries } from "../../../market/bars.ts";
import type { SignalNet } from "../../../models/signalNet/signalNet.ts";
import type { FittedStack } from "../../../models/tabular/openStack.ts";
import { pickTable } from "../../../models/tabular/pickRows.ts";
import type { AuditSteps } from "../../audit/auditSteps.ts";
import { type ColumnBook, type ColumnKind, firstDifference } from "../../audit/columnBook.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import { type NamedColumns, tableOf } from "../scannerTable.ts";
import { forecastMoments } from "../timeframeNet.ts";
import type { SymbolSources, TimeframeParts, TimeframeRows } from "../timeframeRows.ts";
import { timeframeColumns } from "../trainScanner.ts";
import { scannerBarsChangedAfter, scannerBarsUntil } from "./alteredScannerBars.ts";
import type { ScannerPipeline } from "./scannerPipeline.ts";

/** What the stages give of all bars. */
export interface WholeScanner {
  readonly pipeline: ScannerPipeline;
  readonly parts: TimeframeParts;
  readonly bars: ScannerBars;
  readonly all: readonly CandidateRow[];
  /** of `all` */
  readonly features: NamedColumns;
  /** of every timeframe that a network was trained for */
  readonly timeframes: ReadonlyMap<string, TimeframeRows>;
  readonly nets: ReadonlyMap<string, SignalNet>;
  readonly stack: FittedStack;
  /** all timeframes of the recipe, whether a network was trained or not */
  readonly names: readonly string[];
  /** ms UTC of the last bar */
  readonly at: number;
}

export interface ScannerMomentsOptions {
  readonly moments: readonly number[];
  readonly seed: number;
  readonly steps: AuditSteps;
  readonly book: ColumnBook;
}

type Check = "truncation" | "perturbation";

/** Candidates whose risk and prediction are told anew in a moment. */
const ASKED = 3;

/**
 * Truncation and perturbation, moment by moment and stage by stage: who was chosen and what he was measured by, features, risk,
 * assembled bars of every timeframe, what the networks read and say, and the stack's answer, from the bars up to the moment
 * and from bars with another future, must be those of all bars, bit for bit.
 */
export async function checkScannerMoments(
  whole: WholeScanner,
  { moments, seed, steps, book }: ScannerMomentsOptions,
): Promise<void> {
  for (const [m, moment] of moments.entries()) {
    for (const check of ["truncation", "perturbation"] as const) {
      await steps.run("moments", `${check} of the stages`, async () => {
        const other =
          check === "truncation"
            ? scannerBarsUntil(whole.bars, moment)
            : scannerBarsChangedAfter(whole.bars, moment, seed + m);
        // bars cut off are asked as of the moment, those with another future as of their end, as all bars are
        const look = { whole, other, moment, check, book, at: check === "truncation" ? moment : whole.at };
        const { was, became } = compareCandidates(look);
        compareNamed(
          look,
          "feature",
          was.map(({ row }) => row),
          pickColumns(
            whole.features,
            was.map(({ place }) => place),
          ),
          await whole.pipeline.features(other, became),
        );
        compareBars(look);
        const rows = compareTimeframes(look, m);
        await compareForecasts(look, rows);
        await comparePredictions(look, was, became, rows);
      });
    }
  }
}

interface Look {
  readonly whole: WholeScanner;
  readonly other: ScannerBars;
  readonly moment: number;
  readonly check: Check;
  readonly book: ColumnBook;
  /** ms UTC, of `other` */
  readonly at: number;
}

interface Placed {
  readonly row: CandidateRow;
  /** among all candidates of all bars */
  readonly place: number;
}

/** Who was chosen up to the moment, in their order; rows that both know, for what is looked at next. */
function compareCandidates(look: Look): { was: Placed[]; became: CandidateRow[] } {
  const { whole, other, moment, book, check } = look;
  const keyOf = ({ time, symbol }: CandidateRow): string => `${time} ${symbol}`;
  const was = whole.all.map((row, place): Placed => ({ row, place })).filter(({ row }) => row.time <= moment);
  const became = whole.pipeline.candidates(other).filter((row) => row.time <= moment);
  const first = was.findIndex(({ row }, i) => !became[i] || keyOf(row) !== keyOf(became[i]));
  const at = first < 0 && became.length > was.length ? was.length : first;
  const odd = was[at]?.row ?? became[at];
  const leak =
    at < 0 || !odd
      ? null
      : {
          symbol: odd.symbol,
          row: odd.time,
          moment,
          was: was[at] ? 1 : 0,
          became: Number(became.some((row) => keyOf(row) === keyOf(odd))),
          note: "chosen in another place, or not at all",
        };
  book.record({ kind: "membership", name: "candidates", check, compared: was.length, leak });
  const byKey = new Map(became.map((row) => [keyOf(row), row]));
  const both = was.filter(({ row }) => byKey.has(keyOf(row)));
  const again = both.map(({ row }) => byKey.get(keyOf(row))!);
  const labels = (rows: readonly CandidateRow[]): NamedColumns => ({
    names: ["class", "forwardReturn"],
    columns: [
      Float64Array.from(rows, (row) => row.class),
      Float64Array.from(rows, (row) => row.forwardReturn),
    ],
  });
  // a label that either side calls known by then is known to both, with one value
  const known = both.flatMap(({ row }, i) =>
    row.knownAt <= moment || again[i]!.knownAt <= moment ? [i] : [],
  );
  const rowsOf = (from: readonly CandidateRow[]): CandidateRow[] => known.map((i) => from[i]!);
  const wasKnown = rowsOf(both.map(({ row }) => row));
  compareNamed(look, "label", wasKnown, labels(wasKnown), labels(rowsOf(again)));
  return { was: both, became: again };
}

function compareNamed(
  { check, book, moment }: Look,
  kind: ColumnKind,
  rows: readonly Pick<CandidateRow, "symbol" | "time">[],
  was: NamedColumns,
  became: NamedColumns,
): void {
  for (const [c, name] of was.names.entries()) {
    const [a, b] = [was.columns[c]!, became.columns[c] ?? []];
    const at = firstDifference(a, b, rows.length);
    const leak =
      at < 0
        ? null
        : { symbol: rows[at]!.symbol, row: rows[at]!.time, moment, was: a[at]!, became: b[at] ?? Number.NaN };
    book.record({ kind, name, check, compared: rows.length, leak });
  }
}

function pickColumns({ names, columns }: NamedColumns, places: readonly number[]): NamedColumns {
  return { names, columns: columns.map((column) => Float32Array.from(places, (place) => column[place]!)) };
}

/** Bars of every timeframe as they would be assembled then; those that close by the moment are those of all bars. */
function compareBars({ whole, other, moment, check, book, at }: Look): void {
  const { pipeline, names } = whole;
  for (const timeframe of names) {
    for (const [i, symbol] of whole.bars.sources.entries()) {
      // of one source nothing is assembled: one such symbol stands for all
      if (symbol.sources.length < 2 && i > 0) continue;
      const was = upTo(pipeline.assemble(symbol, timeframe, whole.at), moment);
      const became = upTo(pipeline.assemble(other.sources[i]!, timeframe, at), moment);
      const length = Math.max(was.length, became.length);
      for (const column of ["closeTime", ...BAR_COLUMNS] as const) {
        const row = firstDifference(was[column], became[column], length);
        const leak =
          row < 0
            ? null
            : {
                symbol: symbol.symbol,
                row: was.closeTime[row] ?? became.closeTime[row]!,
                moment,
                was: was[column][row] ?? Number.NaN,
                became: became[column][row] ?? Number.NaN,
                note: `bar of ${timeframe}`,
              };
        book.record({ kind: "bar", name: `${timeframe} ${column}`, check, compared: length, leak });
      }
    }
  }
}

function upTo(
  bars: BarSeries,
  moment: number,
): Pick<BarSeries, "length" | "closeTime" | (typeof BAR_COLUMNS)[number]> {
  const length = upperBound(bars.closeTime, moment);
  const cut = (column: Float64Array): Float64Array => column.subarray(0, length);
  return {
    length,
    closeTime: cut(bars.closeTime),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

/**
 * What the networks read up to the moment: features and outcomes of every row, and whether a whole window ends there. Of
 * timeframes without a network one symbol in turn.
 */
function compareTimeframes(look: Look, m: number): Map<string, TimeframeRows> {
  const { whole, other, at, moment, check, book } = look;
  const found = new Map<string, TimeframeRows>();
  for (const timeframe of whole.names) {
    const trained = whole.timeframes.get(timeframe);
    const several = whole.bars.sources.flatMap(({ sources }, i) => (sources.length > 1 ? [i] : []));
    const picked = several[m % Math.max(1, several.length)];
    if (!trained && picked === undefined) continue;
    const pick = (bars: ScannerBars): readonly SymbolSources[] =>
      trained ? bars.sources : [bars.sources[picked!]!];
    const rowsOf = (bars: ScannerBars, to: number): TimeframeRows | undefined =>
      whole.pipeline.timeframeRows(whole.parts, pick(bars), timeframe, { at: to });
    const was = trained ?? rowsOf(whole.bars, whole.at);
    const became = rowsOf(other, at);
    if (became && trained) found.set(timeframe, became);
    if (!was || !became) continue;
    for (const range of was.stack.symbols) {
      const place = became.stack.symbols.find(({ symbol }) => symbol === range.symbol);
      // too short for a window then
      if (!place) continue;
      const times = was.stack.closeTime.subarray(range.from, range.to);
      const length = upperBound(times, moment);
      const record = (
        kind: ColumnKind,
        name: string,
        a: ArrayLike<number>,
        b: ArrayLike<number>,
        n: number,
        note: string,
      ): void => {
        const row = firstDifference(a, b, n);
        const leak =
          row < 0
            ? null
            : {
                symbol: range.symbol,
                row: times[row]!,
                moment,
                was: a[row]!,
                became: b[row] ?? Number.NaN,
                note,
              };
        book.record({ kind, name, check, compared: n, leak });
      };
      for (const [f, column] of was.stack.features.entries()) {
        record(
          "input",
          `${timeframe} features`,
          column.subarray(range.from, range.to),
          became.stack.features[f]!.subarray(place.from, place.to),
          length,
          was.names[f]!,
        );
      }
      record(
        "input",
        `${timeframe} windows`,
        was.whole.subarray(range.from, range.to),
        became.whole.subarray(place.from, place.to),
        length,
        "whether a whole window ends there",
      );
      for (const name of Object.keys(was.stack.targets)) {
        record(
          "label",
          `${timeframe} ${name}`,
          knownBy(was, name, range.from, length, moment),
          knownBy(became, name, place.from, length, moment),
          length,
          "known by then, and yet another one",
        );
      }
    }
  }
  return found;
}

/** Outcomes of rows from `from` on; NaN where they are not known by the moment. */
function knownBy(
  { stack }: TimeframeRows,
  name: string,
  from: number,
  length: number,
  moment: number,
): Float32Array {
  return Float32Array.from({ length }, (_, t) =>
    stack.knownAt[from + t]! <= moment ? stack.targets[name]![from + t]! : Number.NaN,
  );
}

/** What each network says of every symbol at the moment itself. */
async function compareForecasts(look: Look, rows: ReadonlyMap<string, TimeframeRows>): Promise<void> {
  const { whole, moment } = look;
  const moments = whole.bars.sources.map(({ symbol }) => ({ symbol, time: moment }));
  for (const [timeframe, net] of whole.nets) {
    const became = rows.get(timeframe);
    if (!became) continue;
    const said = await forecastMoments(net, whole.timeframes.get(timeframe)!, moments, undefined);
    const again = await forecastMoments(net, became, moments, undefined);
    compareNamed(
      look,
      "prediction",
      moments,
      timeframeColumns([{ timeframe, ...said }]),
      timeframeColumns([{ timeframe, ...again }]),
    );
  }
}

/** Risk of a few candidates of the last day of decision, and what the stack says of them. */
async function comparePredictions(
  look: Look,
  placed: readonly Placed[],
  again: readonly CandidateRow[],
  rows: ReadonlyMap<string, TimeframeRows>,
): Promise<void> {
  const { whole, other } = look;
  const day = placed.at(-1)?.row.time;
  if (day === undefined) return;
  const last = placed.flatMap(({ row }, i) => (row.time === day ? [i] : [])).slice(0, ASKED);
  const was = last.map((i) => placed[i]!.row);
  const became = last.map((i) => again[i]!);
  const risk = await whole.pipeline.risk(whole.bars, was);
  const riskAgain = await whole.pipeline.risk(other, became);
  compareNamed(look, "feature", was, risk, riskAgain);
  const features = pickColumns(
    whole.features,
    last.map((i) => placed[i]!.place),
  );
  const table = await tableAt(whole, was, { features, risk, rows: whole.timeframes });
  const tableAgain = await tableAt(whole, became, {
    features: await whole.pipeline.features(other, became),
    risk: riskAgain,
    rows,
  });
  const answer = (await whole.stack.votes(table)).answer;
  const answerAgain = (await whole.stack.votes(tableAgain)).answer;
  const { outputs } = whole.stack;
  const columnsOf = (values: Float32Array): NamedColumns => ({
    names: outputs.map((name) => `stack ${name}`),
    columns: outputs.map((_, k) => Float32Array.from(was, (_row, i) => values[i * outputs.length + k]!)),
  });
  compareNamed(look, "prediction", was, columnsOf(answer), columnsOf(answerAgain));
}

/** What the stack reads of rows of one day. */
async function tableAt(
  whole: WholeScanner,
  asked: readonly CandidateRow[],
  from: {
    readonly features: NamedColumns;
    readonly risk: NamedColumns;
    readonly rows: ReadonlyMap<string, TimeframeRows>;
  },
) {
  const told = [];
  for (const timeframe of whole.pipeline.recipe.timeframes.names) {
    const [net, rows] = [whole.nets.get(timeframe), from.rows.get(timeframe)];
    const none = new Float32Array(asked.length).fill(Number.NaN);
    told.push({
      timeframe,
      ...(net && rows ? await forecastMoments(net, rows, asked, undefined) : { expected: none, edge: none }),
    });
  }
  const table = tableOf([from.features, timeframeColumns(told), from.risk], asked.length);
  return pickTable(
    table,
    asked.map((_, i) => i),
  );
}
