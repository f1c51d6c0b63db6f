import type { Prediction, SignalName } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";
import { signalLook } from "./signalLook.ts";

const order: readonly SignalName[] = ["BUY", "HOLD", "SELL"];

/**
 * Each probability beside how often its class occurs anyway: where 99 of 100 bars are HOLD, a BUY of 5 % is a strong
 * statement and a HOLD of 95 % a weak one. The lift is their ratio. Lengths grow with the square root, the same for
 * all three, so that shares of about 1 % can still be told apart.
 */
export function ProbabilityBars({ prediction }: { prediction: Prediction }) {
  const { probabilities, base_rates: base, thresholds } = prediction;
  const threshold: Record<SignalName, number | null> = {
    BUY: thresholds.buy,
    HOLD: null,
    SELL: thresholds.sell,
  };
  return (
    <div className="grid gap-3.5" data-testid="probability-bars">
      {order.map((name) => {
        const look = signalLook[name];
        const Icon = look.icon;
        const share = probabilities[name];
        const limit = threshold[name];
        const lift = base[name] > 0 ? share / base[name] : null;
        return (
          <div key={name} data-testid={`probability-${name}`}>
            <div className="flex items-baseline gap-2 text-[0.92rem]">
              <Icon aria-hidden className={`size-3.5 self-center ${look.text}`} />
              <span>{name}</span>
              <span className="ml-auto font-medium">{percent(share, share < 0.1 ? 2 : 1)}</span>
            </div>
            <div aria-hidden className="relative mt-1 h-2 rounded-full bg-raised">
              <div className={`h-full rounded-full ${look.bar}`} style={{ width: `${placeOf(share)}%` }} />
              <Mark at={base[name]} className="bg-ink" />
              {limit !== null && <Mark at={limit} className="bg-accent" />}
            </div>
            <p className="mt-1 flex flex-wrap gap-x-3 text-[0.78rem] text-muted">
              <span>
                base rate {percent(base[name], base[name] < 0.1 ? 2 : 1)}
                {lift !== null && `, ${number(lift, lift < 10 ? 2 : 0)}× that`}
              </span>
              {name !== "HOLD" && (
                <span>
                  {limit === null ? "no threshold: never signalled" : `signalled from ${percent(limit, 2)}`}
                </span>
              )}
            </p>
          </div>
        );
      })}
      <p className="flex flex-wrap gap-x-4 text-[0.78rem] text-muted">
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="h-3 w-0.5 bg-ink" /> base rate
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="h-3 w-0.5 bg-accent" /> signal threshold
        </span>
        <span>lengths on a square-root scale</span>
      </p>
    </div>
  );
}

/** Where a share stands on the bar, percent of its length. */
function placeOf(share: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, share))) * 100;
}

function Mark({ at, className }: { at: number; className: string }) {
  return (
    <span
      aria-hidden
      className={`absolute -top-0.5 h-3 w-0.5 -translate-x-1/2 ${className}`}
      style={{ left: `${Math.min(99.7, Math.max(0.3, placeOf(at)))}%` }}
    />
  );
}
