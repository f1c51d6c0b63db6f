import { BUY, SELL, SignalCursor, type SignalSeries } from "./signalTape.ts";
import type { Sizer } from "./sizer.ts";
import type { Strategy, Target } from "./strategy.ts";

const KEEP: readonly Target[] = [];

/**
 * Follows a series of signals in one instrument.
 *
 * - HOLD, a bar without a signal, or a signal in the direction that is held already: nothing changes.
 * - A signal against the position closes it at once (and opens the other side where the sizer allows it).
 * - A signal opens a position only when it is new: the row before it did not carry the same signal. So a position
 *   that a stop or a target closed stays closed while the same unbroken run of signals goes on, and the next
 *   entry comes after that signal was withdrawn (HOLD or the other side for at least one bar).
 *
 * Pure in the series and the holding: it keeps nothing of its own, so that a restart changes nothing.
 */
export function signalStrategy(instrument: string, series: SignalSeries, sizer: Sizer): Strategy {
  const cursor = new SignalCursor(series);
  const say = (weight: number, reason: string): readonly Target[] => [{ instrument, weight, reason }];
  const buy = say(sizer.weight(BUY), "BUY");
  const sell = say(sizer.weight(SELL), "SELL");
  const close = { [BUY]: say(0, "BUY"), [SELL]: say(0, "SELL") };
  return {
    lookback: 0,
    decide(view) {
      const row = cursor.rowAt(view.now);
      if (row < 0) return KEEP;
      const signal = series.signals[row]!;
      if (signal !== BUY && signal !== SELL) return KEEP;
      const held = view.portfolio.holding(instrument)?.quantity ?? 0;
      if (held * signal > 0) return KEEP;
      const wanted = signal === BUY ? buy : sell;
      const isNew = row === 0 || series.signals[row - 1] !== signal;
      if (isNew) return held === 0 && wanted[0]!.weight === 0 ? KEEP : wanted;
      return held === 0 ? KEEP : close[signal];
    },
  };
}

/** Takes `weight` of the equity at the first bar and keeps it: the baseline that costs no thought. */
export function buyAndHold(instrument: string, weight = 1): Strategy {
  let hasBought = false;
  const target: readonly Target[] = [{ instrument, weight, reason: "buy and hold" }];
  return {
    lookback: 0,
    decide() {
      if (hasBought) return KEEP;
      hasBought = true;
      return target;
    },
  };
}
