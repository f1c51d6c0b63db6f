import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, RefusedError, UsageError } from "../core/errors.ts";
import { fromFixed8 } from "../core/fixed.ts";
import { seededRandom } from "../core/random.ts";
import { allocateBars, type BarSeries } from "../market/bars.ts";
import { createSizer, signalSeries, signalStrategy } from "../signals/index.ts";
import type { SimulationConfigInput } from "./accountRun.ts";
import { type Simulation, simulate, simulateSignals } from "./simulate.ts";

const MINUTE = 60_000;

/** Bars of one minute from [open, high, low, close] rows; the first opens at time 0. */
function barsOf(
  rows: readonly (readonly [number, number, number, number])[],
  times?: readonly number[],
): BarSeries {
  const bars = allocateBars("BTCUSDT", rows.length);
  rows.forEach(([open, high, low, close], i) => {
    bars.closeTime[i] = times?.[i] ?? (i + 1) * MINUTE;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = close;
    bars.volume[i] = 1;
  });
  return bars;
}

function run(
  bars: BarSeries,
  signals: readonly number[],
  config: SimulationConfigInput = {},
): Promise<Simulation> {
  return simulateSignals({ bars, timeframeMs: MINUTE, signals: Int8Array.from(signals), config });
}

// Costs of the hand-worked cases: fee 1 %, slippage 1 %, so that every one shows in the second decimal.
const dear = { feeBps: 100, slippageBps: 100, stop: null, target: null, initialCash: 1000, fraction: 0.5 };
const free = { feeBps: 0, slippageBps: 0, initialCash: 1000, fraction: 0.5 };

describe("a market order", () => {
  it("decided at a close fills at the next open, with slippage against it and a fee", async () => {
    const bars = barsOf([
      [99, 101, 98, 100],
      [110, 112, 108, 111],
      [112, 125, 111, 120],
      [130, 131, 125, 128],
    ]);
    const result = await run(bars, [1, 0, -1, 0], dear);
    // wanted: 0.5 x 1000 / (100 x 1.01 x 1.01) = 4.901480... -> 4.90148
    // bought at 110 x 1.01 = 111.10: 544.554428, fee 5.44554428; cash 450.00002772
    // sold at 130 x 0.99 = 128.70: 630.820476, fee 6.30820476; cash 1074.51229896
    expect(
      result.fills.map((f) => [f.side, fromFixed8(f.quantity), fromFixed8(f.price), fromFixed8(f.fee)]),
    ).toEqual([
      ["buy", 4.90148, 111.1, 5.44554428],
      ["sell", 4.90148, 128.7, 6.30820476],
    ]);
    expect(result.fills.map((f) => [f.time, f.barTime])).toEqual([
      [1 * MINUTE, 2 * MINUTE],
      [3 * MINUTE, 4 * MINUTE],
    ]);
    // equity at the closes: 1000; 450.00002772 + 4.90148 x 111; ... + 4.90148 x 120; all cash
    const expected = [1000, 994.06430772, 1038.17762772, 1074.51229896];
    expected.forEach((value, i) => {
      expect(result.equity[i]).toBeCloseTo(value, 8);
    });
    expect(result.fees).toBeCloseTo(5.44554428 + 6.30820476, 8);
    // 1.10 x 4.90148 + 1.30 x 4.90148
    expect(result.slippage).toBeCloseTo(11.763552, 8);
    expect(result.trades).toHaveLength(1);
    const trade = result.trades[0]!;
    expect(trade).toMatchObject({ side: "long", bars: 2, entryReason: "BUY", exitReason: "signal" });
    expect(trade.profit).toBeCloseTo(74.51229896, 8);
    expect(trade.netReturn).toBeCloseTo(74.51229896 / 544.554428, 10);
  });

  it("is cut to what the account can pay when the open gaps up", async () => {
    const bars = barsOf([
      [100, 100, 100, 100],
      [200, 200, 200, 200],
      [200, 200, 200, 200],
    ]);
    const result = await run(bars, [1, 0, 0], { ...free, fraction: 1, stop: null, target: null });
    // 10 wanted at 100; at 200 the 1000 pay for 5, less the step lost to the units kept back for rounding
    expect(fromFixed8(result.fills[0]!.quantity)).toBeCloseTo(5, 4);
    expect(fromFixed8(result.fills[0]!.quantity)).toBeLessThanOrEqual(5);
    expect(result.warnings.join()).toContain("more than the account can pay for");
  });

  it("too small for the exchange is not sent", async () => {
    const bars = barsOf([
      [100, 100, 100, 100],
      [100, 100, 100, 100],
    ]);
    const result = await run(bars, [1, 0], { ...free, instrument: { minNotional: 501 } });
    expect(result.orders).toHaveLength(0);
  });

  it("decided at the last bar never fills", async () => {
    const bars = barsOf([
      [100, 100, 100, 100],
      [100, 100, 100, 100],
    ]);
    const result = await run(bars, [0, 1], free);
    expect(result.orders).toHaveLength(1);
    expect(result.fills).toHaveLength(0);
    expect(result.warnings.join()).toContain("the data end before it could fill");
  });
});

