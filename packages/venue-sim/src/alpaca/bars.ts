import { type Adjustment, adjusterOf } from "../adjust.ts";
import { type Call, json, type Route } from "../dialect.ts";
import { fromNewYork } from "../session.ts";
import { type Bar, type Columns, lastAt, lowerBound, type Tape } from "../tape.ts";
import { DAY_MS, timeframeLength } from "../timeframe.ts";
import { checkSymbol, invalid, symbolsOf, tapeOf, timeOf } from "./access.ts";

export interface AlpacaBar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
  readonly vw: number;
}

/** Historical bars: docs.alpaca.markets/reference/stockbars (many symbols) and /reference/stockbarsingle. */
export function barRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/v2\/stocks\/bars$/,
      handle: (call) => {
        const { bySymbol, nextPageToken } = page(call, symbolsOf(call).sort());
        return json({ bars: Object.fromEntries(bySymbol), next_page_token: nextPageToken });
      },
    },
    {
      method: "GET",
      path: /^\/v2\/stocks\/([^/]+)\/bars$/,
      handle: (call) => {
        const symbol = checkSymbol(call.caught[0] ?? "");
        const { bySymbol, nextPageToken } = page(call, [symbol]);
        return json({ bars: bySymbol.get(symbol) ?? null, symbol, next_page_token: nextPageToken });
      },
    },
  ];
}

/** 5Min, 1Hour, 1Day, 1Week, 3Month as this package writes them. */
export function timeframeOf(text: string | null): string {
  if (text === null) return invalid("timeframe is required");
  const match = /^(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)$/.exec(text);
  const count = Number(match?.[1]);
  const unit = { M: "m", T: "m", H: "h", D: "d", W: "w" }[(match?.[2] ?? "").slice(0, 1)];
  const isMonth = match?.[2] === "M" || match?.[2] === "Month";
  const most = isMonth ? 1 : { m: 59, h: 23, d: 1, w: 1 }[unit ?? "d"];
  if (!match || count < 1 || count > (most ?? 1)) return invalid(`invalid timeframe: ${text}`);
  return isMonth ? "1M" : `${count}${unit}`;
}

function page(
  call: Call,
  symbols: readonly string[],
): { bySymbol: Map<string, AlpacaBar[]>; nextPageToken: string | null } {
  const timeframe = timeframeOf(call.query.get("timeframe"));
  const adjustment = adjustmentOf(call);
  const limit = limitOf(call);
  const isAscending = sortOf(call);
  // without a start the venue begins with the current day
  const today = Math.floor(call.now / DAY_MS) * DAY_MS;
  const from = timeOf(call, "start") ?? today;
  const to = Math.min(timeOf(call, "end") ?? call.now, call.now);
  const token = tokenOf(call, timeframe);
  const bySymbol = new Map<string, AlpacaBar[]>();
  let left = limit;
  for (const symbol of symbols) {
    if (token && symbol < token.symbol) continue;
    const tape = tapeOf(call.world, symbol);
    const columns = tape?.columns(timeframe);
    if (!tape || !columns) continue;
    const adjust = adjusterOf(call.world, tape, adjustment, call.now);
    const indices = indicesOf(columns, from, to, isAscending, token?.symbol === symbol ? token.after : null);
    for (const i of indices) {
      if (left === 0) {
        const [name, bars] = [...bySymbol].at(-1)!;
        return { bySymbol, nextPageToken: tokenText(name, timeframe, bars.at(-1)!.t) };
      }
      const bars = bySymbol.get(symbol) ?? [];
      bySymbol.set(symbol, bars);
      bars.push(alpacaBar(adjust(barAt(tape, columns, i, call)), timeframe));
      left--;
    }
  }
  return { bySymbol, nextPageToken: null };
}

const stampsOf = new WeakMap<Columns, Float64Array>();

/** Rows whose stamp lies in [from, to] and that have begun, in the order asked for; after `after` of the page before. */
function indicesOf(
  columns: Columns,
  from: number,
  to: number,
  isAscending: boolean,
  after: number | null,
): number[] {
  let stamps = stampsOf.get(columns);
  if (!stamps) {
    stamps = columns.label.map((label) => stampOf(label, columns.timeframe));
    stampsOf.set(columns, stamps);
  }
  const first = lowerBound(stamps, isAscending && after !== null ? after + 1 : from);
  const last = lastAt(stamps, !isAscending && after !== null ? after - 1 : to);
  const indices = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
  return isAscending ? indices : indices.reverse();
}

/** Bars from a day on are stamped 00:00 in New York; the others with their start. */
const stampOf = (label: number, timeframe: string): number =>
  timeframeLength(timeframe) >= DAY_MS ? fromNewYork(label) : label;

function barAt(tape: Tape, columns: Columns, i: number, call: Call): Bar {
  const isNewestClosed = columns.to[i]! <= call.now && !(columns.to[i + 1]! <= call.now);
  if (isNewestClosed && call.faults.some((f) => f.kind === "unclosed")) {
    return tape.forming(columns, i, (columns.from[i]! + columns.to[i]!) / 2);
  }
  return tape.bar(columns, i, call.now) ?? tape.forming(columns, i, columns.from[i]!);
}

export function alpacaBar(bar: Bar, timeframe: string): AlpacaBar {
  const typical = (bar.open + bar.high + bar.low + bar.close) / 4;
  return {
    t: rfc3339(stampOf(bar.label, timeframe)),
    o: bar.open,
    h: bar.high,
    l: bar.low,
    c: bar.close,
    v: bar.volume,
    n: bar.trades,
    vw: Math.round(typical * 1e6) / 1e6,
  };
}

export const rfc3339 = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");

function adjustmentOf(call: Call): Adjustment {
  const text = call.query.get("adjustment") ?? "raw";
  const parts = text.split(",");
  if (parts.some((p) => !["raw", "split", "dividend", "all"].includes(p))) {
    return invalid(`invalid adjustment: ${text}`);
  }
  const has = (part: string): boolean => parts.includes(part) || parts.includes("all");
  if (has("split") && has("dividend")) return "all";
  return has("split") ? "split" : has("dividend") ? "dividend" : "raw";
}

function limitOf(call: Call): number {
  const text = call.query.get("limit") ?? "1000";
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 10_000) return invalid("limit must be between 1 and 10000");
  return limit;
}

function sortOf(call: Call): boolean {
  const sort = call.query.get("sort") ?? "asc";
  return sort === "asc" || (sort === "desc" ? false : invalid(`invalid sort: ${sort}`));
}

const tokenText = (symbol: string, timeframe: string, stamp: string): string =>
  Buffer.from([symbol, timeframe, stamp].join("|")).toString("base64");

function tokenOf(call: Call, timeframe: string): { symbol: string; after: number } | null {
  const text = call.query.get("page_token");
  if (!text) return null;
  const [symbol, of, stamp] = Buffer.from(text, "base64").toString("utf8").split("|");
  const after = Date.parse(stamp ?? "");
  if (!symbol || of !== timeframe || Number.isNaN(after)) return invalid("invalid page_token");
  return { symbol, after };
}
