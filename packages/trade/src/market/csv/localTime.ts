import { UsageError } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";

/** Why a local time has no single moment: its clock was put forward over it, or back, so that it came twice. */
export type LocalTimeFault = "does not exist" | "comes twice";

/**
 * Turns wall-clock time of a zone into UTC. `wallMs` is the wall clock read as if it were UTC.
 * Around a change of the clock a time may not exist or come twice; elsewhere the day's one offset is used.
 */
export type LocalClock = (wallMs: number) => number | LocalTimeFault;

/** @param timezone an IANA name such as `America/New_York`. @throws UsageError for a zone that is not known */
export function localClock(timezone: string): LocalClock {
  if (/^(utc|gmt|z)$/i.test(timezone)) return (wallMs) => wallMs;
  const offsetAt = offsetReader(timezone);
  const offsetsOfDay = new Map<number, readonly number[]>();
  return (wallMs) => {
    const day = Math.floor(wallMs / DAY_MS);
    let offsets = offsetsOfDay.get(day);
    if (!offsets) {
      // a day either side covers every zone's offset, so that a change near midnight is seen as well
      const seen = [-1, 0, 1, 2].map((d) => offsetAt((day + d) * DAY_MS));
      offsets = [...new Set(seen)];
      offsetsOfDay.set(day, offsets);
    }
    if (offsets.length === 1) return wallMs - offsets[0]!;
    const moments = offsets.map((o) => wallMs - o).filter((utc) => offsetAt(utc) === wallMs - utc);
    if (moments.length === 0) return "does not exist";
    return moments.length === 1 ? moments[0]! : "comes twice";
  };
}

/** Local time minus UTC in ms at a moment, from the zone tables of the runtime. */
export function offsetReader(timezone: string): (utcMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new UsageError(`timezone '${timezone}' is not known: write a name such as UTC or America/New_York`);
  }
  return (utcMs) => {
    const fields = new Map(format.formatToParts(utcMs).map((p) => [p.type, Number(p.value)]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => fields.get(type)!;
    const wall = Date.UTC(
      field("year"),
      field("month") - 1,
      field("day"),
      field("hour"),
      field("minute"),
      field("second"),
    );
    return wall - Math.floor(utcMs / 1000) * 1000;
  };
}
