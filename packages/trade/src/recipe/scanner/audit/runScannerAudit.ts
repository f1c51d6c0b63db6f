import { lowerBound, upperBound } from "../../../core/columns.ts";
import type { OnProgress } from "../../../core/progress.ts";
import { isoTime } from "../../../core/time.ts";
import { type BarSeries, sliceBars } from "../../../market/bars.ts";
import { SignalNet } from "../../../models/signalNet/signalNet.ts";
import type { AuditCheck, AuditReport } from "../../../wire/audit.ts";
import { AuditSteps } from "../../audit/auditSteps.ts";
import { checkFills } from "../../audit/checkFills.ts";
import { deviationOf } from "../../audit/checkWarmUp.ts";
import { ColumnBook } from "../../audit/columnBook.ts";
import { columnCheck } from "../../audit/columnCheck.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { NamedColumns } from "../scannerTable.ts";
import { type TimeframeParts, type TimeframeRows, timeframeParts } from "../timeframeRows.ts";
import { checkScannerFit } from "./checkScannerFit.ts";
import { checkScannerFolds } from "./checkScannerFolds.ts";
import { checkScannerMoments, type WholeScanner } from "./checkScannerMoments.ts";
import { checkScannerWarmUp } from "./checkScannerWarmUp.ts";
import { checkPermutedScanner } from "./permutedScanner.ts";
import { scannerMoments } from "./scannerMoments.ts";
import type { ScannerPipeline } from "./scannerPipeline.ts";
import { type ScannerTraining, scannerRows, trainStages } from "./scannerTraining.ts";
import type { ScannerAuditSize } from "./smallScanner.ts";