describe("stop and target of a long entered at 100 (stop 98, target 105)", () => {
  const entry = [
    [100, 100, 100, 100],
    [100, 101, 99, 100],
  ] as const;
  const after = [100, 100, 100, 100] as const;
  const cases = [
    { name: "stop touched", bar: [100, 101, 98, 99], kind: "stop", price: 98, atOpen: false },
    { name: "just above the stop", bar: [100, 101, 98.01, 99], kind: "endOfData", price: 100, atOpen: false },
    { name: "target touched", bar: [100, 105, 99, 104], kind: "target", price: 105, atOpen: false },
    { name: "both touched", bar: [100, 106, 97, 104], kind: "stop", price: 98, atOpen: false },
    { name: "opens past the stop", bar: [95, 96, 94, 95], kind: "stop", price: 95, atOpen: true },
    { name: "opens past the target", bar: [107, 108, 96, 97], kind: "target", price: 107, atOpen: true },
  ] as const;
  for (const { name, bar, kind, price, atOpen } of cases) {
    it(`${name}: ${kind} at ${price}`, async () => {
      const result = await run(barsOf([...entry, bar, after]), [1, 0, 0, 0], free);
      const exit = result.fills[1]!;
      expect([exit.kind, fromFixed8(exit.price), exit.isAtOpen]).toEqual([kind, price, atOpen]);
      // 5 units: what the exit price says, nothing else
      expect(result.finalEquity).toBeCloseTo(1000 + 5 * (price - 100), 9);
    });
  }

  it("is live inside the entry bar, after its open", async () => {
    const bars = barsOf([[100, 100, 100, 100], [100, 101, 97, 99], after]);
    const result = await run(bars, [1, 0, 0], free);
    const exit = result.fills[1]!;
    expect([exit.kind, fromFixed8(exit.price), exit.barTime]).toEqual(["stop", 98, 2 * MINUTE]);
    expect(result.trades[0]!.bars).toBe(1);
  });

  it("a stop pays slippage and fee, a target a fee only", async () => {
    const costs = { ...dear, stop: 0.02, target: 0.05 };
    // entry at 101, so stop 98.98 and target 106.05
    const stopped = await run(barsOf([...entry, [100, 101, 98, 99], after]), [1, 0, 0, 0], costs);
    expect(fromFixed8(stopped.fills[1]!.referencePrice)).toBe(98.98);
    expect(fromFixed8(stopped.fills[1]!.price)).toBeCloseTo(98.98 * 0.99, 8);
    const gained = await run(barsOf([...entry, [100, 107, 99.5, 106], after]), [1, 0, 0, 0], costs);
    const { price, quantity, fee } = gained.fills[1]!;
    expect(fromFixed8(price)).toBe(106.05);
    expect(fromFixed8(fee)).toBeCloseTo(1.0605 * fromFixed8(quantity), 7);
  });

  it("stays out while the same signal stands, and enters again once it was withdrawn", async () => {
    const flat = [100, 100, 100, 100] as const;
    const dip = [100, 100, 97, 100] as const;
    const bars = barsOf([flat, flat, dip, flat, flat, flat, flat]);
    const standing = await run(bars, [1, 1, 1, 1, 1, 1, 1], free);
    expect(standing.fills.map((f) => f.kind)).toEqual(["order", "stop"]);
    const renewed = await run(bars, [1, 1, 1, 0, 1, 1, 1], free);
    expect(renewed.fills.map((f) => [f.kind, f.barTime / MINUTE])).toEqual([
      ["order", 2],
      ["stop", 3],
      ["order", 6],
      ["endOfData", 7],
    ]);
  });
});

