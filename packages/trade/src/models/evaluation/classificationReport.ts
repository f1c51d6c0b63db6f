import { DataError, UsageError } from "../../core/errors.ts";
import { averagePrecision } from "./averagePrecision.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { type Interval, meanShareInterval, wilsonInterval } from "./intervals.ts";
import { brierScore, logLoss } from "./probabilityScores.ts";

export interface ClassReport {
  readonly name: string;
  /** rows that are of this class */
  readonly support: number;
  /** rows said to be of this class */
  readonly predicted: number;
  /** of the rows said to be of this class, the share that are; 0 when it was never said */
  readonly precision: number;
  /** of the rows of this class, the share found; null when there are none */
  readonly recall: number | null;
  /** 2 P R / (P + R); 0 when the class was never said or never hit */
  readonly f1: number;
  /** against the rest, from the probabilities; null when no or every row is of the class */
  readonly averagePrecision: number | null;
}

export interface ClassificationReport {
  readonly rows: number;
  /** rows over `overlap`: how many independent outcomes the intervals count on */
  readonly effectiveRows: number;
  readonly accuracy: number;
  readonly accuracyInterval: Interval;
  /** mean recall of the classes that occur: 1/K for anyone who always says the same */
  readonly balancedAccuracy: number;
  readonly balancedAccuracyInterval: Interval;
  /** mean F1 of the classes that occur or were said */
  readonly macroF1: number;
  /** accuracy of always saying the most frequent class */
  readonly majorityAccuracy: number;
  readonly majorityClass: string;
  /** every prediction is the most frequent class: the model has learned nothing, the run has failed */
  readonly alwaysMajority: boolean;
  /** the one class that all predictions name, whichever it is, else null */
  readonly onlyClass: string | null;
  readonly logLoss: number;
  readonly brier: number;
  readonly classes: readonly ClassReport[];
  /** [actual][predicted] */
  readonly confusion: readonly (readonly number[])[];
}

export interface ClassificationInput {
  /** [N] class indices */
  readonly actual: ArrayLike<number>;
  /** [N] class indices; the most probable class (the first of equals) unless given, as by a decision threshold */
  readonly predicted?: ArrayLike<number>;
  /** [N, K] row by row, each row adding up to 1 */
  readonly probabilities: ArrayLike<number>;
  readonly classNames: readonly string[];
  /**
   * Rows that share an outcome: the label's horizon when every bar is a row. Neighbouring outcomes then overlap
   * and N rows carry about N / overlap independent ones; intervals are as wide as that says. Default 1.
   */
  readonly overlap?: number;
}

/**
 * How good predicted classes and probabilities are, with what a useless model would reach beside it.
 * Definitions are those of scikit-learn 1.x where it has them (`balanced_accuracy_score`, `f1_score(average="macro")`,
 * `average_precision_score`, `log_loss`).
 * @throws DataError without rows, for a class that is none, for probabilities that are not shares of 1
 */
export function classificationReport(input: ClassificationInput): ClassificationReport {
  const { actual, probabilities, classNames, overlap = 1 } = input;
  const k = classNames.length;
  const rows = actual.length;
  if (k < 2) throw new UsageError(`evaluation: ${k} classes: at least 2 are needed`);
  if (!(overlap >= 1 && Number.isFinite(overlap))) {
    throw new UsageError(`evaluation: an overlap of ${overlap} rows is not possible: give a number >= 1`);
  }
  if (rows === 0) throw new DataError("evaluation: there are no rows to evaluate");
  requireShares(probabilities, rows, k);
  const predicted = input.predicted ?? mostProbable(probabilities, k);
  const confusion = confusionMatrix(actual, predicted, k);

  const support = confusion.map((row) => row.reduce((a, b) => a + b, 0));
  const said = classNames.map((_, c) => confusion.reduce((sum, row) => sum + row[c]!, 0));
  const hits = classNames.map((_, c) => confusion[c]![c]!);
  const classes = classNames.map(
    (name, c): ClassReport => ({
      name,
      support: support[c]!,
      predicted: said[c]!,
      precision: said[c]! > 0 ? hits[c]! / said[c]! : 0,
      recall: support[c]! > 0 ? hits[c]! / support[c]! : null,
      f1: hits[c]! > 0 ? (2 * hits[c]!) / (said[c]! + support[c]!) : 0,
      averagePrecision: averagePrecision((i) => actual[i] === c, column(probabilities, k, c)),
    }),
  );
  const present = classes.filter((c) => c.support > 0);
  const seen = classes.filter((c) => c.support > 0 || c.predicted > 0);
  const majority = support.indexOf(Math.max(...support));
  const only = said.indexOf(rows);
  const right = hits.reduce((a, b) => a + b, 0);
  return {
    rows,
    effectiveRows: rows / overlap,
    accuracy: right / rows,
    accuracyInterval: wilsonInterval(right / overlap, rows / overlap),
    balancedAccuracy: present.reduce((sum, c) => sum + (c.recall ?? 0), 0) / present.length,
    balancedAccuracyInterval: meanShareInterval(
      support.flatMap((n, c) => (n > 0 ? [{ hits: hits[c]! / overlap, n: n / overlap }] : [])),
    ),
    macroF1: seen.reduce((sum, c) => sum + c.f1, 0) / seen.length,
    majorityAccuracy: support[majority]! / rows,
    majorityClass: classNames[majority]!,
    alwaysMajority: only === majority,
    onlyClass: classNames[only] ?? null,
    logLoss: logLoss(actual, probabilities, k),
    brier: brierScore(actual, probabilities, k),
    classes,
    confusion,
  };
}

/** [N] the most probable class of each row of [N, K]; the first of equals. */
export function mostProbable(probabilities: ArrayLike<number>, classes: number): Uint8Array {
  const out = new Uint8Array(probabilities.length / classes);
  for (let i = 0; i < out.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (probabilities[i * classes + c]! > probabilities[i * classes + best]!) best = c;
    }
    out[i] = best;
  }
  return out;
}

function column(probabilities: ArrayLike<number>, k: number, c: number): Float64Array {
  const out = new Float64Array(probabilities.length / k);
  for (let i = 0; i < out.length; i++) out[i] = probabilities[i * k + c]!;
  return out;
}

function requireShares(probabilities: ArrayLike<number>, rows: number, k: number): void {
  if (probabilities.length !== rows * k) {
    throw new DataError(`evaluation: ${probabilities.length} probabilities for ${rows} rows of ${k} classes`);
  }
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0; c < k; c++) {
      const p = probabilities[i * k + c]!;
      if (!(p >= 0 && p <= 1 + 1e-6)) throw new DataError(`evaluation: row ${i} has a probability of ${p}`);
      sum += p;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw new DataError(`evaluation: the probabilities of row ${i} add up to ${sum}, not to 1`);
    }
  }
}
