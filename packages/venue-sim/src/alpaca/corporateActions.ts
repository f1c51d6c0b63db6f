import { type Call, json, type Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import { tradingDay } from "../session.ts";
import { DAY_MS } from "../timeframe.ts";
import { invalid, symbolsOf } from "./access.ts";

/** Splits and cash dividends by ex-date, all on one page: docs.alpaca.markets/reference/corporateactions-1. */
export function corporateActionRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/v1\/corporate-actions$/,
      handle: (call) => json({ corporate_actions: actionsOf(call), next_page_token: null }),
    },
  ];
}

const KINDS = ["forward_split", "reverse_split", "cash_dividend"] as const;

function actionsOf(call: Call): Record<string, object[]> {
  const types = call.query.get("types")?.split(",") ?? KINDS;
  const today = Math.floor(call.now / DAY_MS) * DAY_MS;
  const from = dayOf(call, "start") ?? today;
  const to = dayOf(call, "end") ?? today;
  const isIn = ({ time }: { time: number }): boolean => tradingDay(time) >= from && tradingDay(time) <= to;
  const found: Record<string, object[]> = {};
  const add = (kind: (typeof KINDS)[number], action: object): void => {
    if (types.includes(kind)) found[`${kind}s`] = [...(found[`${kind}s`] ?? []), action];
  };
  for (const symbol of symbolsOf(call)) {
    const { splits = [], dividends = [] } = call.world.actions(symbol) ?? {};
    for (const { time, numerator, denominator } of splits.filter(isIn)) {
      const rates = { new_rate: numerator, old_rate: denominator };
      if (numerator > denominator) {
        add("forward_split", { ...common(symbol, time), cusip: cusip(symbol), ...rates });
      } else {
        const cusips = { old_cusip: cusip(symbol), new_cusip: cusip(`${symbol} new`) };
        add("reverse_split", { ...common(symbol, time), ...cusips, ...rates });
      }
    }
    for (const { time, amount } of dividends.filter(isIn)) {
      const kind = { special: false, foreign: false };
      add("cash_dividend", { ...common(symbol, time), cusip: cusip(symbol), rate: amount, ...kind });
    }
  }
  return found;
}

function common(symbol: string, time: number): object {
  const day = new Date(tradingDay(time)).toISOString().slice(0, 10);
  const id = seedOf(1, "action", symbol, time).toString(16).padStart(8, "0");
  return {
    id: `${id}-0000-4000-8000-000000000000`,
    symbol,
    ex_date: day,
    process_date: day,
    record_date: day,
    payable_date: day,
  };
}

const cusip = (name: string): string => String(seedOf(2, "cusip", name) % 1e9).padStart(9, "0");

function dayOf(call: Call, name: "start" | "end"): number | null {
  const text = call.query.get(name);
  if (text === null) return null;
  const at = Date.parse(text);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) ? at : invalid(`invalid ${name}: ${text}`);
}
