import { lowerBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";

/** Signals as signed directions, so that an untouched column says HOLD. */
export const BUY = 1;
export const HOLD = 0;
export const SELL = -1;

/** Signals with the close time (ms UTC, ascending) of the bar at which each was known. */
export interface SignalSeries {
  readonly length: number;
  readonly closeTime: Float64Array;
  /** BUY, HOLD or SELL a row */
  readonly signals: Int8Array;
}

/**
 * Checks and joins the two columns.
 * @throws DataError when lengths differ, times are not ascending or a value is no signal
 */
export function signalSeries(closeTime: Float64Array, signals: Int8Array): SignalSeries {
  if (closeTime.length !== signals.length) {
    throw new DataError(
      `signals: ${signals.length} signals for ${closeTime.length} bars; give one signal a bar`,
    );
  }
  for (let i = 0; i < signals.length; i++) {
    const signal = signals[i]!;
    if (signal !== BUY && signal !== HOLD && signal !== SELL) {
      throw new DataError(`signals: row ${i} holds ${signal}; write 1 for BUY, 0 for HOLD, -1 for SELL`);
    }
    if (!Number.isFinite(closeTime[i]!) || (i > 0 && closeTime[i]! <= closeTime[i - 1]!)) {
      throw new DataError(`signals: the time of row ${i} (${closeTime[i]}) does not follow the row before`);
    }
  }
  return { length: signals.length, closeTime, signals };
}

/** A series that grows: what a live model says, bar by bar. */
export class SignalTape implements SignalSeries {
  length = 0;
  closeTime = new Float64Array(1024);
  signals = new Int8Array(1024);

  /** @throws DataError when `closeTime` does not come after the last one or `signal` is none */
  append(closeTime: number, signal: number): void {
    if (this.length > 0 && !(closeTime > this.closeTime[this.length - 1]!)) {
      throw new DataError(
        `signals: ${isoTime(closeTime)} does not follow ${isoTime(this.closeTime[this.length - 1]!)}`,
      );
    }
    if (signal !== BUY && signal !== HOLD && signal !== SELL) {
      throw new DataError(`signals: ${signal} is none; write 1 for BUY, 0 for HOLD, -1 for SELL`);
    }
    if (this.length === this.signals.length) {
      const times = new Float64Array(2 * this.length);
      times.set(this.closeTime);
      this.closeTime = times;
      const signals = new Int8Array(2 * this.length);
      signals.set(this.signals);
      this.signals = signals;
    }
    this.closeTime[this.length] = closeTime;
    this.signals[this.length] = signal;
    this.length += 1;
  }
}

/** Finds the row of a close time; asked in ascending order a lookup costs one comparison. */
export class SignalCursor {
  #row = 0;
  readonly #series: SignalSeries;
  constructor(series: SignalSeries) {
    this.#series = series;
  }

  /** the row that was known at exactly `closeTime`, -1 when there is none */
  rowAt(closeTime: number): number {
    const { closeTime: times, length } = this.#series;
    let row = this.#row;
    if (row < length && times[row] === closeTime) {
      this.#row = row + 1;
      return row;
    }
    row = lowerBound(times, closeTime, length);
    if (row < length && times[row] === closeTime) {
      this.#row = row + 1;
      return row;
    }
    return -1;
  }
}