describe("shorts", () => {
  const flat = [100, 100, 100, 100] as const;
  it("are not opened unless allowed", async () => {
    const result = await run(barsOf([flat, flat, flat]), [-1, 0, 0], free);
    expect(result.orders).toHaveLength(0);
  });

  it("gain when the price falls, and are closed by a target below and a stop above the entry", async () => {
    const config = { ...free, allowShort: true };
    const gained = await run(barsOf([flat, flat, [99, 100, 94, 96], flat]), [-1, 0, 0, 0], config);
    expect(gained.fills.map((f) => [f.side, f.kind, fromFixed8(f.price)])).toEqual([
      ["sell", "order", 100],
      ["buy", "target", 95],
    ]);
    expect(gained.finalEquity).toBeCloseTo(1025, 9);
    expect(gained.trades[0]).toMatchObject({ side: "short", netReturn: 0.05 });
    const lost = await run(barsOf([flat, flat, [103, 104, 102, 103], flat]), [-1, 0, 0, 0], config);
    expect(fromFixed8(lost.fills[1]!.price)).toBe(103);
    expect(lost.finalEquity).toBeCloseTo(985, 9);
  });

  it("a change of sides closes first and opens then", async () => {
    const config = { ...free, allowShort: true, stop: null, target: null };
    const result = await run(barsOf([flat, flat, flat, [100, 100, 90, 90]]), [1, -1, 0, 0], config);
    expect(result.orders.map((o) => [o.side, o.reduceOnly, fromFixed8(o.quantity)])).toEqual([
      ["buy", false, 5],
      ["sell", true, 5],
      ["sell", false, 5],
    ]);
    expect(result.trades.map((t) => [t.side, t.profit])).toEqual([
      ["long", 0],
      ["short", 50],
    ]);
  });

  it("a short that has lost everything halts the run", async () => {
    const config = { ...free, fraction: 1, allowShort: true, stop: null, target: null };
    const result = await run(barsOf([flat, flat, [100, 210, 100, 205], flat]), [-1, 0, 0, 0], config);
    expect(result.valid).toBe(false);
    expect(result.invalidReason).toContain("equity is gone");
  });
});

