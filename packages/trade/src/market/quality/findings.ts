import type { BarSeries } from "../bars.ts";

/** `error`: the rows must not be used as they are. `warning`: look at it. `note`: true of the data, and no fault. */
export type FindingSeverity = "error" | "warning" | "note";

/** Every check of bars, mark prices and funding: how bad a finding is, and what is counted, in words. */
export const CHECKS = {
  gaps: ["warning", "bars that the calendar expects between the first and the last, and that are missing"],
  duplicates: ["error", "the time of a bar before"],
  order: ["error", "a time before that of a bar before"],
  offGrid: ["error", "a time that is no start of a bar of this length"],
  nonFinite: ["error", "a price, volume or time that is no finite number"],
  highBelowLow: ["error", "high < low"],
  outsideRange: ["warning", "open or close outside [low, high]"],
  nonPositivePrice: ["error", "a price of zero or below"],
  negativeVolume: ["error", "a volume below zero"],
  zeroVolume: ["warning", "a bar without any trade"],
  spikes: ["warning", "a close far from its neighbours that comes back within 3 bars"],
  jumps: ["warning", "a move far past the local scale that stays: a level shift"],
  splits: [
    "warning",
    "an overnight ratio of a usual split that stays, at an unchanged traded value: not adjusted",
  ],
  stale: ["warning", "runs of at least 5 bars that repeat open, high, low and close of the bar before"],
  flat: ["warning", "runs of at least 20 bars with open = high = low = close: closes only"],
  closedDay: ["warning", "a bar on a day on which the exchange was closed"],
  beforeListing: ["error", "a bar from before the instrument was listed"],
  lateStart: ["note", "begins later than most series of the same source"],
  stopped: ["warning", "ends before most series of the same source: delisted, renamed or no longer updated"],
  disagreement: [
    "warning",
    "differs from another stored series of the same times by more than the tolerance",
  ],
  markDistance: ["warning", "mark price more than 0.5 % from the last price at the same moment"],
  interval: ["warning", "a time between two fundings that is not the usual one"],
  offHour: ["note", "times that the file stamped off the full hour; stored on the hour"],
  extremeRate: ["warning", "a rate of 0.3 % or more per interval, either sign"],
  impossibleRate: [
    "error",
    "a rate beyond 4 % per interval, past the caps of exchanges: percent read as a fraction?",
  ],
} as const satisfies Record<string, readonly [FindingSeverity, string]>;

export type CheckName = keyof typeof CHECKS;

/** One place of trouble: bars from the start of the first to the close of the last, ms UTC. */
export interface Finding {
  readonly check: CheckName;
  readonly from: number;
  readonly to: number;
  /** bars (or fundings) concerned */
  readonly count: number;
  /** what was seen, in words; empty where the check's own rule says all */
  readonly note: string;
}

/** Gathers findings; neighbouring bars with the same finding become one place. */
export class Findings {
  readonly #found = new Map<CheckName, Finding[]>();

  add(check: CheckName, from: number, to: number, count = 1, note = ""): void {
    const places = this.#found.get(check);
    if (!places) {
      this.#found.set(check, [{ check, from, to, count, note }]);
      return;
    }
    const last = places[places.length - 1]!;
    if (last.to === from && last.note === note) {
      places[places.length - 1] = { ...last, to, count: last.count + count };
    } else places.push({ check, from, to, count, note });
  }

  /** The bar of a row. */
  addRow(check: CheckName, bars: BarSeries, row: number, barMs: number, note = ""): void {
    const close = bars.closeTime[row]!;
    this.add(check, close - barMs, close, 1, note);
  }

  of(check: CheckName): readonly Finding[] {
    return this.#found.get(check) ?? [];
  }

  count(check: CheckName): number {
    return this.of(check).reduce((sum, f) => sum + f.count, 0);
  }
}
