import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseThresholds, type SignalOutcome } from "./chooseThresholds.ts";
import { type ClassProbabilities, decideSignals } from "./decideSignals.ts";

function probabilities(rows: readonly (readonly [buy: number, sell: number])[]): ClassProbabilities {
  return [
    Float32Array.from(rows, ([buy]) => buy),
    Float32Array.from(rows, ([buy, sell]) => 1 - buy - sell),
    Float32Array.from(rows, ([, sell]) => sell),
  ];
}

describe("decisions at BUY 0.25, SELL 0.5", () => {
  it("by hand", () => {
    const rows = probabilities([
      [0.25, 0],
      [0.125, 0],
      [0, 0.5],
      [0, 0.375],
      // 1.5 x its threshold against 1.25 x
      [0.375, 0.625],
      [0.25, 0.625],
      // 1.25 x both
      [0.3125, 0.625],
    ]);
    expect([...decideSignals(rows, { buy: 0.25, sell: 0.5 })]).toEqual([1, 0, -1, 0, 1, -1, 0]);
    expect([...decideSignals(rows, { buy: null, sell: 0.5 })]).toEqual([0, 0, -1, 0, -1, -1, -1]);
  });

  it("refuses what is no probability", () => {
    const rows = probabilities([
      [0, 0],
      [Number.NaN, 0],
    ]);
    expect(() => decideSignals(rows, { buy: 0.5, sell: 0.5 })).toThrow(/P\(BUY\) of row 1 is NaN/);
    expect(() => decideSignals(probabilities([[0, 0]]), { buy: 1.5, sell: null })).toThrow(
      /thresholds\.buy: 1\.5/,
    );
  });
});

describe("the choice of thresholds", () => {
  const rows = probabilities(Array.from({ length: 100 }, (_, i) => [(i + 1) / 256, ((i * 37) % 100) / 256]));
  const count = (signals: Int8Array, signal: number): number => signals.filter((s) => s === signal).length;
  const constant = (n: number, value: number): number[] => new Array(n).fill(value);

  it("takes the pair with the largest mean net return among those that trade enough", async () => {
    // stricter BUY thresholds earn more a trade: 1 / number of BUYs
    const simulate = (signals: Int8Array): SignalOutcome => {
      const buys = count(signals, 1);
      return { tradeReturns: constant(buys, 1 / buys), totalReturn: 1 };
    };
    const search = { probabilities: rows, simulate, buyQuantiles: [0.5, 0.8, 0.9], sellQuantiles: [0.99] };
    const choice = await chooseThresholds({ ...search, minTrades: 15 });
    // the 80th of 100 ascending probabilities is 80/256, which 21 rows reach
    expect(choice.thresholds.buy).toBe(80 / 256);
    expect(choice.chosen).toMatchObject({ buyQuantile: 0.8, trades: 21 });
    expect(choice.chosen.meanNetReturn).toBeCloseTo(1 / 21, 12);
    expect(choice.reachedMinTrades).toBe(true);
    expect(choice.candidates.map((c) => c.trades)).toEqual([51, 21, 11]);
  });

  it("says so when no pair trades enough, and takes the most active", async () => {
    const simulate = (signals: Int8Array): SignalOutcome => ({
      tradeReturns: constant(count(signals, 1), -0.01),
      totalReturn: -0.1,
    });
    const choice = await chooseThresholds({ probabilities: rows, simulate, minTrades: 1000 });
    expect(choice.reachedMinTrades).toBe(false);
    expect(choice.note).toMatch(/none of 64 pairs of thresholds traded 1000 times/);
    expect(choice.chosen.trades).toBe(Math.max(...choice.candidates.map((c) => c.trades)));
  });

  it("gives the standard error: 0.01, 0.02, 0.06 have 0.03 ± 0.01528", async () => {
    const simulate = (): SignalOutcome => ({ tradeReturns: [0.01, 0.02, 0.06], totalReturn: 0.09 });
    const { chosen } = await chooseThresholds({ probabilities: rows, simulate, minTrades: 3 });
    expect(chosen.meanNetReturn).toBeCloseTo(0.03, 12);
    expect(chosen.standardError).toBeCloseTo(Math.sqrt(0.0014 / 2 / 3), 12);
    // all pairs alike: the strictest
    expect(chosen).toMatchObject({ buyQuantile: 0.995, sellQuantile: 0.995 });
  });

  it("tries every value once, and stands a model that never trades", async () => {
    const silent = probabilities(constant(50, 0).map(() => [0.25, 0.25] as const));
    const simulate = (): SignalOutcome => ({ tradeReturns: [], totalReturn: 0 });
    const choice = await chooseThresholds({ probabilities: silent, simulate });
    expect(choice.candidates).toHaveLength(1);
    expect(choice.chosen).toMatchObject({ trades: 0, meanNetReturn: null, standardError: null });
    expect(choice.note).toContain("no trade at all");
  });

  it("is the best of its candidates, whatever the outcomes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }),
        async (means) => {
          let row = 0;
          const simulate = (): SignalOutcome => {
            const mean = means[row]!;
            row += 1;
            return { tradeReturns: constant(row % 3 === 0 ? 5 : 40, mean), totalReturn: 0 };
          };
          const { chosen, candidates } = await chooseThresholds({ probabilities: rows, simulate });
          expect(chosen.trades).toBe(40);
          for (const c of candidates) {
            if (c.trades >= 30) expect(c.meanNetReturn!).toBeLessThanOrEqual(chosen.meanNetReturn!);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses a wrong grid", async () => {
    const simulate = (): SignalOutcome => ({ tradeReturns: [], totalReturn: 0 });
    await expect(
      chooseThresholds({ probabilities: rows, simulate, buyQuantiles: [0.5, 0.4] }),
    ).rejects.toThrow(/buyQuantiles: 0\.4/);
    await expect(chooseThresholds({ probabilities: probabilities([]), simulate })).rejects.toThrow(
      /no validation rows/,
    );
  });
});
