import { UsageError } from "../core/errors.ts";
import { isoTime, timeframeMs, timeframeName } from "../core/time.ts";
import type { BarSeries } from "./bars.ts";
import type { Market } from "./instrument.ts";

/** Places named per check. */
const MAX_PLACES = 10;

/** A normal distribution's standard deviation in units of its median absolute deviation, and of its mean one. */
const SIGMA_PER_MAD = 1.4826;
const SIGMA_PER_MEAN_DEVIATION = 1.2533;

/** Robust standard deviations from the median past which a log return counts as a spike. */
export const SPIKE_SIGMAS = 20;

/** The targets of clean data: missing bars below 0.1 %, outliers below 0.5 %. */
export const MISSING_TARGET = 0.001;
export const OUTLIER_TARGET = 0.005;

/** `continuous`: trades without a pause, each missing bar is a gap. `exchange`: has closing hours. */
export type TradingCalendar = "continuous" | "exchange";

/** `error`: the bars must not be used as they are. `warning`: look at it. `ok`: nothing found. */
export type Severity = "error" | "warning" | "ok" | "not judged";

export interface QualityCheck {
  readonly name: (typeof CHECKS)[number]["name"];
  /** what is counted, in words */
  readonly rule: string;
  readonly count: number;
  /** count as a fraction of what was looked at */
  readonly share: number;
  /** the first places: ISO times of bar starts */
  readonly places: readonly string[];
  readonly severity: Severity;
}

export interface QualityTarget {
  readonly name: "missing" | "outliers";
  /** the share must be below this */
  readonly target: number;
  readonly measured: number | null;
  /** null when it is not judged */
  readonly met: boolean | null;
}

export interface QualityReport {
  readonly symbol: string;
  readonly timeframe: string;
  readonly rows: number;
  /** start of the first bar and close of the last, ISO 8601; null without rows */
  readonly from: string | null;
  readonly to: string | null;
  readonly checks: readonly QualityCheck[];
  /** missing bars as a fraction of those expected from the first to the last; null when gaps are not judged */
  readonly missingShare: number | null;
  readonly outlierShare: number;
  readonly targets: readonly QualityTarget[];
  /** no error and no target missed */
  readonly ok: boolean;
}

const CHECKS = [
  {
    name: "gaps",
    severity: "warning",
    rule: "missing bars between the first and the last; a place is the start of the first missing bar of a gap",
  },
  { name: "duplicates", severity: "error", rule: "the time of the bar before" },
  { name: "order", severity: "error", rule: "a time before that of the bar before" },
  { name: "nonFinite", severity: "error", rule: "a price, volume or time that is no finite number" },
  { name: "highBelowLow", severity: "error", rule: "high < low" },
  { name: "outsideRange", severity: "warning", rule: "open or close outside [low, high]" },
  { name: "nonPositivePrice", severity: "error", rule: "a price of zero or below" },
  { name: "negativeVolume", severity: "error", rule: "a volume below zero" },
  { name: "zeroVolume", severity: "warning", rule: "a bar without any trade" },
  {
    name: "spikes",
    severity: "warning",
    rule:
      `the log return of the close lies more than ${SPIKE_SIGMAS} robust standard deviations from the median ` +
      `(${SIGMA_PER_MAD} x median absolute deviation; the mean one x ${SIGMA_PER_MEAN_DEVIATION} where that is zero)`,
  },
] as const;

/** Crypto trades without a pause, stocks have closing hours. */
export function calendarOf(market: Market): TradingCalendar {
  return market === "stock" ? "exchange" : "continuous";
}

/**
 * Judges bars as they are: counts, first places and verdicts. With the calendar `exchange` gaps are not judged: nights,
 * weekends and holidays are no gaps, and telling them needs the exchange's own calendar.
 */
