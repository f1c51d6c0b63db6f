import type { MatteredFeature } from "@orion/trade/wire";
import { figure } from "../features/figure.ts";
import { number } from "../layout/format.ts";

/** What moved the decision towards BUY (to the right) or away from it (to the left). */
export function MatteredBars({ mattered }: { mattered: readonly MatteredFeature[] }) {
  const largest = Math.max(...mattered.map(({ contribution }) => Math.abs(contribution)));
  return (
    <>
      <ul className="grid gap-1.5 text-[0.85rem]" data-testid="signal-mattered">
        {mattered.map(({ feature, value, contribution }) => {
          const share = largest === 0 ? 0 : (Math.abs(contribution) / largest) * 50;
          const isFor = contribution > 0;
          return (
            <li
              key={feature}
              className="grid grid-cols-[1fr_auto] items-center gap-x-3 @xl:grid-cols-[14rem_1fr_5rem]"
            >
              <span className="truncate" title={feature}>
                {feature} <span className="text-muted">= {figure(value)}</span>
              </span>
              <span
                aria-hidden
                className="relative order-3 col-span-2 h-2.5 rounded-sm bg-raised @xl:order-none @xl:col-span-1"
              >
                <span
                  className={`absolute top-0 h-full ${isFor ? "bg-buy" : "bg-sell"}`}
                  style={{ width: `${share}%`, left: `${isFor ? 50 : 50 - share}%` }}
                />
                <span className="absolute top-0 left-1/2 h-full w-px bg-ink" />
              </span>
              <span className={`text-right ${isFor ? "text-buy" : "text-sell"}`}>
                {isFor ? "+" : ""}
                {number(contribution, 3)}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="pt-1.5 text-[0.8rem] text-muted">
        Shapley values of the log-odds of BUY, mean of the boosted base models; right is towards BUY.
      </p>
    </>
  );
}
