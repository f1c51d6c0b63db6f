import type { BacktestResponse } from "@orion/trade/wire";
import { Figure } from "../layout/Figure.tsx";
import { number, percent, signedPercent, utc } from "../layout/format.ts";
import { WarnNote } from "../layout/notes.tsx";
import { EquityCurve } from "./EquityCurve.tsx";
import { MetricsTable } from "./MetricsTable.tsx";
import { TargetsTable } from "./TargetsTable.tsx";
import { TradeList } from "./TradeList.tsx";

/** @param isOutdated a newer run is under way */
export function BacktestResult({ result, isOutdated }: { result: BacktestResponse; isOutdated: boolean }) {
  const { metrics, drawdown } = result;
  return (
    <div
      data-testid="backtest-result"
      data-id={result.id}
      className={`grid grid-cols-1 gap-5 transition-opacity ${isOutdated ? "opacity-50" : ""}`}
    >
      <div className="grid gap-2">
        {result.inSample && (
          <p
            data-testid="in-sample-mark"
            className="rounded-md border-2 border-sell px-3 py-2 text-[0.95rem] font-semibold text-sell"
          >
            IN-SAMPLE: the model has learned from these bars. This result is no evidence of anything.
          </p>
        )}
        {!result.valid && (
          <WarnNote>This run is not valid: {result.invalidReason ?? "no reason was given"}</WarnNote>
        )}
        {result.warnings.map((warning) => (
          <WarnNote key={warning}>{warning}</WarnNote>
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 border-y border-line py-3 sm:grid-cols-3 xl:grid-cols-6">
        <Figure name="Total return">
          <span data-testid="total-return">{signedPercent(metrics.totalReturn)}</span>
        </Figure>
        <Figure name="Costs paid" hint="Fees and slippage, as a share of the initial equity">
          {percent(metrics.costs)}
        </Figure>
        <Figure name="Trades">{number(metrics.trades)}</Figure>
        <Figure name="Maximum drawdown">
          {percent(metrics.maxDrawdown)}
          <span className="block text-[0.78rem] font-normal text-muted">
            {utc(drawdown.peak)} to {utc(drawdown.trough)},{" "}
            {drawdown.recovered ? `recovered ${utc(drawdown.recovered)}` : "not recovered"}
          </span>
        </Figure>
        <Figure
          name="Deflated Sharpe"
          hint="Probability that the true Sharpe ratio beats what the best of so many trials shows by luck"
        >
          {percent(result.deflatedSharpe, 1)}
          <span className="block text-[0.78rem] font-normal text-muted">
            {number(result.trials)} {result.trials === 1 ? "trial" : "trials"} in the ledger
          </span>
        </Figure>
        <Figure name="Overfitting (PBO)" hint="Probability of backtest overfitting">
          {result.pbo === null ? "too few runs" : percent(result.pbo, 1)}
        </Figure>
      </dl>
      <p className="text-[0.82rem] text-muted">
        {result.symbol}, {number(result.bars)} bars of {result.timeframe}, {utc(result.range.from)} to{" "}
        {utc(result.range.to)} UTC. Model {result.model}. Orders SHA-256{" "}
        <span title={result.ordersSha256} className="font-mono text-[0.78rem]">
          {result.ordersSha256.slice(0, 12)}
        </span>
      </p>
      <EquityCurve equity={result.equity} />
      <div className="grid grid-cols-1 gap-5 xl:grid-cols-[3fr_2fr]">
        <MetricsTable result={result} />
        <TargetsTable targets={result.targets} />
      </div>
      <TradeList trades={result.trades} />
    </div>
  );
}
