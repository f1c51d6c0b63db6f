import type { Prediction, StatusResponse } from "@orion/trade/wire";
import type { UseQueryResult } from "@tanstack/react-query";
import { isStale } from "../layout/DataAge.tsx";
import { Figure } from "../layout/Figure.tsx";
import { duration, price, signedPercent, timeframeSeconds, utc } from "../layout/format.ts";
import { EmptyNote, ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useNow } from "../layout/useNow.ts";
import { ProbabilityBars } from "./ProbabilityBars.tsx";
import { SignalHeadline } from "./SignalHeadline.tsx";

interface SignalPanelProps {
  status: UseQueryResult<StatusResponse>;
  prediction: UseQueryResult<Prediction>;
  className?: string;
}

export function SignalPanel({ status, prediction, className }: SignalPanelProps) {
  const symbol = prediction.data && `${prediction.data.symbol}, ${prediction.data.timeframe} bars`;
  return (
    <Panel
      title="Signal"
      testId="signal-card"
      {...(className ? { className } : {})}
      aside={symbol && <span className="text-[0.85rem] text-muted">{symbol}</span>}
    >
      <Content status={status} prediction={prediction} />
    </Panel>
  );
}

function Content({ status, prediction }: SignalPanelProps) {
  if (prediction.data) {
    return (
      <>
        {prediction.error && (
          <WarnNote>The last answer is shown; a newer one failed: {prediction.error.message}</WarnNote>
        )}
        <Shown prediction={prediction.data} />
      </>
    );
  }
  if (status.error) return <ErrorNote error={status.error} retry={() => void status.refetch()} />;
  if (status.data && status.data.model === null) {
    return (
      <EmptyNote>No model yet. Start a training below: the first signal follows when it ends.</EmptyNote>
    );
  }
  if (prediction.error) return <ErrorNote error={prediction.error} retry={() => void prediction.refetch()} />;
  return <Loading label="The signal is being computed" rows={6} />;
}

function Shown({ prediction }: { prediction: Prediction }) {
  const now = useNow(10_000);
  const age = (now - Date.parse(prediction.bar_time)) / 1000;
  const horizon = prediction.horizon_bars * timeframeSeconds(prediction.timeframe);
  return (
    <>
      <SignalHeadline prediction={prediction} />
      {isStale(age, prediction.timeframe) && (
        <WarnNote testId="stale-warning">
          This bar closed {duration(age)} ago. The signal belongs to that moment, not to now: download newer
          bars.
        </WarnNote>
      )}
      {prediction.in_sample && (
        <WarnNote testId="prediction-in-sample">
          The model has learned from this bar: its answer here is no evidence.
        </WarnNote>
      )}
      <ProbabilityBars prediction={prediction} />
      <dl className="mt-auto grid grid-cols-2 gap-x-4 gap-y-3 border-t border-line pt-4">
        <Figure name={`Expected return, next ${duration(horizon).replace(/ 0 (s|min)$/, "")}`}>
          <span data-testid="expected-return">{signedPercent(prediction.expected_return, 3)}</span>
        </Figure>
        <Figure name="Price at the bar's close">
          <span data-testid="current-price">{price(prediction.current_price)}</span>{" "}
          <span className="text-[0.8rem] font-normal text-muted">{quoteOf(prediction.symbol)}</span>
        </Figure>
        <Figure name="Bar closed (UTC)">{utc(prediction.bar_time)}</Figure>
        <Figure name="Model">
          <span className="text-[0.88rem] font-normal [overflow-wrap:anywhere]">{prediction.model_id}</span>
        </Figure>
      </dl>
    </>
  );
}

function quoteOf(symbol: string): string {
  return ["USDT", "USDC", "USD", "EUR", "BTC"].find((quote) => symbol.endsWith(quote)) ?? "";
}
