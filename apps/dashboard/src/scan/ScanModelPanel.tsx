import type { ScanModel } from "@orion/trade/wire";
import { Figure } from "../layout/Figure.tsx";
import { givenPercent, number, percent, signedPercent, utcDay } from "../layout/format.ts";
import { EmptyNote, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { AblationTable } from "./AblationTable.tsx";
import { ReliabilityPlot } from "./ReliabilityPlot.tsx";

/** How such signals did on rows that nothing was fitted on: to be read before any signal is believed. */
export function ScanModelPanel({ model, className }: { model: ScanModel; className: string }) {
  const { test, ranges } = model;
  const { classification: told, reliability } = test;
  const [low, high] = told.balancedAccuracyInterval;
  return (
    <Panel
      title="How such signals did on rows that the model has not seen"
      testId="scan-model"
      className={className}
    >
      {model.failed && <WarnNote testId="scan-model-failed">Failed training: {model.failed}.</WarnNote>}
      <SignalLine model={model} />
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-4">
        <Figure name="Balanced accuracy" hint="mean of the classes' recalls">
          {percent(told.balancedAccuracy, 1)}
          <Small>
            95 %: {percent(low, 1)} to {percent(high, 1)}; blind guessing{" "}
            {percent(1 / told.classes.length, 1)}
          </Small>
        </Figure>
        <Figure name="Accuracy">
          {percent(told.accuracy, 1)}
          <Small>always the most frequent class: {percent(told.majorityAccuracy, 1)}</Small>
        </Figure>
        <Figure name="Brier score of P(BUY)" hint="mean squared error; 0 is perfect">
          {number(reliability.brier, 4)}
          <Small>knowing the share alone: {number(reliability.brierOfShare, 4)}</Small>
        </Figure>
        <Figure name="Calibration error of P(BUY)" hint="mean distance of told and happened">
          {percent(reliability.expectedError, 1)}
          <Small>
            average precision {number(told.averagePrecision.BUY, 3)}, base rate{" "}
            {number(told.baseRates.BUY, 3)}
          </Small>
        </Figure>
      </dl>
      <div className="grid gap-6 lg:grid-cols-2">
        <ReliabilityPlot reliability={reliability} rows={test.rows} />
        <AblationTable lines={test.ablation} rows={test.rows} days={test.days} />
      </div>
      <Timeframes model={model} />
      <p className="text-[0.82rem] text-muted" data-testid="scan-model-small">
        Model <code className="[overflow-wrap:anywhere]">{model.id}</code> ({model.profile}, trained{" "}
        {utcDay(model.createdAt)}): {number(model.symbols)} symbols ({model.market}, {model.timeframe}) beside{" "}
        {model.indices.join(" and ")}; {number(model.rows.train)} training rows of {utcDay(ranges.train.from)}{" "}
        to {utcDay(ranges.train.to)}, {number(model.rows.validation)} validation rows to{" "}
        {utcDay(ranges.validation.to)}, {number(test.rows)} test rows on {number(test.days)} days of{" "}
        {utcDay(ranges.test.from)} to {utcDay(ranges.test.to)}. Classes in the training rows:{" "}
        {(["BUY", "HOLD", "SELL"] as const)
          .map(
            (name) =>
              `${name} ${percent(model.base_rates[name], 1)} (mean outcome ${signedPercent(model.mean_returns[name], 2)})`,
          )
          .join(", ")}
        . Base models: {model.bases.join(", ")}.
      </p>
    </Panel>
  );
}

function SignalLine({ model }: { model: ScanModel }) {
  const { signals, rows, days, classification } = model.test;
  const { min_confidence: confidence, max_risk: risk } = model.filter;
  const filter = `BUY, confidence from ${givenPercent(confidence)}, risk up to ${number(risk)}`;
  if (signals.rows === 0)
    return (
      <EmptyNote>
        <span data-testid="scan-model-signals">
          Of {number(rows)} test rows on {number(days)} days none would have become a signal ({filter}): the
          test says nothing about how signals of this model do.
        </span>
      </EmptyNote>
    );
  return (
    <p className="text-[1rem]" data-testid="scan-model-signals">
      Of {number(rows)} test rows on {number(days)} days {number(signals.rows)} would have become signals (
      {filter}
      ). <strong className="font-medium">{number(signals.hits)} of them were BUY in the end</strong>:{" "}
      {percent(signals.hits / signals.rows, 1)} (95 % interval {percent(signals.low, 1)} to{" "}
      {percent(signals.high, 1)}, a day counted once), where {percent(classification.baseRates.BUY, 1)} of all
      test rows were. Mean return over {model.time_horizon}: {signedPercent(signals.meanReturn, 2)} before
      costs.
    </p>
  );
}

function Timeframes({ model }: { model: ScanModel }) {
  return (
    <div className="overflow-x-auto">
      <table className="table table-tight" data-testid="scan-model-timeframes">
        <caption className="eyebrow pb-1 text-left">Networks by timeframe</caption>
        <thead>
          <tr>
            <th scope="col">Bar</th>
            <th scope="col">Training windows</th>
            <th scope="col">Symbols</th>
            <th scope="col" title="share of the candidate rows that have a forecast">
              Rows covered
            </th>
          </tr>
        </thead>
        <tbody>
          {model.timeframes.map(({ timeframe, windows, symbols, covered, note }) => (
            <tr key={timeframe}>
              <th scope="row">{timeframe}</th>
              {windows === null ? (
                <td colSpan={3} className="!text-left !whitespace-normal text-muted">
                  no network: {note}
                </td>
              ) : (
                <>
                  <td>{number(windows)}</td>
                  <td>{number(symbols)}</td>
                  <td>{percent(covered, 1)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Small({ children }: { children: React.ReactNode }) {
  return <span className="block text-[0.78rem] font-normal text-muted">{children}</span>;
}
