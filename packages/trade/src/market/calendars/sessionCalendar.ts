import { UsageError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";
import { floorToGrid } from "../timeGrid.ts";

/** One day of trading. Times in ms UTC; trade happens in [open, close). */
export interface Session {
  /** the exchange's own date, YYYY-MM-DD */
  readonly day: string;
  readonly open: number;
  readonly close: number;
  /** why the hours are not the usual ones, such as `day after Thanksgiving` */
  readonly special?: string;
}

/**
 * Where the bars inside a session begin. `clock` (Alpaca, QuantConnect, and what the store holds): on the grid of the
 * epoch, so that New York's first hourly bar is that of 09:00 and holds 09:30 to 10:00. `session` (Yahoo): counted from
 * the open: 09:30, 10:30, … 15:30, the last of which holds half an hour.
 */
export type BarCut = "clock" | "session";

export interface SessionCalendar {
  readonly name: string;
  /** Sessions that overlap [from, to), oldest first. @throws UsageError before the calendar's first year */
  sessions(from: number, to: number): Session[];
  /** The session in which a moment lies, or null. */
  sessionAt(time: number): Session | null;
  isOpen(time: number): boolean;
  /** The first moment at or after `time` at which there is trade: `time` itself while it is open. */
  nextOpen(time: number): number;
  /**
   * Starts of the bars that a full series holds, of those wholly within [from, to] (start >= from, end <= to), ascending.
   *
   * Bars of a day or longer lie on the UTC grid as the store stamps them: a daily bar from midnight to midnight of the
   * exchange's date, a weekly one from Monday; one is expected when a session's date lies in it. Shorter bars are
   * expected where they overlap a session; see `BarCut`. Extended hours are not expected.
   */
  barStarts(barMs: number, from: number, to: number, cut?: BarCut): Float64Array;
  /** Why there is no whole ordinary session on the exchange's date, or null. */
  specialDay(day: string): string | null;
}

/** How a calendar is told: the sessions of each year, oldest first. */
export interface CalendarRules {
  readonly name: string;
  /** moments before this one are refused: nothing is known of them */
  readonly firstTime: number;
  sessionsOf(year: number): readonly Session[];
  specialDay(day: string): string | null;
}

/** The latest moment that a calendar answers for: rules are not prophecy, and a wrong unit of time is caught. */
const LAST_TIME = Date.UTC(2100, 0, 1);

/** A calendar from its rules; each year is worked out once. */
export function sessionCalendar(rules: CalendarRules): SessionCalendar {
  const years = new Map<number, readonly Session[]>();
  const ofYear = (year: number): readonly Session[] => {
    let held = years.get(year);
    if (!held) {
      held = rules.sessionsOf(year);
      years.set(year, held);
    }
    return held;
  };
  const check = (time: number): void => {
    if (!(time >= rules.firstTime && time <= LAST_TIME)) {
      const told = Number.isFinite(time) && Math.abs(time) < 8e15 ? isoTime(time) : String(time);
      throw new UsageError(
        `calendar ${rules.name}: ${told} lies outside ${isoTime(rules.firstTime)} to ${isoTime(LAST_TIME)}, which is all it knows`,
      );
    }
  };
  /** The first session that closes after `time`. */
  const firstAfter = (time: number): Session => {
    for (let year = new Date(time - DAY_MS).getUTCFullYear(); ; year++) {
      const all = ofYear(year);
      let low = 0;
      let high = all.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (all[middle]!.close <= time) low = middle + 1;
        else high = middle;
      }
      if (low < all.length) return all[low]!;
    }
  };
  const sessions = (from: number, to: number): Session[] => {
    check(from);
    check(to);
    const found: Session[] = [];
    const lastYear = new Date(to).getUTCFullYear();
    for (let year = new Date(from - DAY_MS).getUTCFullYear(); year <= lastYear; year++) {
      for (const session of ofYear(year)) {
        if (session.close > from && session.open < to) found.push(session);
      }
    }
    return found;
  };
  const sessionAt = (time: number): Session | null => {
    check(time);
    const session = firstAfter(time);
    return session.open <= time ? session : null;
  };
  return {
    name: rules.name,
    sessions,
    sessionAt,
    isOpen: (time) => sessionAt(time) !== null,
    nextOpen(time) {
      check(time);
      return Math.max(time, firstAfter(time).open);
    },
    barStarts(barMs, from, to, cut = "clock") {
      if (!(Number.isSafeInteger(barMs) && barMs > 0))
        throw new UsageError(`calendar ${rules.name}: a bar of ${barMs} ms is no timeframe`);
      check(from);
      check(to);
      const starts: number[] = [];
      const add = (start: number): void => {
        const last = starts[starts.length - 1];
        if (start >= from && start + barMs <= to && (last === undefined || start > last)) starts.push(start);
      };
      if (barMs >= DAY_MS) {
        // a session's date may lie some hours beside its trading: look a day further, the grid decides
        const first = Math.max(rules.firstTime, from - DAY_MS);
        for (const { day } of sessions(first, Math.min(LAST_TIME, to + DAY_MS)))
          add(floorToGrid(Date.parse(day), barMs));
      } else {
        for (const { open, close } of sessions(from, to)) {
          for (let start = cut === "clock" ? floorToGrid(open, barMs) : open; start < close; start += barMs)
            add(start);
        }
      }
      return Float64Array.from(starts);
    },
    specialDay: rules.specialDay,
  };
}
