import { upperBound } from "../../../core/columns.ts";
import { seededRandom } from "../../../core/random.ts";
import { type BarSeries, sliceBars } from "../../../market/bars.ts";
import {
  momentumScan,
  parseScanOptions,
  type ScanOptionsInput,
  tailBars,
} from "../../../signals/momentumScan/index.ts";
import type { AuditSteps } from "../../audit/auditSteps.ts";
import { WARM_UP_TOLERANCE } from "../../audit/checkWarmUp.ts";
import type { ColumnBook, ColumnKind } from "../../audit/columnBook.ts";
import { type CandidateRow, MOMENTUM_COLUMNS, momentumValues } from "../candidateRows.ts";
import { SPARE_BARS } from "../scanChain.ts";
import type { ScannerBars } from "../scannerBars.ts";
import { featureLookback, type NamedColumns } from "../scannerTable.ts";
import { forecastMoments } from "../timeframeNet.ts";
import { timeframeColumns } from "../trainScanner.ts";
import type { WholeScanner } from "./checkScannerMoments.ts";

export interface ScannerWarmUpOptions {
  readonly samples: number;
  /** of the training table, by column: what a distance is measured in */
  readonly spread: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly steps: AuditSteps;
  readonly book: ColumnBook;
}

/**
 * Warm-up: rows drawn at random, told from exactly as many bars before them as each stage declares to need. Features from their
 * lookback, the scan from its tail, risk from its window, forecasts from as many bars as a scan of today reads: each within
 * `WARM_UP_TOLERANCE` of the value by all history, as a scan of today must be to say what the training saw.
 */
export async function checkScannerWarmUp(
  whole: WholeScanner,
  { samples, spread, seed, steps, book }: ScannerWarmUpOptions,
): Promise<void> {
  const random = seededRandom(seed + 2);
  const { pipeline, all } = whole;
  for (let k = 0; k < samples && all.length > 0; k++) {
    const place = Math.floor(((k + random.next()) / samples) * all.length);
    const row = all[place]!;
    const compare = comparison(book, spread, row);
    await steps.run("moments", "warm-up of a row", async () => {
      const cut = (bars: number): readonly [ScannerBars, CandidateRow] => tailOf(whole.bars, row, bars);
      const [near, same] = cut(featureLookback(pipeline.recipe));
      const features = await pipeline.features(near, [same]);
      compare("feature", { ...whole.features, columns: rowOf(whole.features, place) }, features);
      compareScan(whole, row, compare);
      const risk = await pipeline.risk(whole.bars, [row]);
      const [window, last] = cut(pipeline.recipe.risk.windowBars);
      compare("feature", risk, await pipeline.risk(window, [last]));
      for (const [timeframe, net] of whole.nets) {
        const sources = whole.bars.sources.filter(({ symbol }) => symbol === row.symbol);
        const most = whole.parts.needed + SPARE_BARS;
        const rows = pipeline.timeframeRows(whole.parts, sources, timeframe, { at: row.time, most });
        const was = await forecastMoments(net, whole.timeframes.get(timeframe)!, [row], undefined);
        const none = new Float32Array(1).fill(Number.NaN);
        const became = rows
          ? await forecastMoments(net, rows, [row], undefined)
          : { expected: none, edge: none };
        compare(
          "prediction",
          timeframeColumns([{ timeframe, ...was }]),
          timeframeColumns([{ timeframe, ...became }]),
        );
      }
    });
  }
}

type Compare = (kind: ColumnKind, was: NamedColumns, became: NamedColumns) => void;

/** Compares the first number of each column. */
function comparison(book: ColumnBook, spread: ReadonlyMap<string, number>, row: CandidateRow): Compare {
  const { symbol, time } = row;
  return (kind, { names, columns }, became) => {
    for (const [c, name] of names.entries()) {
      const [a, b] = [columns[c]![0]!, became.columns[c]?.[0] ?? Number.NaN];
      const bothMissing = Number.isNaN(a) && Number.isNaN(b);
      const distance = bothMissing ? 0 : Math.abs(b - a) / (Math.abs(a) + (spread.get(name) ?? 0) || 1);
      const leak =
        distance <= WARM_UP_TOLERANCE ? null : { symbol, row: time, moment: time, was: a, became: b };
      book.record({ kind, name, check: "warmUp", compared: 1, leak });
      book.deviation(kind, name, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    }
  };
}

function rowOf({ columns }: NamedColumns, place: number): NamedColumns["columns"] {
  return columns.map((column) => Float64Array.of(column[place]!));
}

/** The row's own bars from `bars` before it on; the rest stays. */
function tailOf(bars: ScannerBars, row: CandidateRow, count: number): readonly [ScannerBars, CandidateRow] {
  const from = Math.max(0, row.row - count);
  const own = sliceBars(bars.bars[row.index]!, from, row.row + 1);
  const cut = bars.bars.map((one, i) => (i === row.index ? own : one));
  return [
    { ...bars, bars: cut },
    { ...row, row: row.row - from },
  ];
}

/** The scan of the last bars alone, as of the row's day: whether the row is among its candidates, and measured the same. */
function compareScan({ pipeline, bars }: WholeScanner, row: CandidateRow, compare: Compare): void {
  const { scan } = pipeline.recipe;
  const options = scan as ScanOptionsInput;
  const { windows } = parseScanOptions(options);
  const tails = bars.bars.map((one): BarSeries => {
    const end = upperBound(one.closeTime, row.time);
    return sliceBars(one, Math.max(0, end - tailBars(windows)), end);
  });
  const known = tails.filter((one) => one.length > 0);
  const found = momentumScan(known, { ...options, asOf: row.time }).candidates.find(
    ({ symbol }) => symbol === row.symbol,
  );
  const one = (values: readonly number[], names: readonly string[]): NamedColumns => ({
    names,
    columns: values.map((value) => Float64Array.of(value)),
  });
  compare("membership", one([1], ["candidates"]), one([found ? 1 : 0], ["candidates"]));
  if (!found) return;
  compare(
    "feature",
    one(momentumValues(row.candidate), MOMENTUM_COLUMNS),
    one(momentumValues(found), MOMENTUM_COLUMNS),
  );
}
