import { UsageError } from "../core/errors.ts";
import {
  type ClassProbabilities,
  checkProbabilities,
  decideSignals,
  type Thresholds,
} from "./decideSignals.ts";

/** What a set of signals earned, costs included. */
export interface SignalOutcome {
  /** net return of each trade as a fraction of its entry notional */
  readonly tradeReturns: ArrayLike<number>;
  /** net return of the whole run as a fraction of the initial equity */
  readonly totalReturn: number;
}

export interface ThresholdCandidate extends Thresholds {
  /** the quantile of P(BUY) and of P(SELL) over the rows that gave the thresholds; null where the side is off */
  readonly buyQuantile: number | null;
  readonly sellQuantile: number | null;
  readonly trades: number;
  /** mean net return a trade; null without trades */
  readonly meanNetReturn: number | null;
  /** standard error of that mean (sample deviation / sqrt n); null under two trades */
  readonly standardError: number | null;
  readonly totalReturn: number;
}

export interface ThresholdChoice {
  readonly thresholds: Thresholds;
  readonly chosen: ThresholdCandidate;
  /** every pair that was tried, in the order of the grid: the number of trials is its length */
  readonly candidates: readonly ThresholdCandidate[];
  /** false: no pair traded `minTrades` times, the one with the most trades was taken */
  readonly reachedMinTrades: boolean;
  /** one sentence for the user */
  readonly note: string;
}

export interface ThresholdSearch {
  /** validation rows only: what is fitted here may not be judged on the same rows */
  readonly probabilities: ClassProbabilities;
  simulate(signals: Int8Array): SignalOutcome | Promise<SignalOutcome>;
  /** trades that a pair needs to be eligible; 30 by default */
  readonly minTrades?: number;
  /** quantiles in (0, 1), ascending; the default reaches from every second row to one in two hundred */
  readonly buyQuantiles?: readonly number[];
  readonly sellQuantiles?: readonly number[];
  onCandidate?(done: number, total: number): void;
}

export const DEFAULT_QUANTILES: readonly number[] = [0.5, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995];

/**
 * The pair of thresholds with the largest mean net return a trade among those with at least `minTrades` trades,
 * searched over quantiles of P(BUY) x quantiles of P(SELL). Equal means: more trades, then the larger BUY quantile,
 * then the larger SELL quantile (the stricter pair). Where no pair reaches `minTrades`, the pair with the most
 * trades is taken (equal: the larger mean, then the stricter) and `note` says so.
 *
 * The value found is the best of many: it is biased upwards and no forecast of what the test rows will earn.
 * @throws UsageError for an empty grid or a quantile outside (0, 1); DataError for a value that is no probability
 */
export async function chooseThresholds(search: ThresholdSearch): Promise<ThresholdChoice> {
  const { probabilities, minTrades = 30 } = search;
  checkProbabilities(probabilities);
  if (probabilities[0].length === 0)
    throw new UsageError("thresholds: there are no validation rows to search");
  const buys = grid(probabilities[0], search.buyQuantiles ?? DEFAULT_QUANTILES, "buyQuantiles");
  const sells = grid(probabilities[2], search.sellQuantiles ?? DEFAULT_QUANTILES, "sellQuantiles");
  const total = buys.length * sells.length;
  const candidates: ThresholdCandidate[] = [];
  for (const buy of buys) {
    for (const sell of sells) {
      const thresholds = { buy: buy.value, sell: sell.value };
      const outcome = await search.simulate(decideSignals(probabilities, thresholds));
      const { mean, standardError } = meanOf(outcome.tradeReturns);
      candidates.push({
        ...thresholds,
        buyQuantile: buy.quantile,
        sellQuantile: sell.quantile,
        trades: outcome.tradeReturns.length,
        meanNetReturn: mean,
        standardError,
        totalReturn: outcome.totalReturn,
      });
      search.onCandidate?.(candidates.length, total);
    }
  }
  const eligible = candidates.filter((c) => c.trades >= minTrades);
  const reachedMinTrades = eligible.length > 0;
  const chosen = reachedMinTrades ? best(eligible, byMean) : best(candidates, byTrades);
  return {
    thresholds: { buy: chosen.buy, sell: chosen.sell },
    chosen,
    candidates,
    reachedMinTrades,
    note: noteOf(chosen, candidates.length, minTrades, reachedMinTrades),
  };
}

interface GridPoint {
  readonly quantile: number;
  readonly value: number;
}

/** Thresholds at quantiles (nearest rank), each value once, under its largest quantile. */
function grid(column: Float32Array, quantiles: readonly number[], where: string): readonly GridPoint[] {
  if (quantiles.length === 0) throw new UsageError(`thresholds.${where}: name at least one quantile`);
  const sorted = Float32Array.from(column).sort();
  const byValue = new Map<number, number>();
  let last = 0;
  for (const quantile of quantiles) {
    if (!(quantile > last && quantile < 1)) {
      throw new UsageError(`thresholds.${where}: ${quantile} is not between 0 and 1 in ascending order`);
    }
    last = quantile;
    byValue.set(sorted[Math.ceil(quantile * sorted.length) - 1]!, quantile);
  }
  return [...byValue].map(([value, quantile]) => ({ value, quantile }));
}

function meanOf(values: ArrayLike<number>): { mean: number | null; standardError: number | null } {
  const n = values.length;
  if (n === 0) return { mean: null, standardError: null };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  if (n < 2) return { mean, standardError: null };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

type Order = (a: ThresholdCandidate, b: ThresholdCandidate) => number;

const meanDifference: Order = (a, b) =>
  (a.meanNetReturn ?? Number.NEGATIVE_INFINITY) === (b.meanNetReturn ?? Number.NEGATIVE_INFINITY)
    ? 0
    : (a.meanNetReturn ?? Number.NEGATIVE_INFINITY) - (b.meanNetReturn ?? Number.NEGATIVE_INFINITY);
const tradeDifference: Order = (a, b) => a.trades - b.trades;
const strictness: Order = (a, b) =>
  (a.buyQuantile ?? 1) - (b.buyQuantile ?? 1) || (a.sellQuantile ?? 1) - (b.sellQuantile ?? 1);
const byMean: Order = (a, b) => meanDifference(a, b) || tradeDifference(a, b) || strictness(a, b);
const byTrades: Order = (a, b) => tradeDifference(a, b) || meanDifference(a, b) || strictness(a, b);

function best(candidates: readonly ThresholdCandidate[], order: Order): ThresholdCandidate {
  return candidates.reduce((leader, candidate) => (order(candidate, leader) > 0 ? candidate : leader));
}

function noteOf(chosen: ThresholdCandidate, tried: number, minTrades: number, reached: boolean): string {
  const value =
    chosen.meanNetReturn === null
      ? "no trade at all"
      : `${(100 * chosen.meanNetReturn).toFixed(3)} % net a trade (standard error ${
          chosen.standardError === null ? "unknown" : `${(100 * chosen.standardError).toFixed(3)} %`
        }, ${chosen.trades} trades)`;
  return reached
    ? `best of ${tried} pairs of thresholds on the validation rows: ${value}`
    : `none of ${tried} pairs of thresholds traded ${minTrades} times on the validation rows; the most active was taken: ${value}`;
}
