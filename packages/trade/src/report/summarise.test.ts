import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import { DAY_MS, HOUR_MS } from "../core/time.ts";
import { type Simulation, type SimulationConfigInput, simulateSignals } from "../execution/index.ts";
import { metricsOf } from "./metrics.ts";
import { randomEntry } from "./randomEntry.ts";
import { summarise } from "./summarise.ts";

type Bars = Simulation["bars"];

function barsOf(closes: readonly number[], timeframeMs: number): Bars {
  const open = Float64Array.from(closes, (c, i) => closes[i - 1] ?? c);
  const close = Float64Array.from(closes);
  return {
    instrument: "BTCUSDT",
    length: closes.length,
    closeTime: Float64Array.from(closes, (_, i) => (i + 1) * timeframeMs),
    open,
    high: open.map((o, i) => Math.max(o, close[i]!)),
    low: open.map((o, i) => Math.min(o, close[i]!)),
    close,
    volume: new Float64Array(closes.length).fill(1),
  };
}

const free: SimulationConfigInput = {
  feeBps: 0,
  slippageBps: 0,
  stop: null,
  target: null,
  initialCash: 1000,
};

function run(
  closes: readonly number[],
  signals: readonly number[],
  config: SimulationConfigInput,
  timeframeMs = DAY_MS,
) {
  return simulateSignals({
    bars: barsOf(closes, timeframeMs),
    timeframeMs,
    signals: Int8Array.from(signals),
    config,
  });
}

function walk(length: number, seed: number): { closes: number[]; signals: number[] } {
  const random = seededRandom(seed);
  let price = 100;
  return {
    closes: Array.from({ length }, () => {
      price *= 1 + 0.02 * (random.next() - 0.5);
      return price;
    }),
    signals: Array.from({ length }, () => random.below(3) - 1),
  };
}

describe("metrics of two trades, by hand", () => {
  // bought 5 at 100 (the second open), sold at 110: +50; bought at 1050 x 0.5 / 100 = 5.25 of 100, sold at 80: -105
  const closes = [100, 110, 110, 100, 80, 80, 80, 80];
  const signals = [1, -1, 0, 1, -1, 0, 0, 0];

  it("are these", async () => {
    const simulation = await run(closes, signals, { ...free, fraction: 0.5 });
    expect(simulation.trades.map((t) => [t.profit, t.bars])).toEqual([
      [50, 1],
      [-105, 1],
    ]);
    const metrics = metricsOf(simulation);
    expect(metrics.totalReturn).toBeCloseTo(-0.055, 12);
    expect(metrics.annualReturn).toBeCloseTo(0.945 ** (365 / 8) - 1, 12);
    expect(metrics.maxDrawdown).toBeCloseTo(0.1, 12);
    expect(metrics.winRate).toBe(0.5);
    expect(metrics.profitFactor).toBeCloseTo(50 / 105, 12);
    expect(metrics.meanTradeReturn).toBeCloseTo((0.1 - 0.2) / 2, 12);
    expect(metrics.meanWinningTrade).toBeCloseTo(0.1, 12);
    expect(metrics.exposure).toBe(2 / 8);
    // 500 + 550 + 525 + 420 over the mean of 1000, 1050 x 3, 945 x 4
    expect(metrics.turnover).toBeCloseTo(1995 / (7930 / 8), 10);
    expect([metrics.trades, metrics.costs]).toEqual([2, 0]);
    // daily returns 0 .05 0 0 -.1 0 0 0: mean -.00625, squares .0125 - 8 x mean^2
    expect(metrics.sharpe).toBeCloseTo(
      (-0.00625 / Math.sqrt((0.0125 - 8 * 0.00625 ** 2) / 7)) * Math.sqrt(365),
      10,
    );
    expect(metrics.sortino).toBeCloseTo((-0.00625 * 365) / Math.sqrt((0.01 / 8) * 365), 10);
    expect(metrics.calmar).toBeCloseTo(metrics.annualReturn! / 0.1, 8);
  });

  it("have the drawdown's dates", async () => {
    const { drawdown } = await summarise(await run(closes, signals, { ...free, fraction: 0.5 }));
    // the peak's last day, the low, and no recovery
    expect(drawdown).toMatchObject({ peakTime: 4 * DAY_MS, troughTime: 5 * DAY_MS, recoveryTime: null });
  });

  it("count costs against the initial equity", async () => {
    const metrics = metricsOf(
      await run([100, 100, 100], [1, -1, 0], { ...free, feeBps: 100, fraction: 0.5 }),
    );
    // 0.5 x 1000 / 101 = 4.95049 units at 100, 1 % on each side
    expect(metrics.costs).toBeCloseTo((2 * 4.95049) / 1000, 10);
    expect(metrics.totalReturn).toBeCloseTo(-metrics.costs, 10);
  });
});

