import { dice, seedOf } from "./fault.ts";
import type { Tape } from "./tape.ts";
import type { World } from "./world.ts";

export interface Quote {
  readonly time: number;
  readonly last: number;
  readonly lastSize: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  /** counts the changes of this symbol's quote */
  readonly number: number;
}

/** Best prices one tick around the last trade, invented sizes in `step`: recorded bars hold no quotes. Null before any. */
export function quoteAt(world: World, tape: Tape, now: number, tick: number, step: number): Quote | null {
  const last = tape.last(now);
  if (!last) return null;
  const { point, number } = last;
  const random = dice(seedOf(world.seed, "quote", tape.market, tape.symbol, number));
  const ticks = Math.max(2, Math.round(point.price / tick));
  return {
    time: point.time,
    last: point.price,
    lastSize: point.quantity,
    bid: onGrid(ticks - 1, tick),
    bidSize: onGrid(1 + Math.floor(random() * 500), step),
    ask: onGrid(ticks + 1, tick),
    askSize: onGrid(1 + Math.floor(random() * 500), step),
    number,
  };
}

/** `count` steps as the nearest decimal number: 3 steps of 0.1 are 0.3. */
export const onGrid = (count: number, step: number): number => Number((count * step).toFixed(10));
