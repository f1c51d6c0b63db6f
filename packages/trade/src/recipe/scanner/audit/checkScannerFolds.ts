import { lowerBound } from "../../../core/columns.ts";
import { isoTime } from "../../../core/time.ts";
import type { Labeler } from "../../../labels/index.ts";
import type { StackedRows } from "../../../models/multiTask/stackedRows.ts";
import type { AuditCheck } from "../../../wire/audit.ts";
import type { AuditSteps } from "../../audit/auditSteps.ts";
import { checkOverlap } from "../../audit/checkOverlap.ts";
import { firstDifference } from "../../audit/columnBook.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { TimeSpan } from "../timeframeNet.ts";
import { embargoMs } from "../timeframeNet.ts";
import type { TimeframeParts } from "../timeframeRows.ts";
import { stackConfigOf } from "../trainScanner.ts";
import type { ScannerPipeline } from "./scannerPipeline.ts";
import { dataOf, type ScannerRows, type ScannerTraining, trainStage } from "./scannerTraining.ts";

export interface ScannerFoldsOptions {
  readonly pipeline: ScannerPipeline;
  readonly parts: TimeframeParts;
  readonly bars: ScannerBars;
  readonly known: ScannerRows;
  readonly trained: ScannerTraining;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly steps: AuditSteps;
}

/**
 * Purging and out-of-fold, in two ways. By counting: labels between the parts of the split (`checkOverlap`), and training rows
 * of each fold whose outcome's span overlaps the fold's, or that decide within the embargo after it. By trying: with other
 * outcomes throughout a fold's span, its purge and its embargo included, the networks' forecasts and the base models'
 * predictions of that fold's rows must stay the same, bit for bit, since nobody who tells of a fold may have learned from it.
 */
export async function checkScannerFolds(options: ScannerFoldsOptions): Promise<AuditCheck> {
  const { pipeline, known, steps } = options;
  const { rows, split } = known;
  const stack: StackedRows = {
    symbols: [{ symbol: "candidates", from: 0, to: rows.length }],
    closeTime: Float64Array.from(rows, (row) => row.time),
    knownAt: Float64Array.from(rows, (row) => row.knownAt),
    features: [],
    targets: {},
    usable: Int32Array.from(rows.keys()),
  };
  const parts = checkOverlap(stack, split, { window: 1, embargoBars: split.embargoBars });
  const faults = parts.verdict === "leak" ? [parts.finding] : [];
  let { compared } = parts;
  const embargoBars = stackConfigOf(pipeline.recipe).embargoBars;
  for (const [k, fold] of known.folds.entries()) {
    const { first, last, free } = foldSpan(known, k, embargoBars);
    const { time, knownAt } = known.spans;
    let [overlaps, within] = [0, 0];
    for (const row of fold.train) {
      if (knownAt[row]! <= first) continue;
      if (time[row]! < last) overlaps++;
      else if (time[row]! < free) within++;
    }
    compared += fold.train.length;
    const name = `fold ${k + 1} of ${known.folds.length} (${isoTime(first)} to ${isoTime(last)})`;
    if (overlaps > 0)
      faults.push(`${overlaps} of ${fold.train.length} training rows of ${name} have an outcome within it`);
    if (within > 0)
      faults.push(`${within} training rows of ${name} lie within its embargo of ${embargoBars} bars`);
  }
  const told = Int32Array.from(known.folds.flatMap(({ test }) => [...test])).sort();
  if (told.length !== split.train.rows.length || told.some((row, i) => row !== i))
    faults.push("the folds do not tell every training row once");
  const tried = Math.floor(known.folds.length / 2);
  const { faults: learned, values } = await steps.run("trainings", "another outcome of a fold", () =>
    tryFold(options, tried),
  );
  faults.push(...learned);
  compared += values;
  const clean = `${parts.finding}; ${known.folds.length} folds: no training row's outcome overlaps its fold's span or its embargo of ${embargoBars} bars; other outcomes in fold ${tried + 1} change none of ${values} forecasts and predictions of it`;
  return {
    id: "overlap",
    title: "label overlap between parts and folds, and out-of-fold forecasts",
    verdict: faults.length > 0 ? "leak" : "clean",
    finding: faults.length > 0 ? faults.join("; ") : clean,
    compared,
  };
}

