import { type Call, json, Refused, type Route } from "../dialect.ts";
import { newYorkWall, usSession } from "../session.ts";
import { DAY_MS } from "../timeframe.ts";
import { schwabError } from "./schwabError.ts";

const HOUR_MS = 3_600_000;
const MARKETS = ["equity", "option", "bond", "future", "forex"];

/** GET /markets and GET /markets/{market_id}: the hours of shares; of the other markets only that they are closed. */
export function marketHourRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/marketdata\/v1\/markets$/,
      handle: (call) =>
        json(
          hours(
            call,
            call.query.getAll("markets").flatMap((m) => m.split(",")),
          ),
        ),
    },
    {
      method: "GET",
      path: /^\/marketdata\/v1\/markets\/([^/]+)$/,
      handle: (call) => json(hours(call, call.caught)),
    },
  ];
}

function hours(call: Call, markets: readonly string[]): object {
  if (markets.length === 0 || markets.some((m) => !MARKETS.includes(m))) {
    throw new Refused(schwabError(400, "Bad Request", `markets must be of ${MARKETS.join(", ")}`));
  }
  const text = call.query.get("date");
  const day = Math.floor((text === null ? newYorkWall(call.now) : dateOf(text)) / DAY_MS) * DAY_MS;
  return Object.fromEntries(
    markets.map((market) => [market, market === "equity" ? equity(day) : closed(market, day)]),
  );
}

/** A date, or the text that a client makes of its Date. */
function dateOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Refused(schwabError(400, "Bad Request", `date '${text}' is not a date`));
  return at;
}

const closed = (market: string, day: number): object => ({
  [market]: { date: dateText(day), marketType: market.toUpperCase(), product: market, isOpen: false },
});

function equity(day: number): object {
  const session = usSession(day);
  const whole = {
    date: dateText(day),
    marketType: "EQUITY",
    product: session ? "EQ" : "equity",
    productName: "equity",
  };
  if (!session) return { equity: { ...whole, isOpen: false } };
  const span = (start: number, end: number): object[] => [{ start: stamp(start), end: stamp(end) }];
  return {
    EQ: {
      ...whole,
      isOpen: true,
      sessionHours: {
        preMarket: span(session.open - 2.5 * HOUR_MS, session.open),
        regularMarket: span(session.open, session.close),
        postMarket: span(session.close, session.close + 4 * HOUR_MS),
      },
    },
  };
}

const dateText = (day: number): string => new Date(day).toISOString().slice(0, 10);

/** Such as 2024-03-04T09:30:00-05:00. */
function stamp(at: number): string {
  const wall = newYorkWall(at);
  return `${new Date(wall).toISOString().slice(0, 19)}-0${Math.round((at - wall) / HOUR_MS)}:00`;
}