describe("a summary", () => {
  it("has buy and hold on the same bars and costs", async () => {
    const closes = [100, 100, 120, 90, 150];
    const { baselines, equity } = await summarise(
      await run(closes, [0, 0, 0, 0, 0], { ...free, feeBps: 100 }),
    );
    // 1000 / 101 = 9.90099 (to the step) at 100, sold at 150, 1 % on each side
    const units = 9.90099;
    const expected = (1000 + units * (50 - 1 - 1.5)) / 1000 - 1;
    expect(baselines.buyAndHold!.metrics.totalReturn).toBeCloseTo(expected, 8);
    expect(baselines.buyAndHold!.metrics.trades).toBe(1);
    expect(equity.buyAndHold).toHaveLength(5);
    expect(baselines.randomEntry).toBeNull();
  });

  it("buys and holds over missing bars", async () => {
    const bars = barsOf([100, 100, 100, 110], DAY_MS);
    bars.closeTime[3] = 9 * DAY_MS;
    const simulation = await simulateSignals({
      bars,
      timeframeMs: DAY_MS,
      signals: new Int8Array(4),
      config: free,
    });
    const { baselines } = await summarise(simulation);
    expect(baselines.buyAndHold!.metrics.totalReturn).toBeCloseTo(0.1, 4);
  });

  it("holds no number that JSON cannot write, with trades or without", async () => {
    const { closes, signals } = walk(600, 2);
    for (const simulation of [
      await run(closes, signals, {}, HOUR_MS),
      await run(closes, new Array(600).fill(0), {}, HOUR_MS),
      await run([100, 101], [1, 0], {}, HOUR_MS),
    ]) {
      const bad: string[] = [];
      JSON.stringify(await summarise(simulation), (key, value: unknown) => {
        if (typeof value === "number" && !Number.isFinite(value)) bad.push(key);
        return value;
      });
      expect(bad).toEqual([]);
    }
  });

  it("puts an interval around every estimate of a short run, and says that it is short", async () => {
    const { closes, signals } = walk(400, 8);
    const simulation = await run(
      closes,
      signals.map((s, i) => (i % 10 ? 0 : s)),
      {},
    );
    const { metrics, intervals, warnings } = await summarise(simulation);
    expect(metrics.trades).toBeGreaterThan(5);
    expect(metrics.trades).toBeLessThan(30);
    for (const [name, interval] of Object.entries(intervals)) {
      const value = metrics[name as keyof typeof metrics]!;
      expect(interval, name).not.toBeNull();
      expect(interval!.low!, name).toBeLessThan(value);
      expect(interval!.high ?? Number.POSITIVE_INFINITY, name).toBeGreaterThan(value);
    }
    expect(warnings.join()).toContain("fewer than 30");
  });

  it("says when the run is in sample or invalid", async () => {
    const bars = barsOf([100, 100, 100, 100], DAY_MS);
    bars.closeTime[3] = 9 * DAY_MS;
    const simulation = await simulateSignals({
      bars,
      timeframeMs: DAY_MS,
      signals: Int8Array.of(1, 0, 0, 0),
      config: free,
      inSample: true,
    });
    const { warnings, targets } = await summarise(simulation);
    expect(warnings[0]).toContain("IN SAMPLE");
    expect(warnings[1]).toContain("INVALID");
    expect(targets.find((t) => t.name === "sharpe")).toMatchObject({
      target: 1.5,
      measured: null,
      met: false,
    });
  });

  it("is the same again", async () => {
    const { closes, signals } = walk(600, 9);
    const simulation = await run(closes, signals, {}, HOUR_MS);
    expect(await summarise(simulation)).toEqual(await summarise(simulation));
  });

  it("deflates the Sharpe ratio by the trials", async () => {
    const { closes, signals } = walk(600, 9);
    const simulation = await run(closes, signals, { feeBps: 0, slippageBps: 0 }, HOUR_MS);
    const alone = await summarise(simulation);
    expect(alone.deflatedSharpe).toBe(alone.probabilisticSharpe);
    const among = await summarise(simulation, { trialSharpes: [0.5, 1, -1, 2, alone.metrics.sharpe!] });
    expect(among.trials).toBe(5);
    expect(among.deflatedSharpe!).toBeLessThan(alone.deflatedSharpe!);
  });
});

