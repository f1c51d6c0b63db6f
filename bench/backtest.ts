import { availableParallelism, cpus } from "node:os";
import { seededRandom } from "@orion/trade/core";
import { simulateSignals } from "@orion/trade/execution";
import { allocateBars, type BarSeries } from "@orion/trade/market";

/**
 * Budget line "event-driven backtest": bars a second through the one loop on one core, signals precomputed.
 * Bars are a seeded random walk; three densities of signals, because a bar with orders costs more than one without.
 * Costs are zero, or the account would soon be too small to trade and the rest of the run would measure nothing.
 * Each value is the median of five runs after one to warm up, hashing and trade list included.
 * Prints one JSON document; `ratio` is the value over the budget of 1,000,000 bars a second.
 */
const BARS = 1_000_000;
const BUDGET = 1_000_000;
const TIMEFRAME_MS = 300_000;

function randomWalk(length: number, seed: number): BarSeries {
  const random = seededRandom(seed);
  const bars = allocateBars("BTCUSDT", length);
  let price = 30_000;
  for (let i = 0; i < length; i++) {
    const open = price;
    price *= 1 + 0.004 * (random.next() - 0.5);
    bars.closeTime[i] = (i + 1) * TIMEFRAME_MS;
    bars.open[i] = open;
    bars.close[i] = price;
    bars.high[i] = Math.max(open, price) * (1 + 0.001 * random.next());
    bars.low[i] = Math.min(open, price) * (1 - 0.001 * random.next());
    bars.volume[i] = 10 * random.next();
  }
  return bars;
}

function signalsOf(length: number, share: number, seed: number): Int8Array {
  const random = seededRandom(seed);
  return Int8Array.from({ length }, () => {
    const draw = random.next();
    return draw < share ? 1 : draw < 2 * share ? -1 : 0;
  });
}

const bars = randomWalk(BARS, 7);
const lines = [];
for (const [name, share] of [
  ["backtest, a signal in 100 bars", 0.005],
  ["backtest, a signal in 10 bars", 0.05],
  ["backtest, no signals", 0],
] as const) {
  const signals = signalsOf(BARS, share, 11);
  const run = () =>
    simulateSignals({ bars, timeframeMs: TIMEFRAME_MS, signals, config: { feeBps: 0, slippageBps: 0 } });
  await run();
  const rates: number[] = [];
  let trades = 0;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    trades = (await run()).trades.length;
    rates.push(BARS / ((performance.now() - start) / 1000));
  }
  const value = Math.round(rates.sort((a, b) => a - b)[2]!);
  lines.push({
    name,
    value,
    unit: "bars/s",
    ratio: value / BUDGET,
    trades,
    bars: BARS,
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), node: process.version },
  });
}
process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