export interface RunScannerAuditOptions {
  readonly size: Pick<ScannerAuditSize, "moments" | "samples" | "trials">;
  /** all timeframes of the recipe: those without a network are assembled and looked at as well */
  readonly names: readonly string[];
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Runs the stages of a recipe again on bars that are cut off and on bars whose future is another one, and compares. Six checks:
 * truncation, perturbation, overlap of parts and folds, permuted labels, warm-up, fills. The same pipeline, bars and seed give
 * the same report.
 * @throws DataError where too few candidates have an outcome; AbortError when stopped
 */
export async function runScannerAudit(
  pipeline: ScannerPipeline,
  bars: ScannerBars,
  { size, names, seed, signal, onProgress }: RunScannerAuditOptions,
): Promise<AuditReport> {
  const { recipe } = pipeline;
  onProgress?.({ stage: "candidates and features", done: 0, total: null, secondsLeft: null });
  const parts = timeframeParts(recipe);
  const all = pipeline.candidates(bars);
  const known = scannerRows(pipeline, bars, all);
  const features = await pipeline.features(bars, all, signal);
  const places = new Map(all.map((row, place) => [row, place]));
  const ofKnown = pick(features, known.rows, places);
  const moments = scannerMoments(bars, all, known, { count: size.moments, seed });
  const steps = new AuditSteps(
    { moments: 2 * moments.length + size.samples, trainings: 5 + size.trials },
    onProgress,
    signal,
  );
  const book = new ColumnBook();
  onProgress?.({ stage: "volatility and dependence", done: 0, total: null, secondsLeft: null });
  const risk = await pipeline.risk(bars, known.rows, signal);
  const input = { parts, features: ofKnown, risk, seed, signal };
  const watched = await steps.run("trainings", "training", () =>
    trainStages(pipeline, bars, known, { ...input, isWatched: true }),
  );
  const opened: { close(): Promise<void> }[] = [watched.stack.stack];
  try {
    const plain = await steps.run("trainings", "training without validation rows", () =>
      trainStages(pipeline, bars, known, { ...input, isWatched: false }),
    );
    opened.push(plain.stack.stack);
    const nets = new Map<string, SignalNet>();
    for (const { timeframe, fit } of watched.nets) {
      if (!fit) continue;
      const net = await SignalNet.open(fit.onnx, fit.manifest);
      opened.push(net);
      nets.set(timeframe, net);
    }
    const whole: WholeScanner = {
      pipeline,
      parts,
      bars,
      all,
      features,
      timeframes: rowsOfNets(pipeline, parts, bars, known.at, [...nets.keys()]),
      nets,
      stack: watched.stack.stack,
      names,
      at: known.at,
    };
    await checkScannerMoments(whole, { moments, seed, steps, book });
    const spread = spreadOf(watched);
    await checkScannerWarmUp(whole, { samples: size.samples, spread, seed, steps, book });
    await checkScannerFit({ pipeline, parts, bars, known, risk, watched, plain, seed, signal, steps, book });
    const folds = await checkScannerFolds({
      pipeline,
      parts,
      bars,
      known,
      trained: plain,
      seed,
      signal,
      steps,
    });
    const { trials } = size;
    const permuted = await checkPermutedScanner({ pipeline, known, plain, trials, seed, signal, steps });
    const checks: AuditCheck[] = [
      columnCheck(book, "truncation", "values from the bars up to a moment are those from all bars"),
      columnCheck(book, "perturbation", "another future changes nothing that was known"),
      folds,
      permuted.check,
      columnCheck(book, "warmUp", "the declared lookback is enough"),
      await checkFills(
        { trade: (series, signals) => pipeline.trade([series, ...beside(bars, series)], signals) },
        bars.bars[0]!,
        seed,
        recipe.universe.market === "stock" ? "session" : "step",
      ),
    ];
    return {
      recipe: recipe.name,
      verdict: checks.some((check) => check.verdict === "leak") ? "leak" : "clean",
      symbols: bars.bars.map((one) => ({
        symbol: one.instrument,
        rows: one.length,
        from: isoTime(one.closeTime[0]!),
        to: isoTime(one.closeTime[one.length - 1]!),
      })),
      context: bars.indices.map((series) => series.instrument),
      examples: {
        train: known.split.train.rows.length,
        validation: known.split.validation.rows.length,
        test: known.split.test.rows.length,
      },
      seed,
      moments: moments.map(isoTime),
      training: trainingOf(watched),
      checks,
      permutation: permuted.permutation,
      columns: book.columns(),
      notes: notesOf(pipeline, bars, watched, names),
    };
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
}

/** The indices of the days of a series: they share its account, and are not traded. */
function beside({ indices }: ScannerBars, { closeTime, length }: BarSeries): BarSeries[] {
  return indices.map((one) =>
    sliceBars(
      one,
      lowerBound(one.closeTime, closeTime[0] ?? 0),
      upperBound(one.closeTime, closeTime[length - 1] ?? 0),
    ),
  );
}

function pick(
  { names, columns }: NamedColumns,
  rows: readonly CandidateRow[],
  places: ReadonlyMap<CandidateRow, number>,
): NamedColumns {
  return {
    names,
    columns: columns.map((column) => Float32Array.from(rows, (row) => column[places.get(row)!]!)),
  };
}

function rowsOfNets(
  pipeline: ScannerPipeline,
  parts: TimeframeParts,
  bars: ScannerBars,
  at: number,
  trained: readonly string[],
): Map<string, TimeframeRows> {
  return new Map(
    trained.flatMap((timeframe) => {
      const rows = pipeline.timeframeRows(parts, bars.sources, timeframe, { at });
      return rows ? [[timeframe, rows] as const] : [];
    }),
  );
}

/** Deviation of each column of the training table. */
function spreadOf({ table }: ScannerTraining): Map<string, number> {
  const width = table.names.length;
  return new Map(
    table.names.map((name, f) => [
      name,
      deviationOf(Float32Array.from({ length: table.rows }, (_, i) => table.values[i * width + f]!)),
    ]),
  );
}

function trainingOf({ nets, stack }: ScannerTraining): string {
  const told = nets.map(
    ({ timeframe, windows, symbols }) => `${timeframe} (${windows} windows of ${symbols} symbols)`,
  );
  const members = stack.stack.manifest.members.map(({ name }) => name).join(", ");
  return `a small network of ${told.join(", ")}; a small stack of ${members}`;
}

function notesOf(
  { recipe }: ScannerPipeline,
  bars: ScannerBars,
  { nets }: ScannerTraining,
  names: readonly string[],
): string[] {
  const without = names.filter((name) => !nets.some(({ timeframe, fit }) => timeframe === name && fit));
  return [
    `universe: ${bars.bars.length} symbols that are stored today; whether they are there for what became of them, no audit of bars can tell`,
    `the scan chooses ${String(recipe.scan.top)} of them`,
    ...(without.length > 0
      ? [
          `no network was trained for ${without.join(", ")}: bars and columns are looked at, forecasts are not`,
        ]
      : []),
    "timeframes of a symbol change together: a future in which they tell different prices leaves the symbol out of a timeframe, whole history and all, and is not tried",
  ];
}
