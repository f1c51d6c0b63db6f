import type { ScanResponse } from "@orion/trade/wire";
import type { ReactNode } from "react";
import { number, percent, price, signedPercent, timeframeSeconds, utc } from "../layout/format.ts";
import type { ScanRow } from "./arrangeSignals.ts";
import { FilterTable } from "./FilterTable.tsx";
import { MatteredBars } from "./MatteredBars.tsx";
import { VoteBars } from "./VoteBars.tsx";
import { WhatMattered } from "./WhatMattered.tsx";

interface SignalDetailProps {
  row: ScanRow;
  response: ScanResponse;
  /** what risk is measured against, where it is known */
  indices: readonly string[];
}

/** All that the chain says of one candidate. */
export function SignalDetail({ row, response, indices }: SignalDetailProps) {
  return (
    <div
      className="grid gap-x-8 gap-y-5 @3xl:grid-cols-2"
      data-testid="signal-detail"
      data-symbol={row.symbol}
    >
      {row.reason && (
        <div className="grid min-w-0 gap-2 @3xl:col-span-2">
          <p className="note">
            <span>No signal: {row.reason}.</span>
          </p>
          <FilterTable row={row} filter={response.filter} />
        </div>
      )}
      <Part title={`Votes of the base models: ${row.agreement}`}>
        <VoteBars row={row} baseRates={response.base_rates} />
      </Part>
      <Part title="Predictions: the next close by timeframe">
        <Predictions row={row} />
      </Part>
      <Part title="Risk, of the next bar unless said otherwise">
        <Figures rows={riskFigures(row, indices)} testId="signal-risk" />
        <p className="pt-2 text-[0.8rem] text-muted">
          Losses are positive. Volatility told by {row.risk_metrics.method}.
        </p>
      </Part>
      <Part title="Momentum">
        <Figures rows={momentumFigures(row)} testId="signal-momentum" />
      </Part>
      <Part title="Features that mattered" isWide>
        {row.mattered.length > 0 ? (
          <MatteredBars mattered={row.mattered} />
        ) : row.reason === undefined ? (
          <p className="text-[0.86rem] text-muted" data-testid="signal-mattered">
            None of the base models tells it: boosted trees do.
          </p>
        ) : (
          <WhatMattered key={row.symbol} row={row} response={response} />
        )}
      </Part>
    </div>
  );
}

function Part({ title, isWide = false, children }: { title: string; isWide?: boolean; children: ReactNode }) {
  return (
    <section className={`min-w-0 ${isWide ? "@3xl:col-span-2" : ""}`}>
      <h3 className="pb-1.5 text-[0.92rem]">{title}</h3>
      {children}
    </section>
  );
}

function Predictions({ row }: { row: ScanRow }) {
  const frames = Object.keys(row.predictions).sort((a, b) => timeframeSeconds(a) - timeframeSeconds(b));
  return (
    <div className="overflow-x-auto">
      <table className="table table-tight" data-testid="signal-predictions">
        <thead>
          <tr>
            <th scope="col" className="!text-[0.78rem] !text-muted">
              Bar
            </th>
            <th scope="col" className="!text-right !text-[0.78rem] !text-muted">
              Next close
            </th>
            <th scope="col" className="!text-right !text-[0.78rem] !text-muted">
              Return
            </th>
            <th scope="col" className="!text-right !text-[0.78rem] !text-muted">
              as of (UTC)
            </th>
          </tr>
        </thead>
        <tbody>
          {frames.map((frame) => {
            const told = row.predictions[frame];
            return (
              <tr key={frame}>
                <th scope="row">{frame}</th>
                {told ? (
                  <>
                    <td>{price(told.price)}</td>
                    <td>{signedPercent(told.return, 2)}</td>
                    <td>{utc(told.as_of)}</td>
                  </>
                ) : (
                  <td colSpan={3} className="!text-left !whitespace-normal text-muted">
                    missing: {row.missing[frame] ?? "no forecast"}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

type FigureRow = readonly [name: string, value: string, hint?: string];

function Figures({ rows, testId }: { rows: readonly FigureRow[]; testId: string }) {
  return (
    <dl
      className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-x-4 gap-y-1.5 text-[0.9rem]"
      data-testid={testId}
    >
      {rows.map(([name, value, hint]) => (
        <div key={name} title={hint}>
          <dt className="eyebrow">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function riskFigures(
  { risk_metrics: risk, risk_score: score, time_horizon: horizon }: ScanRow,
  [first = "the 1st index", second = "the 2nd index"]: readonly string[],
): FigureRow[] {
  return [
    ["Score", score === null ? "could not be told" : `${number(score)} of 10`],
    [
      `Volatility a bar, mean over ${horizon}`,
      percent(risk.forecast_volatility, 2),
      `root of the mean of the forecast variances of the next ${horizon}; of one bar`,
    ],
    [
      "The same, of a year",
      percent(risk.annual_volatility, 1),
      "that mean times the root of the bars of a year",
    ],
    ["Calmer bars in its history", percent(risk.volatility_regime, 0)],
    ["Loss in the worst 5 % (VaR)", percent(risk.var_95, 2)],
    ["Mean loss beyond (CVaR)", percent(risk.cvar_95, 2)],
    [`Beta to ${first}`, number(risk.beta, 2)],
    [`Correlation with ${first}`, number(risk.correlation_spy, 2)],
    [`Correlation with ${second}`, number(risk.correlation_qqq, 2)],
    ["Tail dependence in falls, 0–1", number(risk.lower_tail_dependence, 2)],
  ];
}

function momentumFigures({ momentum }: ScanRow): FigureRow[] {
  return [
    ["Score, 0–100", number(momentum.momentum_score, 1)],
    ["RSI, 0–100", number(momentum.rsi, 1)],
    ["Volume over its mean", `${number(momentum.rvol, 2)} times`],
    // told in percent already
    ["Change", signedPercent(momentum.percentChange / 100, 2)],
    ["Trend", momentum.trend],
    ["Gap at the open", signedPercent(momentum.gap, 2)],
    ["Turnover a bar, quote currency", number(momentum.dollarVolume)],
    ["To its 52-week high", signedPercent(momentum.distanceTo52WeekHigh, 2)],
  ];
}