/** Of the rows that a fold tells: the first decision, the last outcome, and the first bar that its embargo leaves free. */
function foldSpan(
  { folds, spans }: ScannerRows,
  k: number,
  embargoBars: number,
): { first: number; last: number; free: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of folds[k]!.test) {
    first = Math.min(first, spans.time[row]!);
    last = Math.max(last, spans.knownAt[row]!);
  }
  const calendar = spans.calendar ?? spans.time;
  return {
    first,
    last,
    free: calendar[lowerBound(calendar, last) + embargoBars] ?? Number.POSITIVE_INFINITY,
  };
}

async function tryFold(
  { pipeline, parts, bars, known, trained, seed, signal }: ScannerFoldsOptions,
  k: number,
): Promise<{ faults: string[]; values: number }> {
  const { recipe } = pipeline;
  const { embargoBars } = stackConfigOf(recipe);
  const { first, last, free } = foldSpan(known, k, embargoBars);
  const fold = known.folds[k]!;
  const around = embargoMs(recipe, embargoBars);
  const zone = { from: first - around, to: last + around };
  const nets = await trainStage(pipeline, bars, known, {
    parts: { ...parts, labeler: otherOutcomes(parts.labeler, zone) },
    folds: [fold],
    seed,
    signal,
  });
  const faults: string[] = [];
  let values = 0;
  const places = fold.test.map((row) => known.split.train.rows[row]!);
  for (const net of nets) {
    const was = trained.nets.find(({ timeframe }) => timeframe === net.timeframe)!;
    for (const column of ["expected", "edge"] as const) {
      const x = Float32Array.from(places, (place) => was[column][place]!);
      const y = Float32Array.from(places, (place) => net[column][place]!);
      values += x.filter((value) => Number.isFinite(value)).length;
      const at = firstDifference(x, y, places.length);
      if (at < 0) continue;
      const row = known.rows[places[at]!]!;
      faults.push(
        `${column}${net.timeframe} is not out of fold: with other outcomes in fold ${k + 1} ${row.symbol} at ${isoTime(row.time)} becomes ${y[at]} from ${x[at]}`,
      );
    }
  }
  const data = dataOf(trained.table, known.rows, known.split.train.rows);
  const { time, knownAt } = known.spans;
  const target = data.target;
  if (target.kind !== "classes") return { faults, values };
  const y = target.y.map((c, row) =>
    knownAt[row]! <= first || time[row]! >= free ? c : (c + 1) % target.classes.length,
  );
  const stack = await pipeline.stack({
    train: { ...data, target: { ...target, y } },
    spans: known.spans,
    validation: undefined,
    seed,
    signal,
  });
  try {
    const names = stack.stack.manifest.members.map(({ name }) => name);
    for (const [m, { predictions, outputs }] of stack.outOfFold.entries()) {
      const was = trained.stack.outOfFold[m]!.predictions;
      const pick = (from: Float32Array): number[] =>
        Array.from(fold.test).flatMap((row) => [
          ...from.subarray(row * outputs.length, (row + 1) * outputs.length),
        ]);
      const [x, z] = [pick(was), pick(predictions)];
      values += x.length;
      if (firstDifference(x, z, x.length) >= 0)
        faults.push(`${names[m]} told fold ${k + 1} with outcomes of it: other ones change its predictions`);
    }
  } finally {
    await stack.stack.close();
  }
  return { faults, values };
}

/** The labels with every outcome that touches a stretch of time turned into another one. */
function otherOutcomes(labeler: Labeler, zone: TimeSpan): Labeler {
  return {
    columns: labeler.columns,
    horizonBars: labeler.horizonBars,
    label(panel) {
      const { values, knownAt } = labeler.label(panel);
      const isWithin = (t: number): boolean => knownAt[t]! >= zone.from && panel.closeTime[t]! <= zone.to;
      const [classes, returns] = values;
      return {
        knownAt,
        values: [
          classes!.map((c, t) => (isWithin(t) ? (c + 1) % 3 : c)),
          returns!.map((r, t) => (isWithin(t) ? -r : r)),
        ],
      };
    },
  };
}
