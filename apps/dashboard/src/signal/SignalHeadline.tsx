import type { Prediction } from "@orion/trade/wire";
import { percent } from "../layout/format.ts";
import { signalLook } from "./signalLook.ts";

export function SignalHeadline({ prediction }: { prediction: Prediction }) {
  const look = signalLook[prediction.signal];
  const Icon = look.icon;
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
            {percent(prediction.confidence, 1)}
          </span>{" "}
          probability of {look.meaning}
        </p>
      </div>
    </div>
  );
}