describe("random entries", () => {
  it("have one place for a trade that fills the run, and then earn what it earned", async () => {
    const closes = [100, 100, 120, 90, 150];
    const simulation = await run(closes, [1, 0, 0, 0, 0], {
      feeBps: 10,
      slippageBps: 5,
      stop: null,
      target: null,
    });
    const luck = randomEntry(simulation, 1, 20)!;
    expect(luck.trades).toBe(1);
    expect(luck.meanTradeReturn.low).toBeCloseTo(simulation.trades[0]!.netReturn, 7);
    expect(luck.meanTradeReturn.high).toBe(luck.meanTradeReturn.low);
  });

  it("hold as long as the strategy held: 1 % a bar wherever the price rises by that", async () => {
    const closes = Array.from({ length: 60 }, (_, i) => 100 * 1.01 ** i);
    const signals = closes.map((_, i) => (i % 6 === 0 ? 1 : i % 6 === 3 ? -1 : 0));
    const simulation = await run(closes, signals, free);
    const luck = randomEntry(simulation, 1)!;
    expect(simulation.trades[0]!.bars).toBe(3);
    expect(luck.meanTradeReturn.low).toBeCloseTo(1.01 ** 3 - 1, 10);
    expect(luck.meanTradeReturn.high).toBeCloseTo(1.01 ** 3 - 1, 10);
  });

  it("lose exactly the costs where the price stands still", async () => {
    const simulation = await run(new Array(50).fill(100), [1, -1, 0, 1, 0, -1, ...new Array(44).fill(0)], {
      ...free,
      feeBps: 50,
    });
    const luck = randomEntry(simulation, 1)!;
    expect(luck.draws).toBe(200);
    // 0.5 % on each side of two trades of 1 / 1.005 of the equity
    expect(luck.totalReturn.mean).toBeCloseTo((1 - 0.01 / 1.005) ** 2 - 1, 6);
    expect(luck.winRate).toMatchObject({ mean: 0, high: 0, percentile: 0.5 });
  });

  it("rank a strategy that knows the future above all, one that is always wrong below", async () => {
    const { closes } = walk(300, 12);
    const ahead = closes.map((c, i) => Math.sign((closes[i + 1] ?? c) - c));
    const config = { ...free, allowShort: true };
    expect(randomEntry(await run(closes, ahead, config), 1)!.totalReturn.percentile).toBe(1);
    const wrong = ahead.map((s) => -s);
    expect(randomEntry(await run(closes, wrong, config), 1)!.totalReturn.percentile).toBe(0);
  });
});