describe("the data", () => {
  const flat = [100, 100, 100, 100] as const;
  it("end: what is held is closed at the last close, costs paid", async () => {
    const result = await run(barsOf([flat, flat, [100, 110, 100, 110]]), [1, 0, 0], dear);
    const exit = result.fills[1]!;
    expect([exit.kind, fromFixed8(exit.price), exit.time]).toEqual(["endOfData", 108.9, 3 * MINUTE]);
    expect(result.trades[0]!.exitReason).toBe("endOfData");
    // 4.90148 bought at 101 + 1 %, sold at 108.90 - 1 %
    const expected = 1000 - 4.90148 * 101 * 1.01 + 4.90148 * 108.9 * 0.99;
    expect(result.equity[2]).toBeCloseTo(expected, 6);
    expect(result.finalEquity).toBe(result.equity[2]);
  });

  it("lack a bar under an open position: the run is invalid and ends there", async () => {
    const bars = barsOf([flat, flat, flat, flat], [MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE]);
    const result = await run(bars, [1, 0, 0, 0], free);
    expect(result.valid).toBe(false);
    expect(result.invalidReason).toContain("1970-01-01T00:02:00Z and 1970-01-01T00:04:00Z");
    expect(result.equity).toHaveLength(2);
    expect(result.fills).toHaveLength(1);
  });

  it("lack a bar while flat: nothing happens, but an order does not wait for the bar after", async () => {
    const bars = barsOf([flat, flat, flat, flat], [MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE]);
    const result = await run(bars, [1, 0, 0, 0], free);
    expect(result.valid).toBe(true);
    expect(result.fills).toHaveLength(0);
    expect(result.warnings.join()).toContain("the bar after the decision is missing");
  });

  it("come from a market that closes: positions ride, orders wait for its next open, bars are counted as bars", async () => {
    const bars = barsOf(
      [flat, flat, [110, 110, 110, 110], flat, flat],
      [1, 9, 20, 21, 40].map((m) => m * MINUTE),
    );
    const series = signalSeries(bars.closeTime, Int8Array.of(1, 0, -1, 0, 0));
    const result = await simulate({
      bars,
      timeframeMs: MINUTE,
      strategy: signalStrategy("BTCUSDT", series, createSizer({ kind: "fixedFraction" })),
      rules: [],
      config: free,
      onGap: "ride",
    });
    expect(result.valid).toBe(true);
    expect(result.fills.map((f) => f.barTime / MINUTE)).toEqual([9, 21]);
    expect(result.trades[0]!.bars).toBe(2);
  });

  const broken: readonly [string, BarSeries, RegExp][] = [
    ["NaN", barsOf([flat, [100, Number.NaN, 100, 100]]), /row 1 \(1970-01-01T00:02:00Z\) is no bar/],
    ["infinite", barsOf([flat, [100, Number.POSITIVE_INFINITY, 100, 100]]), /row 1/],
    ["high below low", barsOf([flat, [100, 99, 101, 100]]), /row 1/],
    ["a price of zero", barsOf([flat, [0, 0, 0, 0]]), /row 1/],
    ["unordered", barsOf([flat, flat, flat], [MINUTE, 3 * MINUTE, 2 * MINUTE]), /row 2 .* does not follow/],
    ["a time twice", barsOf([flat, flat], [MINUTE, MINUTE]), /row 1 .* does not follow/],
    ["one bar", barsOf([flat]), /at least 2 bars/],
  ];
  for (const [name, bars, message] of broken) {
    it(`are refused: ${name}`, async () => {
      const attempt = run(bars, new Array(bars.length).fill(0), free);
      await expect(attempt).rejects.toThrow(DataError);
      await expect(attempt).rejects.toThrow(message);
    });
  }

  it("do not match the signals, or the configuration is wrong", async () => {
    const bars = barsOf([flat, flat]);
    await expect(run(bars, [0], free)).rejects.toThrow(/1 signals for 2 bars/);
    await expect(run(bars, [0, 2], free)).rejects.toThrow(DataError);
    await expect(run(bars, [0, 0], { feeBps: -1 })).rejects.toThrow(UsageError);
    await expect(run(bars, [0, 0], { feeBps: Number.NaN })).rejects.toThrow(/backtest\.feeBps/);
  });

  it("touch the training range: refused with exit code 4 unless in sample is said, then marked", async () => {
    const bars = barsOf([flat, flat, flat]);
    const input = { bars, timeframeMs: MINUTE, signals: new Int8Array(3) };
    const trainingRange = { from: 0, to: MINUTE };
    await expect(simulateSignals({ ...input, trainingRange })).rejects.toThrow(RefusedError);
    expect((await simulateSignals({ ...input, trainingRange, inSample: true })).inSample).toBe(true);
    const before = { from: 0, to: MINUTE - 1 };
    expect((await simulateSignals({ ...input, trainingRange: before })).inSample).toBe(false);
  });
});

