import type { Indicator, InputColumns } from "../../features/index.ts";
import type { IndicatorPlace } from "../../wire/indicator.ts";

const ROWS = 1500;
const HOUR_MS = 3_600_000;
const SHIFT = 50;
/** rounding of sums over some hundred rows */
const TOLERANCE = 1e-6 * SHIFT;

/**
 * Where each output of an indicator is drawn. One that lies on the price's own scale moves by c when every price moves by
 * c: f(p + c) = f(p) + c, as averages, bands and stops do and no ratio, difference or count does. That is looked at on bars
 * of two waves, once as they are and once 50 higher.
 */
export function outputPlaces(part: Indicator): { name: string; place: IndicatorPlace }[] {
  const one = part.create();
  const [low, high] = [one.compute(probe(0)), one.compute(probe(SHIFT))];
  return Object.keys(one.outputs).map((name) => {
    const [before, after] = [low[name]!, high[name]!];
    let seen = 0;
    for (let t = 0; t < ROWS; t++) {
      const moved = after[t]! - before[t]!;
      if (Number.isNaN(moved)) continue;
      if (Math.abs(moved - SHIFT) > TOLERANCE) return { name, place: "pane" };
      seen++;
    }
    return { name, place: seen > 0 ? "price" : "pane" };
  });
}

function probe(shift: number): InputColumns {
  const column = (of: (t: number) => number): Float64Array =>
    Float64Array.from({ length: ROWS }, (_, t) => of(t));
  const price = (t: number): number =>
    100 + shift + 9 * Math.sin(t / 31) + 3 * Math.sin(t / 4.3) + Math.cos(1.7 * t);
  const top = (t: number): number => 0.4 + 0.3 * Math.sin(t / 2.1);
  return {
    time: column((t) => Date.UTC(2024, 0, 1) + (t + 1) * HOUR_MS),
    open: column((t) => price(t - 1)),
    close: column(price),
    high: column((t) => Math.max(price(t - 1), price(t)) + top(t)),
    low: column((t) => Math.min(price(t - 1), price(t)) - top(t + 9)),
    funding: column((t) => 1e-4 * Math.sin(t / 9)),
    openInterest: column((t) => 900 + 40 * Math.cos(t / 6)),
    // closer to the price than any basis is far
    mark: column((t) => price(t) + 0.05 * Math.cos(t / 3)),
    volume: column((t) => 20 + 10 * Math.sin(t / 5) + 5 * Math.cos(2.3 * t)),
  };
}
