import { seededRandom } from "../../core/random.ts";
import { isoTime } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../../market/bars.ts";
import type { AuditCheck } from "../../wire/audit.ts";
import type { AuditFill, AuditPipeline } from "./auditPipeline.ts";

/** Bars that the planted strategy trades. */
const STRETCH = 600;

/**
 * Fills: a planted strategy that knows nothing trades a short stretch by the recipe's own rules. Every fill must lie in a bar
 * after the one that decided it, and its price must be one that this bar had: the open of the next bar for what was
 * decided, within high and low for exits that rest. The stretch's bars are moved apart (each by a factor of its own), so
 * that no price of the deciding bar is also one of the next.
 * @param follows whether bars follow one another at one distance, or as their exchange is open
 */
export async function checkFills(
  pipeline: Pick<AuditPipeline, "trade">,
  series: BarSeries,
  seed: number,
  follows: "step" | "session" = "step",
): Promise<AuditCheck> {
  const said = (verdict: AuditCheck["verdict"], finding: string, compared: number): AuditCheck => ({
    id: "fills",
    title: "no fill in the bar that decided it",
    verdict,
    finding,
    compared,
  });
  if (!pipeline.trade) return said("not judged", "the recipe trades nothing by itself", 0);
  const bars = movedApart(unbrokenStretch(series, follows), seed);
  const signals = plantedSignals(bars.length, seed);
  const fills = (await pipeline.trade(bars, signals)).filter((fill) => fill.kind !== "end");
  const faults = fills.flatMap((fill) => faultOf(fill, bars) ?? []);
  if (faults.length > 0)
    return said("leak", `${faults.length} of ${fills.length} fills: ${faults[0]}`, fills.length);
  const orders = fills.filter((fill) => fill.kind === "order").length;
  if (orders === 0) return said("not judged", `the planted signals on ${bars.length} bars led to no fill`, 0);
  return said(
    "clean",
    `${orders} orders filled at the next bar's open, ${fills.length - orders} exits inside a later bar, on ${bars.length} bars`,
    fills.length,
  );
}

/** The longest run of whole bars at the usual distance among the last ones, at most 600. */
function unbrokenStretch(series: BarSeries, follows: "step" | "session"): BarSeries {
  const recent = sliceBars(series, Math.max(0, series.length - 20 * STRETCH), series.length);
  const step = usualStep(recent.closeTime);
  let best: [number, number] = [0, 0];
  let from = 0;
  for (let t = 0; t < recent.length; t++) {
    const whole = BAR_COLUMNS.every((name) => Number.isFinite(recent[name][t]!)) && recent.open[t]! > 0;
    const isNext =
      follows === "session" || t === from || recent.closeTime[t]! - recent.closeTime[t - 1]! === step;
    if (!whole) from = t + 1;
    else if (!isNext) from = t;
    const length = Math.min(STRETCH, t + 1 - from);
    if (length >= best[1] - best[0]) best = [t + 1 - length, t + 1];
  }
  return sliceBars(recent, best[0], best[1]);
}

function usualStep(times: Float64Array): number {
  const steps = times.subarray(1).map((time, i) => time - times[i]!);
  return steps.sort()[Math.floor(steps.length / 2)] ?? 0;
}

/** Each bar at a level of its own, two per cent and its whole range away from its neighbours. */
function movedApart(bars: BarSeries, seed: number): BarSeries {
  const random = seededRandom(seed);
  const moved = { ...allocateBars(bars.instrument, bars.length), closeTime: bars.closeTime };
  for (let t = 0; t < bars.length; t++) {
    const [low, high] = [bars.low[t]!, bars.high[t]!];
    const before = t > 0 ? t - 1 : t;
    const up = random.next() < 0.5 || (t > 0 && moved.low[before]! < 0.5 * bars.low[t]!);
    const factor =
      t === 0
        ? 1
        : up
          ? (moved.high[before]! / low) * (1.002 + 0.01 * random.next())
          : (moved.low[before]! / high) * (0.998 - 0.01 * random.next());
    for (const name of ["open", "high", "low", "close"] as const) moved[name][t] = bars[name][t]! * factor;
    moved.volume[t] = bars.volume[t]!;
  }
  return moved;
}

/** Runs of one to five bars of BUY, HOLD, SELL at random. */
function plantedSignals(length: number, seed: number): Int8Array {
  const random = seededRandom(seed + 1);
  const signals = new Int8Array(length);
  for (let t = 0; t < length; ) {
    const signal = random.below(3) - 1;
    for (let left = 1 + random.below(5); left > 0 && t < length; left--) signals[t++] = signal;
  }
  return signals;
}

function faultOf(fill: AuditFill, bars: BarSeries): string | null {
  const at = bars.closeTime.indexOf(fill.barTime);
  const told = `decided at ${fill.decided === null ? "rest" : isoTime(fill.decided)}, filled in the bar that closed ${isoTime(fill.barTime)} at ${fill.price}`;
  if (at < 0) return `${told}: there is no such bar`;
  if (fill.decided !== null && !(fill.barTime > fill.decided && fill.time >= fill.decided))
    return `${told}: not after the bar that decided it`;
  // amounts are kept to 1e-8
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 2e-8 + 1e-12 * Math.abs(b);
  const isOpen = near(fill.price, bars.open[at]!);
  if (fill.kind === "order" && !isOpen) return `${told}: that bar opened at ${bars.open[at]}`;
  const inside = fill.price >= bars.low[at]! - 2e-8 && fill.price <= bars.high[at]! + 2e-8;
  return isOpen || inside ? null : `${told}: outside that bar's ${bars.low[at]} to ${bars.high[at]}`;
}
