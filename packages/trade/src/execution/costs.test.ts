import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulUp, toFixed8 } from "../core/fixed.ts";
import { affordable, exactCosts, feeOf, roundTripReturn, slippedPrice } from "./costs.ts";

const costs = exactCosts({ feeBps: 10, slippageBps: 5 });

describe("costs", () => {
  it("by hand: slippage 0.05 % against the order, fee 0.1 % of the notional", () => {
    expect(slippedPrice(toFixed8(30_000), "buy", costs)).toBe(toFixed8(30_015));
    expect(slippedPrice(toFixed8(30_000), "sell", costs)).toBe(toFixed8(29_985));
    expect(feeOf(toFixed8(0.5), toFixed8(30_000), costs)).toBe(toFixed8(15));
  });

  it("are rounded against the account", () => {
    expect(feeOf(1n, 1n, costs)).toBe(1n);
    expect(slippedPrice(1n, "buy", costs)).toBe(2n);
    expect(slippedPrice(1n, "sell", costs)).toBe(1n);
  });

  it("of a round trip by hand: 100 to 110, fee 1 %, slippage 1 %", () => {
    const dear = { feeBps: 100, slippageBps: 100 };
    // 101 paid, 108.90 received, fees 1.01 and 1.089
    expect(roundTripReturn(100, 110, 1, dear)).toBeCloseTo((108.9 - 101 - 2.099) / 101, 12);
    // a short: 99 received, 111.10 paid, fees 0.99 and 1.111
    expect(roundTripReturn(100, 110, -1, dear)).toBeCloseTo((99 - 111.1 - 2.101) / 99, 12);
  });

  it("what is affordable can be paid, and hardly more could", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 10n ** 8n, max: 10n ** 15n }),
        fc.bigInt({ min: 10n ** 4n, max: 10n ** 13n }),
        (cash, price) => {
          const quantity = affordable(cash, price, costs);
          const bill = (q: bigint): bigint => mulUp(q, price) + feeOf(q, price, costs);
          expect(bill(quantity) <= cash).toBe(true);
          expect(bill(quantity + (5n * 10n ** 8n) / price + 2n) > cash).toBe(true);
        },
      ),
    );
    expect(affordable(-5n, 1n, costs)).toBe(0n);
  });
});
