import { upperBound } from "../core/columns.ts";
import { type Random, seededRandom } from "../core/random.ts";
import { roundTripReturn, type Simulation } from "../execution/index.ts";
import { percentile } from "./intervals.ts";

/** How a value of the strategy lies among those of random entries. */
export interface RandomBand {
  readonly mean: number;
  /** 5 % and 95 % percentiles */
  readonly low: number;
  readonly high: number;
  /** share of the random runs that the strategy beats, a tie counting half */
  readonly percentile: number;
}

export interface RandomEntry {
  readonly draws: number;
  readonly trades: number;
  readonly totalReturn: RandomBand;
  readonly meanTradeReturn: RandomBand;
  readonly winRate: RandomBand;
}

/**
 * What luck would have earned: the strategy's own trades, each with its side and its number of bars, entered at
 * random moments. Every draw shuffles the trades and places them on the bars without overlap, every placement
 * equally likely; a trade is bought at the open of its first bar and sold at the close of its last, both with slippage
 * and fee, on the fraction of equity that the trade had, no stop or target (holding times carry their effect). So number of
 * trades, exposure and costs are the strategy's, and only the moments are not: a permutation test of the timing.
 * null for a run without trades.
 */
export function randomEntry(simulation: Simulation, seed: number, draws = 200): RandomEntry | null {
  const { trades, bars, config } = simulation;
  const n = trades.length;
  if (n === 0 || draws < 1) return null;
  const random = seededRandom(seed);
  const weights = entryWeights(simulation);
  const lengths = Int32Array.from(trades, (t) => t.bars);
  const held = lengths.reduce((sum, length) => sum + length, 0);
  // a decision needs a closed bar before it
  const free = Math.max(0, bars.length - 1 - held);
  const order = Int32Array.from(trades, (_, i) => i);
  const totals: number[] = [];
  const means: number[] = [];
  const winRates: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    random.shuffle(order);
    const starts = sampleSorted(free + n, n, random);
    let growth = 1;
    let sum = 0;
    let wins = 0;
    let used = 0;
    for (let i = 0; i < n; i++) {
      const trade = order[i]!;
      const first = Math.min(bars.length - 1, 1 + starts[i]! - i + used);
      const last = Math.min(bars.length - 1, first + lengths[trade]! - 1);
      used += lengths[trade]!;
      const direction = trades[trade]!.side === "long" ? 1 : -1;
      const result = roundTripReturn(bars.open[first]!, bars.close[last]!, direction, config);
      growth *= Math.max(0, 1 + weights[trade]! * result);
      sum += result;
      if (result > 0) wins += 1;
    }
    totals.push(growth - 1);
    means.push(sum / n);
    winRates.push(wins / n);
  }
  const own = trades.reduce(
    (all, t) => ({ sum: all.sum + t.netReturn, wins: all.wins + Number(t.profit > 0) }),
    { sum: 0, wins: 0 },
  );
  return {
    draws,
    trades: n,
    totalReturn: band(totals, simulation.finalEquity / config.initialCash - 1),
    meanTradeReturn: band(means, own.sum / n),
    winRate: band(winRates, own.wins / n),
  };
}

/** What each trade put in as a fraction of the equity at the close before it. */
function entryWeights({ trades, time, equity, config }: Simulation): Float64Array {
  return Float64Array.from(trades, (trade) => {
    const before = upperBound(time, trade.entryTime) - 1;
    return (trade.entryPrice * trade.quantity) / (before < 0 ? config.initialCash : equity[before]!);
  });
}

/** `count` different whole numbers below `bound`, ascending, every set equally likely (Floyd's algorithm). */
function sampleSorted(bound: number, count: number, random: Random): Float64Array {
  const chosen = new Set<number>();
  for (let top = bound - count; top < bound; top++) {
    const pick = random.below(top + 1);
    chosen.add(chosen.has(pick) ? top : pick);
  }
  return Float64Array.from(chosen).sort();
}

function band(values: number[], own: number): RandomBand {
  values.sort((a, b) => a - b);
  let below = 0;
  let sum = 0;
  for (const value of values) {
    sum += value;
    below += value < own ? 1 : value === own ? 0.5 : 0;
  }
  return {
    mean: sum / values.length,
    low: percentile(values, 0.05),
    high: percentile(values, 0.95),
    percentile: below / values.length,
  };
}
