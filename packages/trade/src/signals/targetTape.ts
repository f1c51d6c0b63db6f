import type { Strategy, Target } from "./strategy.ts";

/** What is wanted at one close: the whole portfolio, by instrument its signed fraction of equity and why. */
export interface WantedPortfolio {
  /** ms UTC: the close at which it was decided */
  readonly time: number;
  readonly holdings: readonly Target[];
}

/**
 * Follows portfolios decided before: at each of their times what is held and no longer wanted is sold, what is wanted and
 * not held is bought, and what is both stays as it is, so that a price that moved is no reason to trade. Sales come first:
 * they pay for what is bought. Times without a portfolio change nothing.
 * @param instruments all that the account may hold
 */
export function targetTape(portfolios: readonly WantedPortfolio[], instruments: readonly string[]): Strategy {
  const byTime = new Map(portfolios.map((portfolio) => [portfolio.time, portfolio.holdings]));
  return {
    lookback: 0,
    decide({ now, portfolio }) {
      const wanted = byTime.get(now);
      if (!wanted) return [];
      const names = new Set(wanted.map((target) => target.instrument));
      const sold = instruments
        .filter((instrument) => !names.has(instrument) && portfolio.holding(instrument) !== undefined)
        .map((instrument) => ({ instrument, weight: 0, reason: "no longer wanted" }));
      const bought = wanted.filter((target) => {
        const held = portfolio.holding(target.instrument)?.quantity ?? 0;
        return held * target.weight <= 0 && (held !== 0 || target.weight !== 0);
      });
      return [...sold, ...bought];
    },
  };
}

/**
 * The baseline of a portfolio that costs no thought: 1/N of the equity in each of N instruments, bought once at its first close
 * and kept. Those that begin later find 1/N of what the account is worth then, as far as cash is left.
 * @param firstClose by instrument the close of its first bar, ms UTC
 */
export function equalWeightHold(firstClose: ReadonlyMap<string, number>): Strategy {
  const times = [...new Set(firstClose.values())].sort((a, b) => a - b);
  const count = firstClose.size;
  const byTime = new Map(
    times.map((time) => [
      time,
      [...firstClose].filter(([, first]) => first === time).map(([instrument]) => instrument),
    ]),
  );
  return {
    lookback: 0,
    decide: ({ now }) =>
      (byTime.get(now) ?? []).map((instrument) => ({
        instrument,
        weight: 1 / count,
        reason: "equal weights, bought and held",
      })),
  };
}