describe("a run on random bars", () => {
  const random = (seed: number, length: number): { bars: BarSeries; signals: Int8Array } => {
    const source = seededRandom(seed);
    let price = 100;
    const rows = Array.from({ length }, () => {
      const open = price * (1 + 0.004 * (source.next() - 0.5));
      const close = open * (1 + 0.03 * (source.next() - 0.5));
      price = close;
      const high = Math.max(open, close) * (1 + 0.01 * source.next());
      return [open, high, Math.min(open, close) * (1 - 0.01 * source.next()), close] as const;
    });
    return { bars: barsOf(rows), signals: Int8Array.from({ length }, () => source.below(3) - 1) };
  };
  const go = (bars: BarSeries, signals: Int8Array, allowShort: boolean): Promise<Simulation> =>
    simulateSignals({ bars, signals, timeframeMs: MINUTE, config: { allowShort } });

  it("neither makes nor loses money but by its trades: profits sum to the change of equity", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, allowShort) => {
        const { bars, signals } = random(seed, 200);
        const result = await go(bars, signals, allowShort);
        const profit = result.trades.reduce((sum, t) => sum + t.profit, 0);
        expect(profit).toBeCloseTo(result.finalEquity - 10_000, 6);
        const fees = result.trades.reduce((sum, t) => sum + t.fees, 0);
        expect(fees).toBeCloseTo(result.fees, 6);
        const slippage = result.trades.reduce((sum, t) => sum + t.slippage, 0);
        expect(slippage).toBeCloseTo(result.slippage, 6);
        expect(result.equity[199]).toBe(result.finalEquity);
      }),
      { numRuns: 40 },
    );
  });

  it("looks at nothing ahead: other bars after T change nothing decided or filled by T", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 5, max: 150 }), async (seed, cut) => {
        const { bars, signals } = random(seed, 160);
        const other = random(seed + 1, 160);
        const scale = bars.close[cut]! / other.bars.close[cut]!;
        for (const column of ["open", "high", "low", "close"] as const) {
          for (let i = cut + 1; i < 160; i++) other.bars[column][i] = other.bars[column][i]! * scale;
          other.bars[column].set(bars[column].subarray(0, cut + 1));
        }
        other.signals.set(signals.subarray(0, cut + 1));
        const now = bars.closeTime[cut]!;
        const [a, b] = [await go(bars, signals, true), await go(other.bars, other.signals, true)];
        const known = (r: Simulation): unknown => ({
          orders: r.orders.filter((o) => o.time <= now),
          fills: r.fills.filter((f) => f.barTime <= now),
          equity: r.equity.slice(0, cut + 1),
        });
        expect(known(a)).toEqual(known(b));
      }),
      { numRuns: 30 },
    );
  });

  it("fills no order in the bar that made the decision, nor earlier", async () => {
    const { bars, signals } = random(3, 300);
    const result = await go(bars, signals, true);
    const decided = new Map(result.orders.map((o) => [o.id, o.time]));
    const ordered = result.fills.filter((f) => f.kind === "order");
    expect(ordered.length).toBeGreaterThan(50);
    for (const fill of ordered) {
      expect(fill.barTime).toBe(decided.get(fill.orderId)! + MINUTE);
      const row = bars.closeTime.indexOf(fill.barTime);
      expect(fromFixed8(fill.referencePrice)).toBeCloseTo(bars.open[row]!, 8);
    }
  });

  it("gives the same hashes again, and others for other signals", async () => {
    const { bars, signals } = random(5, 300);
    const [a, b] = [await go(bars, signals, true), await go(bars, signals, true)];
    expect([b.ordersSha256, b.equitySha256]).toEqual([a.ordersSha256, a.equitySha256]);
    const c = await go(bars, signals, false);
    expect(c.ordersSha256).not.toBe(a.ordersSha256);
    expect(c.equitySha256).not.toBe(a.equitySha256);
  });
});
