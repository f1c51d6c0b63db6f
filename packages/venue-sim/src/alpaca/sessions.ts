import { type Call, json, type Route } from "../dialect.ts";
import { newYorkWall, usSession } from "../session.ts";
import { DAY_MS } from "../timeframe.ts";
import { invalid } from "./access.ts";

/** Calendar and clock: docs.alpaca.markets/reference/legacycalendar and /reference/legacyclock. */
export function sessionRoutes(): Route[] {
  return [
    { method: "GET", path: /^\/v2\/calendar$/, handle: (call) => json(calendar(call)) },
    { method: "GET", path: /^\/v2\/clock$/, handle: (call) => json(clock(call.toldTime)) },
  ];
}

/** The venue's calendar reaches from 1970 to 2029. */
const FIRST_DAY = Date.UTC(1970, 0, 1);
const LAST_DAY = Date.UTC(2029, 11, 31);

function calendar(call: Call): object[] {
  const from = dateOf(call, "start", FIRST_DAY);
  const to = Math.min(dateOf(call, "end", LAST_DAY), LAST_DAY);
  const days: object[] = [];
  for (let day = Math.max(from, FIRST_DAY); day <= to; day += DAY_MS) {
    const session = usSession(day);
    if (!session) continue;
    days.push({
      date: dateText(day),
      open: wallText(session.open),
      close: wallText(session.close),
      session_open: "0400",
      session_close: "2000",
      settlement_date: dateText(nextSession(day + DAY_MS)),
    });
  }
  return days;
}

function dateOf(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return invalid(`Invalid format for parameter ${name}: '${text}'`);
  return Math.floor(at / DAY_MS) * DAY_MS;
}

const dateText = (day: number): string => new Date(day).toISOString().slice(0, 10);
const wallText = (at: number): string => new Date(newYorkWall(at)).toISOString().slice(11, 16);

function nextSession(day: number): number {
  let next = day;
  while (!usSession(next)) next += DAY_MS;
  return next;
}

function clock(now: number): object {
  const today = Math.floor(newYorkWall(now) / DAY_MS) * DAY_MS;
  const session = usSession(today);
  const isOpen = session !== null && now >= session.open && now < session.close;
  const opening = usSession(nextSession(session && now < session.open ? today : today + DAY_MS))!.open;
  const closing = usSession(nextSession(session && now < session.close ? today : today + DAY_MS))!.close;
  return {
    timestamp: newYorkStamp(now),
    is_open: isOpen,
    next_open: newYorkStamp(opening),
    next_close: newYorkStamp(closing),
  };
}

/** RFC 3339 with New York's offset, such as 2024-03-04T09:30:00-05:00. */
function newYorkStamp(at: number): string {
  const wall = newYorkWall(at);
  const hours = Math.round((at - wall) / 3_600_000);
  return `${new Date(wall).toISOString().slice(0, 19)}-${String(hours).padStart(2, "0")}:00`;
}
