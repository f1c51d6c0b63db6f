import type { Prediction } from "@orion/trade/wire";
import { duration, percent, table } from "./output.ts";

export function describePrediction(p: Prediction): string {
  const { ensemble } = p;
  const apart = (spread: number | undefined): string =>
    spread === undefined ? "" : ` ± ${percent(spread, 3)}`;
  const threshold = { BUY: p.thresholds.buy, SELL: p.thresholds.sell, HOLD: null };
  return [
    `${p.signal}  ${p.symbol} ${p.timeframe} at ${p.current_price}, bar closed ${p.bar_time} (${duration(p.data_age_seconds)} ago), ${p.horizon_bars} bar${p.horizon_bars === 1 ? "" : "s"} ahead`,
    table(
      ["class", "probability", "base rate", "threshold"],
      (["BUY", "HOLD", "SELL"] as const).map((c) => [
        c,
        `${percent(p.probabilities[c], 3)}${apart(ensemble?.spread[c])}`,
        percent(p.base_rates[c], 3),
        threshold[c] === null ? "–" : percent(threshold[c], 3),
      ]),
    ),
    ...(ensemble
      ? [
          `${p.signal} ${p.confidence.toFixed(2)} ± ${ensemble.spread[p.signal].toFixed(2)} over ${ensemble.members} members; ± is the standard deviation over them: how far they disagree, not how often they are wrong`,
        ]
      : []),
    `expected return ${percent(p.expected_return, 3)}${apart(ensemble?.return_spread)}; model ${p.model_id}${p.in_sample ? "; IN SAMPLE: the model has learned from this bar" : ""}`,
  ].join("\n");
}
