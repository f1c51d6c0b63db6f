import type { Trade } from "@orion/trade/wire";
import { expect, it } from "vitest";
import { tradeMarkers } from "./tradeMarkers.ts";

const HOUR = 3_600_000;
const start = Date.parse("2024-05-01T00:00:00Z");
const time = [0, 1, 2, 3, 4].map((i) => start + i * HOUR);
const colours = { buy: "green", sell: "red", accent: "gold" };

function trade(entryMinutes: number, exitMinutes: number, side: Trade["side"] = "long"): Trade {
  const at = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
  return {
    instrument: "BTCUSDT",
    side,
    quantity: 1,
    entryTime: at(entryMinutes),
    entryPrice: 1,
    exitTime: at(exitMinutes),
    exitPrice: 1,
    exitReason: "stop",
    netReturn: 0,
    profit: 0,
    bars: 1,
  };
}

const places = (trades: Trade[]): [number, string][] =>
  tradeMarkers(time, trades, colours).map((m) => [(Number(m.time) * 1000 - start) / HOUR, String(m.text)]);

it("puts a fill onto the bar in which it happened", () => {
  expect(places([trade(65, 120)])).toEqual([
    [1, "long"],
    [2, "stop"],
  ]);
});

it("leaves out what lies before the first bar or after the last one's end", () => {
  expect(places([trade(-30, 30)])).toEqual([[0, "stop"]]);
  expect(places([trade(299, 300)])).toEqual([[4, "long"]]);
});

it("orders by time, as the chart needs it", () => {
  expect(places([trade(180, 240), trade(0, 200, "short")])).toEqual([
    [0, "short"],
    [3, "long"],
    [3, "stop"],
    [4, "stop"],
  ]);
});

it("has nothing to mark without bars", () => {
  expect(tradeMarkers([], [trade(0, 1)], colours)).toEqual([]);
});
