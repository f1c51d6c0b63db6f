import { expect, it } from "vitest";
import { toFixed8 } from "../core/fixed.ts";
import type { Fill, Side } from "./order.ts";
import { tradesOf } from "./trades.ts";

function fill(
  side: Side,
  quantity: number,
  price: number,
  reference: number,
  bar: number,
  over: Partial<Fill> = {},
): Fill {
  return {
    orderId: "o",
    instrument: "BTC",
    side,
    kind: "order",
    reason: side === "buy" ? "BUY" : "SELL",
    time: (bar - 1) * 100,
    barTime: bar * 100,
    bar,
    isAtOpen: true,
    quantity: toFixed8(quantity),
    price: toFixed8(price),
    referencePrice: toFixed8(reference),
    fee: toFixed8(1),
    ...over,
  };
}

it("a trade ends when nothing is held; a fill across zero ends one and begins the next", () => {
  const trades = tradesOf([
    fill("buy", 1, 101, 100, 2),
    fill("buy", 1, 111, 110, 3),
    fill("sell", 3, 119, 120, 7),
    fill("buy", 1, 119, 119, 9, { kind: "stop", isAtOpen: false, time: 900 }),
  ]);
  // 238 for 212, fees 1 + 1 + 2/3 of 1
  expect(trades[0]).toMatchObject({
    side: "long",
    entryTime: 100,
    exitTime: 600,
    bars: 5,
    quantity: 2,
    exitReason: "signal",
  });
  expect(trades[0]!.profit).toBeCloseTo(26 - 2 - 2 / 3, 7);
  expect(trades[0]!.netReturn).toBeCloseTo((26 - 2 - 2 / 3) / 212, 9);
  expect([trades[0]!.entryPrice, trades[0]!.exitPrice, trades[0]!.slippage]).toEqual([106, 119, 4]);
  // sold and bought at 119: only fees, the rest of the third fill's and its own
  expect(trades[1]).toMatchObject({
    side: "short",
    entryTime: 600,
    exitTime: 900,
    bars: 3,
    exitReason: "stop",
  });
  expect(trades[1]!.profit).toBeCloseTo(-1 - 1 / 3, 7);
});

it("what is still open is no trade", () => {
  expect(tradesOf([fill("buy", 1, 100, 100, 2)])).toEqual([]);
});
