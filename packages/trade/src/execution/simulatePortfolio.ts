import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import type { BarSeries, Panel } from "../market/bars.ts";
import { unionPanel } from "../market/panel/unionPanel.ts";
import { type AccountInput, type AccountRun, runAccount } from "./accountRun.ts";
import { checkBars } from "./checkBars.ts";

/** Everything that happened in a simulated run of one account in many instruments. */
export interface PortfolioRun extends AccountRun {
  readonly instruments: readonly string[];
}

export interface PortfolioInput extends Omit<AccountInput, "panel"> {
  /** N series, each on its own clock; an instrument without a bar at a time is not traded then */
  readonly series: readonly BarSeries[];
}

/**
 * Runs a strategy over the bars of many instruments through the one loop: one account, one clock of all close times. An
 * order that an instrument has no next bar for expires. A position whose bars end while it is held (a delisting, a file that
 * stops) is closed at its last close when the run ends, which no market promised: a warning names it.
 * @throws DataError for bars that are no bars, by instrument; UsageError for a wrong configuration; RefusedError for a run in sample
 */
export async function simulatePortfolio(input: PortfolioInput): Promise<PortfolioRun> {
  const { timeframeMs } = input;
  // sums of floats and the closing of what is left go by this order: that of the caller must not matter
  const series = input.series.toSorted((a, b) => (a.instrument < b.instrument ? -1 : 1));
  for (const bars of series) checkBars(bars, timeframeMs);
  const panel = unionPanel(series);
  if (panel.length < 2) {
    throw new DataError(
      `portfolio: a backtest needs at least 2 bars, ${series.length} instruments have ${panel.length}: widen the range`,
    );
  }
  const run = await runAccount({ ...input, panel });
  return {
    ...run,
    instruments: series.map((bars) => bars.instrument),
    warnings: [...run.warnings, ...endedWhileHeld(run, panel)],
  };
}

function endedWhileHeld(run: AccountRun, panel: Panel): string[] {
  const lastRow = run.time.length - 1;
  const closedAtEnd = new Set(
    run.trades.filter((t) => t.exitReason === "endOfData").map((t) => t.instrument),
  );
  const ended: string[] = [];
  for (const bars of panel.series) {
    if (!closedAtEnd.has(bars.instrument)) continue;
    let row = lastRow;
    while (row >= 0 && Number.isNaN(bars.close[row]!)) row--;
    if (row < lastRow) ended.push(`${bars.instrument} (${isoTime(panel.closeTime[row]!).slice(0, 10)})`);
  }
  if (ended.length === 0) return [];
  return [
    `held when their bars ended, and valued at the last close, which may not have been paid: ${ended.join(", ")}`,
  ];
}
