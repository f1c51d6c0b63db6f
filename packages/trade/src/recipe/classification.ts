import { SIGNALS } from "../labels/labeler.ts";
import { type ClassificationReport, classificationReport } from "../models/evaluation/index.ts";
import type { SignalForecast } from "../models/signalNet/signalNet.ts";
import { BUY, SELL } from "../signals/index.ts";
import type { Classification } from "../wire/training.ts";

/**
 * How the signals and probabilities of some rows compare with what happened.
 * @param actual classes of those rows: 0 BUY, 1 HOLD, 2 SELL
 * @param signals what the thresholds made of the forecast
 * @param overlap rows that share an outcome, at least 1: the horizon over the distance of decisions
 */
export function classify(
  actual: Float32Array,
  forecast: SignalForecast,
  signals: Int8Array,
  overlap: number,
): Classification {
  const n = actual.length;
  const probabilities = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    probabilities[3 * i] = forecast.buy[i]!;
    probabilities[3 * i + 1] = forecast.hold[i]!;
    probabilities[3 * i + 2] = forecast.sell[i]!;
  }
  const predicted = Uint8Array.from(signals, (s) => (s === BUY ? 0 : s === SELL ? 2 : 1));
  const report = classificationReport({ actual, predicted, probabilities, classNames: SIGNALS, overlap });
  return classificationOf(report, SIGNALS);
}

/** A report in the words of the wire. */
export function classificationOf(
  report: ClassificationReport,
  classNames: readonly string[],
): Classification {
  const n = report.rows;
  return {
    n,
    classes: [...classNames],
    confusion: report.confusion.map((row) => [...row]),
    accuracy: report.accuracy,
    majorityAccuracy: report.majorityAccuracy,
    balancedAccuracy: report.balancedAccuracy,
    balancedAccuracyInterval: [report.balancedAccuracyInterval.low, report.balancedAccuracyInterval.high],
    macroF1: report.macroF1,
    averagePrecision: Object.fromEntries(report.classes.map((c) => [c.name, c.averagePrecision])),
    baseRates: Object.fromEntries(report.classes.map((c) => [c.name, c.support / n])),
    logLoss: report.logLoss,
    alwaysOneClass: report.onlyClass !== null,
  };
}
