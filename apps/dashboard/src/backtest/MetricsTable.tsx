import type { BacktestResponse, Metrics } from "@orion/trade/wire";
import { NONE, number, percent, signedPercent } from "../layout/format.ts";

type Show = (value: number | null) => string;
const asRatio: Show = (value) => number(value, 2);
const asShare: Show = (value) => percent(value, 1);

export const metricRows: readonly { key: keyof Metrics; name: string; show: Show }[] = [
  { key: "totalReturn", name: "Total return", show: (v) => signedPercent(v) },
  { key: "annualReturn", name: "Annual return", show: (v) => signedPercent(v) },
  { key: "sharpe", name: "Sharpe ratio (annual)", show: asRatio },
  { key: "sortino", name: "Sortino ratio (annual)", show: asRatio },
  { key: "calmar", name: "Calmar ratio", show: asRatio },
  { key: "maxDrawdown", name: "Maximum drawdown", show: (v) => percent(v) },
  { key: "winRate", name: "Win rate", show: asShare },
  { key: "profitFactor", name: "Profit factor", show: asRatio },
  { key: "exposure", name: "Time in the market", show: asShare },
  { key: "turnover", name: "Turnover (× equity)", show: asRatio },
  { key: "trades", name: "Trades", show: (v) => number(v) },
  { key: "costs", name: "Costs paid", show: (v) => percent(v) },
];

export function MetricsTable({ result }: { result: BacktestResponse }) {
  const { metrics, intervals, baselines } = result;
  const { buyAndHold, random } = baselines;
  return (
    <div className="min-w-0 overflow-x-auto" data-testid="backtest-metrics">
      <table className="table">
        <caption className="eyebrow pb-1 text-left">Metrics after costs, beside doing nothing clever</caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Strategy</th>
            <th scope="col">95 % interval</th>
            <th scope="col">Buy and hold</th>
            <th scope="col">Random entries</th>
          </tr>
        </thead>
        <tbody>
          {metricRows.map(({ key, name, show }) => {
            const interval = intervals[key];
            return (
              <tr key={key} data-metric={key}>
                <th scope="row">{name}</th>
                <td className="font-medium">{show(metrics[key])}</td>
                <td className="text-muted">
                  {interval ? `${show(interval[0])} to ${show(interval[1])}` : NONE}
                </td>
                <td>{buyAndHold ? show(buyAndHold[key]) : NONE}</td>
                <td className="text-muted">
                  {key === "totalReturn" && random ? signedPercent(random.meanReturn) : NONE}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="pt-2 text-[0.82rem] text-muted">
        {random
          ? `Random entries with as many trades, ${number(random.draws)} draws: total return mostly ${signedPercent(random.low)} to ${signedPercent(random.high)}; the strategy beats ${percent(random.beats, 0)} of them.`
          : "No random-entry baseline: there were no trades to imitate."}
      </p>
    </div>
  );
}
