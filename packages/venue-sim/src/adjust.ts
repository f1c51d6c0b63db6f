import { fromNewYork, tradingDay } from "./session.ts";
import { type Bar, lastAt, type Tape } from "./tape.ts";
import type { World } from "./world.ts";

export type Adjustment = "raw" | "split" | "dividend" | "all";

interface Step {
  /** bars that begin before are adjusted, ms UTC */
  readonly before: number;
  readonly price: number;
  readonly shares: number;
}

/**
 * How to turn a bar as it traded into an adjusted one, by the corporate actions known at `now`: prices before a split of
 * n for m are divided by n/m and volumes multiplied; prices before a dividend D are multiplied by 1 - D / C with C the
 * last close before the ex-day as it traded (the method of the Center for Research in Security Prices).
 */
export function adjusterOf(world: World, tape: Tape, adjustment: Adjustment, now: number): (bar: Bar) => Bar {
  const steps = adjustment === "raw" ? [] : stepsOf(world, tape, adjustment, now);
  if (steps.length === 0) return (bar) => bar;
  return (bar) => {
    let price = 1;
    let shares = 1;
    for (const step of steps) {
      if (bar.from >= step.before) continue;
      price *= step.price;
      shares *= step.shares;
    }
    return {
      ...bar,
      open: rounded(bar.open * price),
      high: rounded(bar.high * price),
      low: rounded(bar.low * price),
      close: rounded(bar.close * price),
      volume: rounded(bar.volume * shares),
    };
  };
}

/** Six decimals, more than the venues give. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

function stepsOf(world: World, tape: Tape, adjustment: Adjustment, now: number): Step[] {
  const { splits = [], dividends = [] } = world.actions(tape.symbol) ?? {};
  const steps: Step[] = [];
  if (adjustment !== "dividend") {
    for (const { time, numerator, denominator } of splits) {
      steps.push({
        before: startOf(time),
        price: denominator / numerator,
        shares: numerator / denominator,
      });
    }
  }
  if (adjustment !== "split") {
    for (const { time, amount } of dividends) {
      const close = closeBefore(tape, startOf(time));
      if (close !== null) steps.push({ before: startOf(time), price: 1 - amount / close, shares: 1 });
    }
  }
  return steps.filter((step) => step.before <= now);
}

/** 00:00 in New York of the ex-day. */
export const startOf = (time: number): number => fromNewYork(tradingDay(time));

function closeBefore(tape: Tape, at: number): number | null {
  const daily = tape.columns("1d");
  const i = daily ? lastAt(daily.from, at - 1) : -1;
  return daily && i >= 0 ? daily.close[i]! : null;
}
