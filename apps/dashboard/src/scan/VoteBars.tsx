import type { ScanResponse, SignalName } from "@orion/trade/wire";
import { percent } from "../layout/format.ts";
import { signalLook } from "../signal/signalLook.ts";
import type { ScanRow } from "./arrangeSignals.ts";

const order: readonly SignalName[] = ["BUY", "HOLD", "SELL"];

/** Each base model's own shares, and below them what the meta-learner makes of them. */
export function VoteBars({ row, baseRates }: { row: ScanRow; baseRates: ScanResponse["base_rates"] }) {
  return (
    <div className="grid gap-2" data-testid="signal-votes">
      {row.votes.map(({ model, decision, probabilities }) => (
        <Line key={model} name={model} says={decision} shares={probabilities} />
      ))}
      <Line name="together, calibrated" says={row.decision} shares={row.probabilities} isStrong />
      <Line name="base rates" shares={baseRates} />
    </div>
  );
}

interface LineProps {
  name: string;
  says?: SignalName;
  shares: Readonly<Record<SignalName, number>>;
  isStrong?: boolean;
}

function Line({ name, says, shares, isStrong = false }: LineProps) {
  return (
    <div className="text-[0.85rem]" data-vote={name}>
      <p className="flex flex-wrap justify-between gap-x-3">
        <span className={isStrong ? "font-medium" : ""}>
          {name}
          {says && <span className={`ml-2 font-medium ${signalLook[says].text}`}>{says}</span>}
        </span>
        <span className="text-[0.8rem] text-muted">
          {order.map((of) => `${of} ${percent(shares[of], 1)}`).join(", ")}
        </span>
      </p>
      <div aria-hidden className="mt-0.5 flex h-2 gap-px overflow-hidden rounded-full bg-raised">
        {order.map((of) => (
          <div
            key={of}
            className={signalLook[of].bar}
            style={{ width: `${Math.min(1, Math.max(0, shares[of])) * 100}%` }}
          />
        ))}
      </div>
    </div>
  );
}
