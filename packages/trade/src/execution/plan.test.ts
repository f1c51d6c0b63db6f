import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toFixed8 } from "../core/fixed.ts";
import { instrumentRulesSchema } from "./instrumentRules.ts";
import { type PlanOptions, plan } from "./plan.ts";

const rules = instrumentRulesSchema.parse({ quantityStep: 0.01, minQuantity: 0.02, minNotional: 10 });

function planned(weight: number, held: number, over: Partial<PlanOptions> = {}, equity = 1000, price = 100) {
  let id = 0;
  const orders = plan(
    [{ instrument: "BTC", weight, reason: "test", protection: { stop: 0.02, target: null } }],
    { equity, quantityOf: () => toFixed8(held), priceOf: () => price },
    5,
    { rulesOf: () => rules, allowShort: true, costReserve: 0, nextOrderId: () => `o${++id}`, ...over },
  );
  return orders.map((o) => [o.side, Number(o.quantity) / 1e8, o.reduceOnly, o.protection?.stop ?? null]);
}

describe("a plan", () => {
  it.each([
    ["buys towards zero to the step", 0.33333, 0, [["buy", 3.33, false, 0.02]]],
    ["trades only the change", 0.5, 2, [["buy", 3, false, 0.02]]],
    ["shrinks without a new protection", 0.5, 7, [["sell", 2, true, null]]],
    ["closes", 0, 7, [["sell", 7, true, null]]],
    ["closes a short", 0, -7, [["buy", 7, true, null]]],
    [
      "turns in two orders",
      -0.5,
      7,
      [
        ["sell", 7, true, null],
        ["sell", 5, false, 0.02],
      ],
    ],
    ["leaves what is right", 0.5, 5, []],
    ["leaves a change below the smallest notional", 0.5, 4.95, []],
    ["trades a change at the smallest notional", 0.5, 4.9, [["buy", 0.1, false, 0.02]]],
  ] as const)("%s", (_name, weight, held, orders) => {
    expect(planned(weight, held)).toEqual(orders);
  });

  it("holds nothing where a short is wanted and not allowed", () => {
    expect(planned(-1, 0, { allowShort: false })).toEqual([]);
    expect(planned(-1, 3, { allowShort: false })).toEqual([["sell", 3, true, null]]);
  });

  it("keeps back what fee and slippage will take", () => {
    expect(planned(1, 0, { costReserve: 0.01 })).toEqual([["buy", 9.9, false, 0.02]]);
  });

  it("opens nothing without equity, but still closes", () => {
    expect(planned(1, 0, {}, -5)).toEqual([]);
    expect(planned(-1, 3, {}, 0)).toEqual([["sell", 3, true, null]]);
  });

  it("refuses a weight or a price that is no number", () => {
    expect(() => planned(Number.NaN, 0)).toThrow(/cannot plan weight NaN/);
    expect(() => planned(1, 0, {}, 1000, Number.NaN)).toThrow(/at price NaN/);
  });

  it("never leads past the wanted weight", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: -900, max: 900 }),
        (weight, lots) => {
          const held = lots / 100;
          const change = planned(weight, held).reduce(
            (sum, [side, q]) => sum + (side === "buy" ? 1 : -1) * Number(q),
            0,
          );
          const after = held + change;
          const most = Math.max(Math.abs(weight) * 10, Math.abs(held)) + 1e-9;
          expect(Math.abs(after)).toBeLessThanOrEqual(most);
          if (change !== 0) expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(weight) * 10 + 0.1 + 1e-9);
        },
      ),
    );
  });
});