export function checkBars(
  bars: BarSeries,
  barMs: number,
  options: { readonly calendar: TradingCalendar },
): QualityReport {
  if (!(barMs > 0)) throw new UsageError(`a bar of ${barMs} ms is no timeframe`);
  const rows = bars.length;
  const finder = new Finder(bars.closeTime, barMs);
  let missing = 0;
  let latest = Number.NEGATIVE_INFINITY;
  // a mark price has no volume at all: that is no fault of one bar
  const hasVolume = bars.volume.some((v) => !Number.isNaN(v));
  for (let i = 0; i < rows; i++) {
    const time = bars.closeTime[i]!;
    const before = i > 0 ? bars.closeTime[i - 1]! : Number.NaN;
    if (time === before) finder.add("duplicates", i);
    if (time < before) finder.add("order", i);
    if (Number.isFinite(latest) && time - latest > barMs) {
      const lacking = Math.round((time - latest) / barMs) - 1;
      missing += lacking;
      finder.add("gaps", i, latest, lacking);
    }
    if (Number.isFinite(time)) latest = Math.max(latest, time);
    checkRow(bars, i, hasVolume, finder);
  }
  const returns = logReturns(bars, barMs, options.calendar);
  for (const row of spikeRows(returns)) finder.add("spikes", row);

  const isJudged = options.calendar === "continuous";
  const expected = rows - finder.count("duplicates") + missing;
  const looked = (name: string): number =>
    name === "gaps" ? expected : name === "spikes" ? returns.rows.length : rows;
  const checks = CHECKS.map(({ name, rule, severity }): QualityCheck => {
    if (name === "gaps" && !isJudged) {
      const why = "not judged: nights, weekends and holidays need the exchange's calendar";
      return { name, rule: why, count: 0, share: 0, places: [], severity: "not judged" };
    }
    const count = finder.count(name);
    return {
      name,
      rule,
      count,
      share: count === 0 ? 0 : count / looked(name),
      places: finder.places(name),
      severity: count === 0 ? "ok" : severity,
    };
  });
  const missingShare = isJudged && rows > 0 ? missing / expected : null;
  const outlierShare = checks.find((c) => c.name === "spikes")!.share;
  const targets: QualityTarget[] = [
    {
      name: "missing",
      target: MISSING_TARGET,
      measured: missingShare,
      met: missingShare === null ? null : missingShare < MISSING_TARGET,
    },
    { name: "outliers", target: OUTLIER_TARGET, measured: outlierShare, met: outlierShare < OUTLIER_TARGET },
  ];
  return {
    symbol: bars.instrument,
    timeframe: timeframeName(barMs),
    rows,
    from: rows > 0 ? timeText(bars.closeTime[0]! - barMs) : null,
    to: rows > 0 ? timeText(bars.closeTime[rows - 1]!) : null,
    checks,
    missingShare,
    outlierShare,
    targets,
    ok: checks.every((c) => c.severity !== "error") && targets.every((t) => t.met !== false),
  };
}

function checkRow(bars: BarSeries, i: number, hasVolume: boolean, finder: Finder): void {
  const open = bars.open[i]!;
  const high = bars.high[i]!;
  const low = bars.low[i]!;
  const close = bars.close[i]!;
  const volume = bars.volume[i]!;
  const pricesFinite =
    Number.isFinite(open) && Number.isFinite(high) && Number.isFinite(low) && Number.isFinite(close);
  const volumeFinite = !hasVolume || Number.isFinite(volume);
  if (!pricesFinite || !volumeFinite || !Number.isFinite(bars.closeTime[i]!)) finder.add("nonFinite", i);
  if (high < low) finder.add("highBelowLow", i);
  else if (open > high || open < low || close > high || close < low) finder.add("outsideRange", i);
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0) finder.add("nonPositivePrice", i);
  if (volume < 0) finder.add("negativeVolume", i);
  if (volume === 0) finder.add("zeroVolume", i);
}

/** Log returns with the row each belongs to. Over a gap of a continuous market there is none: it is no one-bar move. */
function logReturns(bars: BarSeries, barMs: number, calendar: TradingCalendar) {
  const rows: number[] = [];
  const values: number[] = [];
  for (let i = 1; i < bars.length; i++) {
    const step = bars.closeTime[i]! - bars.closeTime[i - 1]!;
    const value = Math.log(bars.close[i]! / bars.close[i - 1]!);
    if (!Number.isFinite(value) || step <= 0) continue;
    if (calendar === "continuous" && step !== barMs) continue;
    rows.push(i);
    values.push(value);
  }
  return { rows, values: Float64Array.from(values) };
}

function spikeRows({ rows, values }: { rows: readonly number[]; values: Float64Array }): number[] {
  if (values.length === 0) return [];
  const middle = median(values);
  const deviations = values.map((v) => Math.abs(v - middle));
  const mean = deviations.reduce((sum, d) => sum + d, 0) / deviations.length;
  const sigma = SIGMA_PER_MAD * median(deviations) || SIGMA_PER_MEAN_DEVIATION * mean;
  if (sigma === 0) return [];
  return rows.filter((_, i) => deviations[i]! > SPIKE_SIGMAS * sigma);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Counts findings and keeps the first places of each. */
class Finder {
  readonly #closeTime: Float64Array;
  readonly #barMs: number;
  readonly #found = new Map<string, { count: number; places: string[] }>();

  constructor(closeTime: Float64Array, barMs: number) {
    this.#closeTime = closeTime;
    this.#barMs = barMs;
  }

  /** @param start of the place in ms where it is not the row's own bar; `weight` counts several at one place */
  add(name: QualityCheck["name"], row: number, start?: number, weight = 1): void {
    let held = this.#found.get(name);
    if (!held) {
      held = { count: 0, places: [] };
      this.#found.set(name, held);
    }
    held.count += weight;
    if (held.places.length < MAX_PLACES) {
      held.places.push(timeText(start ?? this.#closeTime[row]! - this.#barMs, row));
    }
  }

  count(name: string): number {
    return this.#found.get(name)?.count ?? 0;
  }

  places(name: string): readonly string[] {
    return this.#found.get(name)?.places ?? [];
  }
}

/** A time that cannot be one is named by its row. */
function timeText(ms: number, row = 0): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? isoTime(ms) : `row ${row + 1}`;
}

/** Checks bars stored under a timeframe's name. */
export function checkBarsOf(bars: BarSeries, timeframe: string, market: Market): QualityReport {
  return checkBars(bars, timeframeMs(timeframe), { calendar: calendarOf(market) });
}
