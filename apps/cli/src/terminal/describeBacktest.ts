import type { BacktestResponse, Metrics } from "@orion/trade/wire";
import { decimal, percent, table } from "./output.ts";

const rows: readonly [keyof Metrics, string, (v: number | null) => string][] = [
  ["totalReturn", "total return", percent],
  ["annualReturn", "annual return", percent],
  ["sharpe", "Sharpe ratio (a year)", decimal],
  ["sortino", "Sortino ratio (a year)", decimal],
  ["calmar", "Calmar ratio", decimal],
  ["maxDrawdown", "maximum drawdown", percent],
  ["winRate", "win rate", percent],
  ["profitFactor", "profit factor", decimal],
  ["meanTradeReturn", "mean trade, net", (v) => percent(v, 3)],
  ["exposure", "exposure", percent],
  ["turnover", "turnover", (v) => decimal(v, 1)],
  ["costs", "costs, of initial equity", percent],
];

/** A backtest in words, intervals and baselines beside the metrics. */
export function describeBacktest(b: BacktestResponse): string {
  const interval = (name: string, show: (v: number | null) => string): string => {
    const i = b.intervals[name];
    return i ? `${show(i[0])} to ${show(i[1])}` : "–";
  };
  const { buyAndHold, random } = b.baselines;
  const mark = b.inSample ? "IN SAMPLE  " : "";
  return [
    `${mark}${b.symbol} ${b.timeframe}, ${b.bars} bars, ${b.range.from} to ${b.range.to}, model ${b.model}`,
    table(
      ["", "strategy", "95 % interval", "buy and hold"],
      [
        ...rows.map(([key, label, show]) => [
          label,
          show(b.metrics[key] ?? null),
          interval(key, show),
          show(buyAndHold?.[key] ?? null),
        ]),
        ["trades", String(b.metrics.trades), "", String(buyAndHold?.trades ?? "–")],
      ],
    ),
    `drawdown: peak ${b.drawdown.peak ?? "–"}, trough ${b.drawdown.trough ?? "–"}, recovered ${b.drawdown.recovered ?? "not yet"}`,
    random
      ? `random entry, ${random.draws} draws with as many trades: mean return ${percent(random.meanReturn)}, 5 % to 95 %: ${percent(random.low)} to ${percent(random.high)}; the strategy beats ${percent(random.beats, 1)} of them`
      : "random entry: no trades to compare with",
    `deflated Sharpe ratio: ${percent(b.deflatedSharpe, 1)} probability of a true Sharpe ratio above luck, after ${b.trials} trial${b.trials === 1 ? "" : "s"}`,
    `targets: ${b.targets.map((t) => `${t.name} ${t.target} ${t.met ? "met" : "missed"}`).join(", ")}`,
    ...b.warnings.map((w) => `note: ${w}`),
    `orders sha256 ${b.ordersSha256}`,
    `equity sha256 ${b.equitySha256}`,
    `run ${b.id}`,
  ].join("\n");
}
