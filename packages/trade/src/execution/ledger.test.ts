import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fixed8, toFixed8 } from "../core/fixed.ts";
import { feeOf } from "./costs.ts";
import { Ledger } from "./ledger.ts";
import type { Fill, Side } from "./order.ts";
import { tradesOf } from "./trades.ts";

const costs = { feeRate: 100_000n, slippageRate: 0n };

function fillOf(side: Side, quantity: Fixed8, price: Fixed8, time = 0): Fill {
  return {
    orderId: "o",
    instrument: "BTC",
    side,
    kind: "order",
    reason: "test",
    time,
    barTime: time + 1,
    bar: 0,
    isAtOpen: true,
    quantity,
    price,
    referencePrice: price,
    fee: feeOf(quantity, price, costs),
  };
}

function ledgerWith(fills: readonly Fill[]): Ledger {
  const ledger = new Ledger(toFixed8(1000), ["BTC"]);
  for (const fill of fills) ledger.apply({ type: "fill", time: fill.time, fill });
  return ledger;
}

const anyFill = fc
  .tuple(
    fc.constantFrom<Side>("buy", "sell"),
    fc.bigInt({ min: 1n, max: 10n ** 12n }),
    fc.bigInt({ min: 1n, max: 10n ** 13n }),
  )
  .map(([side, quantity, price]) => fillOf(side, quantity, price));

describe("the books", () => {
  it("by hand: two buys, a sale of half, a sale across zero", () => {
    const buys = [fillOf("buy", toFixed8(1), toFixed8(100)), fillOf("buy", toFixed8(3), toFixed8(120))];
    // 4 for 460, at 115 each; fees 0.10 and 0.36
    const bought = ledgerWith(buys);
    expect(bought.entryPriceOf("BTC")).toBe(toFixed8(115));
    expect(bought.books()).toMatchObject({ cash: toFixed8(539.54), basis: toFixed8(460), realised: 0n });
    const half = [...buys, fillOf("sell", toFixed8(2), toFixed8(130))];
    // 260 for what cost 230
    expect(ledgerWith(half).books()).toMatchObject({ realised: toFixed8(30), basis: toFixed8(230) });
    const short = ledgerWith([...half, fillOf("sell", toFixed8(3), toFixed8(110), 7)]);
    // 220 for what cost 230, and one short at 110
    expect(short.books()).toMatchObject({ realised: toFixed8(20), basis: toFixed8(-110) });
    expect(short.holding("BTC")).toMatchObject({ quantity: -1, entryPrice: 110, entryTime: 7 });
    short.apply({ type: "bars", time: 9, ...columns(100) });
    expect(short.books().openProfit).toBe(toFixed8(10));
    expect(short.equity).toBeCloseTo(1000 + 20 + 10 - 0.1 - 0.36 - 0.26 - 0.33, 10);
  });

  it("balance to the last unit after any fills: no money appears or vanishes", () => {
    fc.assert(
      fc.property(
        fc.array(anyFill, { maxLength: 30 }),
        fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        (fills, price) => {
          const ledger = ledgerWith(fills);
          ledger.apply({ type: "bars", time: 1, ...columns(price) });
          const books = ledger.books();
          const initial = toFixed8(1000);
          expect(books.cash).toBe(initial + books.realised - books.fees - books.basis);
          expect(books.equity - initial).toBe(books.realised + books.openProfit - books.fees);
          // and the cash is what the fills say, added up by another road: 1e-16 units, each rounded once
          let exact = initial * 10n ** 8n;
          for (const fill of fills) {
            exact += (fill.side === "buy" ? -1n : 1n) * fill.quantity * fill.price - fill.fee * 10n ** 8n;
          }
          const lost = exact - books.cash * 10n ** 8n;
          expect(lost >= 0n && lost <= BigInt(fills.length) * 10n ** 8n).toBe(true);
        },
      ),
    );
  });

  it("of a position that was closed hold no basis, and its trades carry all of its profit", () => {
    fc.assert(
      fc.property(fc.array(anyFill, { minLength: 1, maxLength: 20 }), (fills) => {
        const open = ledgerWith(fills).quantityOf("BTC");
        const closing: Fill[] =
          open === 0n ? [] : [fillOf(open > 0n ? "sell" : "buy", open > 0n ? open : -open, toFixed8(50))];
        const books = ledgerWith([...fills, ...closing]).books();
        expect(books.basis).toBe(0n);
        expect(books.openProfit).toBe(0n);
        const profit = tradesOf([...fills, ...closing]).reduce((sum, t) => sum + t.profit, 0);
        const change = Number(books.cash - toFixed8(1000)) / 1e8;
        expect(Math.abs(profit - change)).toBeLessThan(1e-9 * (1 + Math.abs(change)) + 1e-6);
      }),
    );
  });

  it("keep the last price of an instrument that has no bar", () => {
    const ledger = ledgerWith([fillOf("buy", toFixed8(1), toFixed8(100))]);
    ledger.apply({ type: "bars", time: 1, ...columns(Number.NaN) });
    expect(ledger.priceOf("BTC")).toBe(100);
    expect(() => ledger.quantityOf("ETH")).toThrow(/does not keep 'ETH'/);
  });
});

function columns(price: number) {
  const one = (): Float64Array => Float64Array.of(price);
  return { open: one(), high: one(), low: one(), close: one(), volume: one() };
}
