import type { SixHeadsForecast, SixHeadsPrediction } from "@orion/trade/wire";
import { decimal, duration, percent, table } from "./output.ts";

/** Six heads of each symbol, and beside them how each head did on rows that nothing had seen. */
export function describeSixHeads(p: SixHeadsPrediction): string {
  const { test } = p;
  const bars = (n: number): string => `${n} bar${n === 1 ? "" : "s"}`;
  const [first] = p.forecasts;
  const within = (interval: readonly [number, number] | null): string =>
    interval === null ? "no interval" : `95 %: ${decimal(interval[0], 3)} to ${decimal(interval[1], 3)}`;
  const classes = (c: SixHeadsForecast["direction"]): string =>
    `${c.said} ${percent(c.probabilities.BUY, 1)} / ${percent(c.probabilities.HOLD, 1)} / ${percent(c.probabilities.SELL, 1)}`;
  const rates = (r: { BUY: number; HOLD: number; SELL: number }): string =>
    `${percent(r.BUY, 1)} / ${percent(r.HOLD, 1)} / ${percent(r.SELL, 1)}`;
  const accuracy = (c: typeof test.direction): string =>
    `balanced accuracy ${percent(c.balancedAccuracy)} (95 %: ${percent(c.balancedAccuracyInterval[0])} to ${percent(c.balancedAccuracyInterval[1])}; chance ${percent(1 / c.classes.length)}), ${c.n} rows`;
  return [
    `${p.forecasts.length} symbol${p.forecasts.length === 1 ? "" : "s"} ${p.timeframe}, model ${p.model_id}`,
    table(
      [
        "symbol",
        "bar closed",
        "age",
        "close",
        ...test.returns.map((r) => `return ${bars(r.horizonBars)}`),
        "direction: BUY / HOLD / SELL",
        "position: BUY / HOLD / SELL",
        "volatility a bar",
        "confidence",
        "risk (drawdown)",
      ],
      p.forecasts.map((f) => [
        f.symbol,
        f.bar_time,
        duration(f.data_age_seconds),
        String(Number(f.current_price.toPrecision(8))),
        ...f.returns.map((r) => percent(r.expected_return, 3)),
        classes(f.direction),
        classes(f.position),
        percent(f.volatility.per_bar, 2),
        decimal(f.confidence, 2),
        `${decimal(f.risk.quantile, 2)} (${percent(f.risk.drawdown, 1)})`,
      ]),
    ),
    ...p.dropped.map((d) => `left out ${d.symbol}: ${d.reason}`),
    ...p.forecasts.flatMap((f) => [
      ...(f.in_sample ? [`${f.symbol}: IN SAMPLE: the model has learned from this bar`] : []),
      ...(f.trained_on ? [] : [`${f.symbol}: the model was not trained on this symbol`]),
    ]),
    "a class is said where its probability is the largest if all classes were as frequent; the probabilities beside it are at the market's own frequencies",
    "",
    `how the heads did on the test rows, ${p.test_range.from} to ${p.test_range.to} (${test.days} days):`,
    ...test.returns.map(
      (r) =>
        `return ${bars(r.horizonBars)}: RMSE ${percent(r.rmse)}, of saying 0 ${percent(r.zeroRmse)}, skill ${decimal(r.skill, 3)} (${within(r.skillInterval)}), ${r.n} rows`,
    ),
    `direction, ${bars(first?.direction.horizon_bars ?? 0)} ahead, base rates ${rates(p.base_rates.direction)}: ${accuracy(test.direction)}`,
    `position, ${bars(first?.position.horizon_bars ?? 0)} ahead, base rates ${rates(p.base_rates.position)}: ${accuracy(test.position)}`,
    ...(["volatility", "risk"] as const).map(
      (head) =>
        `${head}: rank correlation ${decimal(test[head].rankCorrelation, 3)} (${within(test[head].interval)}), of past volatility ${decimal(test[head].baselineRankCorrelation, 3)}, ${test[head].n} rows`,
    ),
    test.confidence === null
      ? "confidence: this model was trained without the head"
      : `confidence (base ${decimal(p.base_confidence, 2)}): Brier skill ${decimal(test.confidence.skill, 3)} (${within(test.confidence.skillInterval)}), ${test.confidence.n} rows`,
  ].join("\n");
}
