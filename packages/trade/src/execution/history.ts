import { allocateBars, type BarSeries, type Panel, sliceBars } from "../market/bars.ts";
import type { BarsEvent } from "./events.ts";

/**
 * The last bars that the loop has seen. Bars are kept in columns with room to spare, so that a tail is a view on
 * them; when the room is used up the last `lookback` rows move to the front. Memory does not grow with the run.
 */
export class History {
  readonly #lookback: number;
  readonly #capacity: number;
  readonly #columns: readonly BarSeries[];
  readonly #times: Float64Array;
  #length = 0;

  constructor(instruments: readonly string[], lookback: number) {
    this.#lookback = lookback;
    this.#capacity = lookback === 0 ? 0 : Math.max(4 * lookback, 1024);
    this.#columns = instruments.map((name) => allocateBars(name, this.#capacity));
    this.#times = new Float64Array(this.#capacity);
  }

  append(event: BarsEvent): void {
    if (this.#lookback === 0) return;
    if (this.#length === this.#capacity) this.#moveTailToFront();
    const row = this.#length;
    this.#times[row] = event.time;
    for (let i = 0; i < this.#columns.length; i++) {
      const columns = this.#columns[i]!;
      columns.closeTime[row] = event.time;
      columns.open[row] = event.open[i]!;
      columns.high[row] = event.high[i]!;
      columns.low[row] = event.low[i]!;
      columns.close[row] = event.close[i]!;
      columns.volume[row] = event.volume[i]!;
    }
    this.#length += 1;
  }

  /** The last `lookback` rows, fewer at the start: views, valid until the next append. */
  tail(): Panel {
    const from = Math.max(0, this.#length - this.#lookback);
    return {
      length: this.#length - from,
      closeTime: this.#times.subarray(from, this.#length),
      series: this.#columns.map((columns) => sliceBars(columns, from, this.#length)),
    };
  }

  #moveTailToFront(): void {
    const from = this.#length - this.#lookback;
    this.#times.copyWithin(0, from, this.#length);
    for (const { closeTime, open, high, low, close, volume } of this.#columns) {
      for (const column of [closeTime, open, high, low, close, volume]) {
        column.copyWithin(0, from, this.#length);
      }
    }
    this.#length = this.#lookback;
  }
}
