import type { BarSeries } from "../bars.ts";
import type { CheckName, Findings } from "./findings.ts";

/** Bars in a row that must repeat the one before, or have no range, before it is told: shorter runs are quiet markets. */
const STALE_RUN = 5;
const FLAT_RUN = 20;

/** Prices that stand still: runs of the very same bar, and runs of bars that hold a close and nothing else. */
export function checkRepeats(bars: BarSeries, barMs: number, findings: Findings): void {
  const { open, high, low, close } = bars;
  const repeats = (i: number): boolean =>
    i > 0 &&
    open[i] === open[i - 1] &&
    high[i] === high[i - 1] &&
    low[i] === low[i - 1] &&
    close[i] === close[i - 1];
  const isFlat = (i: number): boolean => open[i] === high[i] && high[i] === low[i] && low[i] === close[i];
  const addRuns = (check: CheckName, isPart: (i: number) => boolean, shortest: number): void => {
    for (let i = 0; i < bars.length; i++) {
      const first = i;
      while (i < bars.length && isPart(i)) i++;
      if (i - first >= shortest) {
        const note = `${i - first} bars`;
        findings.add(check, bars.closeTime[first]! - barMs, bars.closeTime[i - 1]!, i - first, note);
      }
    }
  };
  addRuns("stale", repeats, STALE_RUN);
  addRuns("flat", isFlat, FLAT_RUN);
}
