import { isoTime } from "../core/time.ts";
import type { Trade } from "../execution/index.ts";
import type { Interval as ReportInterval, RunSummary } from "../report/index.ts";
import type { BacktestResponse } from "../wire/backtest.ts";

const pointsToDraw = 2000;

/**
 * Sharpe ratios of a recipe's trials. The same configuration on the same bars again is no new trial: it cannot be
 * chosen for another result.
 */
export function distinctSharpes(
  trials: readonly {
    recipe: string;
    configSha256: string;
    dataSha256: string;
    modelId: string | null;
    metrics: Record<string, number | null>;
  }[],
  recipe: string,
): number[] {
  const seen = new Map<string, number>();
  for (const trial of trials) {
    const sharpe = trial.metrics.sharpe;
    if (trial.recipe !== recipe || sharpe === null || sharpe === undefined) continue;
    seen.set([trial.configSha256, trial.dataSha256, trial.modelId].join(), sharpe);
  }
  return [...seen.values()];
}

/** What every run says of itself in the words of the wire. */
export function summaryOfRun(
  summary: RunSummary,
): Pick<BacktestResponse, "metrics" | "intervals" | "drawdown" | "targets" | "trials" | "deflatedSharpe"> {
  const { drawdown } = summary;
  const iso = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
  return {
    metrics: summary.metrics,
    intervals: Object.fromEntries(
      // an interval that is open on a side (a profit factor of draws without a loss) is not told as one
      Object.entries(summary.intervals).map(([name, i]: [string, ReportInterval | null]) => [
        name,
        i === null || i.low === null || i.high === null ? null : [i.low, i.high],
      ]),
    ),
    drawdown: {
      peak: iso(drawdown.peakTime),
      trough: iso(drawdown.troughTime),
      recovered: iso(drawdown.recoveryTime),
    },
    targets: summary.targets.map((t) => ({
      name: t.name,
      target: `${t.wanted === "above" ? ">" : "<"} ${t.target}`,
      measured: t.measured,
      met: t.met,
    })),
    trials: summary.trials,
    deflatedSharpe: summary.deflatedSharpe,
  };
}

export function tradeOf(t: Trade): BacktestResponse["trades"][number] {
  return {
    instrument: t.instrument,
    side: t.side,
    quantity: t.quantity,
    entryTime: isoTime(t.entryTime),
    entryPrice: t.entryPrice,
    exitTime: isoTime(t.exitTime),
    exitPrice: t.exitPrice,
    exitReason: t.exitReason,
    netReturn: t.netReturn,
    profit: t.profit,
    bars: t.bars,
  };
}

/** At most so many points, first and last among them. */
export function drawn(equity: {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly buyAndHold: Float64Array | null;
}): BacktestResponse["equity"] {
  const n = equity.time.length;
  const points = Math.min(n, pointsToDraw);
  const rows = Array.from({ length: points }, (_, i) =>
    points < 2 ? 0 : Math.round((i * (n - 1)) / (points - 1)),
  );
  return {
    time: rows.map((r) => equity.time[r]!),
    strategy: rows.map((r) => equity.equity[r]!),
    buyAndHold: equity.buyAndHold ? rows.map((r) => equity.buyAndHold![r]!) : [],
  };
}
