import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import { DAY_MS } from "../core/time.ts";
import { allocateBars, type BarSeries } from "../market/bars.ts";
import { equalWeightHold, targetTape } from "../signals/index.ts";
import { simulatePortfolio } from "./simulatePortfolio.ts";

/** Daily bars [day, price]: open, high, low and close are that price. */
function flat(instrument: string, rows: readonly (readonly [number, number])[]): BarSeries {
  const bars = allocateBars(instrument, rows.length);
  rows.forEach(([day, price], t) => {
    bars.closeTime[t] = day * DAY_MS;
    bars.open[t] = bars.high[t] = bars.low[t] = bars.close[t] = price;
    bars.volume[t] = 1;
  });
  return bars;
}

const free = { feeBps: 0, slippageBps: 0, stop: null, target: null, initialCash: 1000 };
const common = { timeframeMs: DAY_MS, rules: [], onGap: "ride" as const };
const want = (day: number, weights: Record<string, number>) => ({
  time: day * DAY_MS,
  holdings: Object.entries(weights).map(([instrument, weight]) => ({ instrument, weight, reason: "test" })),
});

describe("a portfolio of two stocks, worked by hand", () => {
  const a = flat("A", [
    [1, 10],
    [2, 10],
    [3, 12],
    [4, 12],
    [5, 12],
  ]);
  const b = flat("B", [
    [1, 20],
    [2, 20],
    [3, 20],
    [4, 25],
    [5, 25],
  ]);

  it("buys half each, keeps what stays wanted, sells first and buys with it", async () => {
    // day 1: A half. Fills on day 2 at 10: 50 of A. Day 3: A at 12 -> 500 + 600 = 1,100; wanted B half instead.
    // day 4: A sold at 12 (cash 1,100), B bought for 550 at its open 25 (sized at 20: 27.5 pieces, 687.50). Day 5 as day 4.
    const portfolios = [want(1, { A: 0.5 }), want(2, { A: 0.5 }), want(3, { B: 0.5 })];
    const run = await simulatePortfolio({
      ...common,
      config: free,
      series: [a, b],
      strategy: targetTape(portfolios, ["A", "B"]),
    });
    expect([...run.equity]).toEqual([1000, 1000, 1100, 1100, 1100]);
    expect(run.orders.map((o) => `${o.side} ${o.instrument}`)).toEqual(["buy A", "sell A", "buy B"]);
    expect(run.trades.map((t) => [t.instrument, t.quantity, t.profit, t.exitReason])).toEqual([
      ["A", 50, 100, "signal"],
      ["B", 27.5, 0, "endOfData"],
    ]);
    expect(run.warnings).toEqual([]);
  });

  it("takes fee and slippage of every fill", async () => {
    const run = await simulatePortfolio({
      ...common,
      config: { ...free, feeBps: 100, slippageBps: 0 },
      series: [a, b],
      strategy: targetTape([want(1, { A: 0.5 }), want(3, {})], ["A", "B"]),
    });
    // 500 / (10 x 1.01) = 49.504950 pieces: 495.0495 and a fee of 4.950495; sold at 12: 594.0594 less 5.940594
    const pieces = 49.50495;
    expect(run.finalEquity).toBeCloseTo(1000 + pieces * 2 - pieces * 0.1 - pieces * 0.12, 4);
  });

  it("names a position whose bars end while it is held", async () => {
    const short = flat("C", [
      [1, 10],
      [2, 10],
      [3, 9],
    ]);
    const run = await simulatePortfolio({
      ...common,
      config: free,
      series: [short, b],
      strategy: targetTape([want(1, { C: 0.5 })], ["B", "C"]),
    });
    expect(run.warnings).toEqual([expect.stringMatching(/held when their bars ended.*C \(1970-01-04\)/)]);
    expect(run.finalEquity).toBe(950);
  });

  it("an order for an instrument without a next bar expires, and is said to", async () => {
    const hole = flat("D", [
      [1, 10],
      [3, 10],
      [4, 10],
    ]);
    const run = await simulatePortfolio({
      ...common,
      config: free,
      series: [hole, b],
      strategy: targetTape([want(1, { D: 0.5 })], ["B", "D"]),
    });
    expect(run.trades).toEqual([]);
    expect(run.warnings).toEqual([
      expect.stringMatching(/1 order not filled in full: the bar after the decision is missing/),
    ]);
  });

  it("equal weights bought once and held: the mean of both returns", async () => {
    const first = new Map([
      ["A", DAY_MS],
      ["B", DAY_MS],
    ]);
    const run = await simulatePortfolio({
      ...common,
      config: free,
      series: [a, b],
      strategy: equalWeightHold(first),
    });
    expect(run.finalEquity).toBeCloseTo(1000 * (1 + (0.2 + 0.25) / 2), 3);
  });
});

it("never spends more than there is, and one order of the series is as good as another", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), async (seed) => {
      const random = seededRandom(seed);
      const names = ["A", "B", "C", "D"];
      const series = names.map((name) => {
        let price = 10 + random.below(90);
        const days = Array.from({ length: 30 }, (_, d) => d + 1).filter(() => random.next() > 0.1);
        return flat(
          name,
          days.map((day) => {
            price *= 1 + 0.2 * (random.next() - 0.5);
            return [day, price] as const;
          }),
        );
      });
      const priced = (day: number) => names.filter((_, i) => series[i]!.closeTime.includes(day * DAY_MS));
      const portfolios = [3, 8, 13, 18, 23].map((day) =>
        want(
          day,
          Object.fromEntries(
            priced(day)
              .filter(() => random.next() < 0.6)
              .map((n) => [n, 0.4 * random.next() + 0.01]),
          ),
        ),
      );
      const input = {
        ...common,
        config: { ...free, feeBps: 10, slippageBps: 5 },
        strategy: targetTape(portfolios, names),
      };
      const run = await simulatePortfolio({ ...input, series });
      let cash = 1000;
      for (const { side, quantity, price, fee } of run.fills) {
        const notional = (Number(quantity) / 1e8) * (Number(price) / 1e8);
        cash += (side === "buy" ? -notional : notional) - Number(fee) / 1e8;
        expect(cash).toBeGreaterThan(-1e-4);
      }
      const turned = await simulatePortfolio({ ...input, series: series.toReversed() });
      expect(turned.ordersSha256).toBe(run.ordersSha256);
      expect(turned.equitySha256).toBe(run.equitySha256);
    }),
    { numRuns: 30 },
  );
});

it("refuses nothing to trade and bars that are none", async () => {
  const strategy = targetTape([], []);
  await expect(simulatePortfolio({ ...common, series: [], strategy })).rejects.toThrow(
    /0 instruments have 0/,
  );
  const bad = flat("A", [
    [1, 10],
    [2, -1],
  ]);
  await expect(simulatePortfolio({ ...common, series: [bad], strategy })).rejects.toThrow(
    /A: row 1 .* is no bar/,
  );
});
