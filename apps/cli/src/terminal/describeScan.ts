import type { ScanBacktest, ScanResponse, ScanSignal } from "@orion/trade/wire";
import { decimal, percent, table } from "./output.ts";

const horizonOf = ({ signals, rejected }: ScanResponse): string =>
  (signals[0] ?? rejected[0])?.time_horizon ?? "the recipe's horizon";

/** A scan in words: the signals, the nearest of the rest, what dropped out and why. */
export function describeScan(scan: ScanResponse): string {
  const { filter, signals, rejected, dropped, timings } = scan;
  const reasons = new Map<string, number>();
  for (const { reason } of dropped) {
    const kind = reason.split(":")[0]!;
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  }
  return [
    ...scan.warnings.map((w) => `note: ${w}`),
    `${scan.scanned} symbols as of ${scan.as_of}, ${scan.candidates} candidates, ${signals.length} signal${signals.length === 1 ? "" : "s"} ` +
      `(BUY, confidence from ${filter.min_confidence}, risk up to ${filter.max_risk}, ${filter.top} at most), for ${horizonOf(scan)}`,
    `in the training rows ${percent(scan.base_rates.BUY, 0)} were BUY, ${percent(scan.base_rates.HOLD, 0)} HOLD, ${percent(scan.base_rates.SELL, 0)} SELL`,
    signals.length > 0 ? linesOf(signals) : "no candidate passes the filter; nothing is padded",
    ...(rejected.length > 0 ? ["", "nearest of the rest:", linesOf(rejected.slice(0, 5))] : []),
    ...(reasons.size > 0
      ? ["", `dropped: ${[...reasons].map(([reason, n]) => `${n} ${reason}`).join(", ")}`]
      : []),
    `chain ${decimal(timings.chain ?? null, 0)} ms, scan ${decimal(timings.scan ?? null, 0)} ms, reading ${decimal((timings.readUniverse ?? 0) + (timings.readTimeframes ?? 0), 0)} ms; model ${scan.model}`,
  ].join("\n");
}

function linesOf(signals: readonly (ScanSignal & { readonly reason?: string })[]): string {
  return table(
    ["symbol", "decision", "confidence", "expected", "risk", "price", "votes", "timeframes", "why not"],
    signals.map((s) => [
      s.symbol,
      s.decision,
      percent(s.confidence, 1),
      percent(s.expected_return),
      s.risk_score === null ? "–" : `${s.risk_score}/10`,
      decimal(s.price),
      s.agreement,
      `${Object.values(s.predictions).filter((p) => p !== null).length} of ${Object.keys(s.predictions).length}`,
      s.reason ?? "",
    ]),
  );
}

/** A backtest of a scanner in words. */
export function describeScanBacktest(b: ScanBacktest): string {
  const { equalWeight, index, random } = b.baselines;
  const of = (name: keyof ScanBacktest["metrics"], show: (v: number | null) => string): string[] => {
    const i = b.intervals[name];
    return [
      show(b.metrics[name] ?? null),
      i ? `${show(i[0])} to ${show(i[1])}` : "–",
      show(equalWeight?.[name] ?? null),
      show(index?.[name] ?? null),
    ];
  };
  return [
    `${b.inSample ? "IN SAMPLE  " : ""}${b.symbols} symbols ${b.timeframe}, ${b.bars} bars, ${b.range.from} to ${b.range.to}, model ${b.model}`,
    `${b.signals} signals at ${b.decisionsWithSignals} of ${b.decisions} decisions`,
    table(
      ["", "strategy", "95 % interval", "equal weights", "index"],
      [
        ["total return", ...of("totalReturn", percent)],
        ["annual return", ...of("annualReturn", percent)],
        ["Sharpe ratio (a year)", ...of("sharpe", decimal)],
        ["maximum drawdown", ...of("maxDrawdown", percent)],
        ["win rate", ...of("winRate", percent)],
        ["profit factor", ...of("profitFactor", decimal)],
        ["mean trade, net", ...of("meanTradeReturn", (v) => percent(v, 3))],
        ["exposure", ...of("exposure", percent)],
        ["costs, of initial equity", ...of("costs", percent)],
        [
          "trades",
          String(b.metrics.trades),
          "",
          String(equalWeight?.trades ?? "–"),
          String(index?.trades ?? "–"),
        ],
      ],
    ),
    random
      ? `random choice, ${random.draws} draws of as many of the same days' candidates: mean return ${percent(random.meanReturn)}, 5 % to 95 %: ${percent(random.low)} to ${percent(random.high)}; the strategy beats ${percent(random.beats, 1)} of them`
      : "random choice: no signal to compare with",
    `deflated Sharpe ratio: ${percent(b.deflatedSharpe, 1)} probability of a true Sharpe ratio above luck, after ${b.trials} trial${b.trials === 1 ? "" : "s"}`,
    `targets: ${b.targets.map((t) => `${t.name} ${t.target} ${t.met ? "met" : "missed"}`).join(", ")}`,
    ...b.warnings.map((w) => `note: ${w}`),
    `orders sha256 ${b.ordersSha256}`,
    `equity sha256 ${b.equitySha256}`,
    `run ${b.id}`,
  ].join("\n");
}
