import type { Prediction } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";
import { signalLook } from "./signalLook.ts";

export function SignalHeadline({ prediction }: { prediction: Prediction }) {
  const look = signalLook[prediction.signal];
  const Icon = look.icon;
  const base = prediction.base_rates[prediction.signal];
  const lift = prediction.signal !== "HOLD" && base > 0 ? prediction.confidence / base : null;
  return (
    <div aria-live="polite" aria-atomic className="flex items-center gap-4">
      <span
        className={`grid size-14 shrink-0 place-items-center rounded-full border-2 border-current ${look.text}`}
      >
        <Icon aria-hidden className="size-7" strokeWidth={2.4} />
      </span>
      <div className="min-w-0">
        <p
          data-testid="signal-name"
          className={`text-[2.1rem] leading-none font-semibold tracking-tight ${look.text}`}
        >
          {prediction.signal}
        </p>
        <p className="mt-1.5 text-[0.9rem] text-muted">
          <span data-testid="confidence" className="font-medium text-ink">
            {percent(prediction.confidence, prediction.confidence < 0.1 ? 2 : 1)}
          </span>{" "}
          probability of {look.meaning}
          {lift !== null && `, ${number(lift, 1)}× its base rate`}
        </p>
      </div>
    </div>
  );
}
