import { DataError, UsageError } from "../core/errors.ts";
import { BUY, HOLD, SELL } from "./signalTape.ts";

/** Columns of P(BUY), P(HOLD), P(SELL), the order of the label's classes; one row a decision. */
export type ClassProbabilities = readonly [buy: Float32Array, hold: Float32Array, sell: Float32Array];

/** The probability from which a side is taken; null: that side is never taken. */
export interface Thresholds {
  readonly buy: number | null;
  readonly sell: number | null;
}

/**
 * BUY where P(BUY) reaches its threshold, SELL where P(SELL) does, else HOLD. Where both do, the side that exceeds
 * its threshold by the larger ratio wins; equal ratios are HOLD.
 * @returns one signal a row
 * @throws DataError for a probability that is not in [0, 1] (NaN included), UsageError for such a threshold
 */
export function decideSignals(probabilities: ClassProbabilities, thresholds: Thresholds): Int8Array {
  checkProbabilities(probabilities);
  const [buyColumn, , sellColumn] = probabilities;
  const buyAt = threshold(thresholds.buy, "buy");
  const sellAt = threshold(thresholds.sell, "sell");
  const signals = new Int8Array(buyColumn.length);
  for (let i = 0; i < signals.length; i++) {
    const buy = buyColumn[i]!;
    const sell = sellColumn[i]!;
    const isBuy = buy >= buyAt;
    const isSell = sell >= sellAt;
    if (isBuy && isSell) {
      // cross-multiplied, so that a threshold of zero needs no division
      const lead = buy * sellAt - sell * buyAt;
      signals[i] = lead > 0 ? BUY : lead < 0 ? SELL : HOLD;
    } else if (isBuy) signals[i] = BUY;
    else if (isSell) signals[i] = SELL;
  }
  return signals;
}

/** @throws DataError that names the first row that is no probability */
export function checkProbabilities(probabilities: ClassProbabilities): void {
  const rows = probabilities[0].length;
  for (const [name, column] of [
    ["BUY", probabilities[0]],
    ["HOLD", probabilities[1]],
    ["SELL", probabilities[2]],
  ] as const) {
    if (column.length !== rows) {
      throw new DataError(`probabilities: column ${name} has ${column.length} rows, BUY has ${rows}`);
    }
    for (let i = 0; i < rows; i++) {
      // a float32 softmax may exceed 1 by its last bit
      if (!(column[i]! >= 0 && column[i]! <= 1.00001)) {
        throw new DataError(
          `probabilities: P(${name}) of row ${i} is ${column[i]}; leave out rows that the model cannot predict`,
        );
      }
    }
  }
}

function threshold(value: number | null, side: string): number {
  if (value === null) return Number.POSITIVE_INFINITY;
  if (!(value >= 0 && value <= 1.00001)) {
    throw new UsageError(
      `thresholds.${side}: ${value} is no probability; write a number from 0 to 1, or null`,
    );
  }
  return value;
}
