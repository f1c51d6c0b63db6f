import fc from "fast-check";
import { expect, it } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { randomBars } from "../../features/randomBars.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { barsWhere } from "../../market/pickBars.ts";
import type { Candidate } from "./candidate.ts";
import { candidatesByDay } from "./candidatesByDay.ts";
import { candidateAt, dropReasonAt, momentumHistory } from "./momentumHistory.ts";
import { momentumScan } from "./momentumScan.ts";

const options = { top: 7, filters: { minPrice: 90, minDollarVolume: 5000, haltBars: 2 } };

function daily(instrument: string, seed: number, length: number): BarSeries {
  return { ...randomBars(seed, length, { price: 100, move: 0.03, stepMs: DAY_MS }), instrument };
}

/** Bars with holes in time and a broken number, as vendors have them. */
function ragged(instrument: string, seed: number, length: number): BarSeries {
  const bars = daily(instrument, seed, length);
  const kept = barsWhere(bars, (t) => (t * 7 + seed) % 23 > 0);
  kept.low[40 + (seed % 400)] = Number.NaN;
  return kept;
}

/** Equal but for what averages remember of bars before the tail. */
function expectSame(found: readonly Candidate[], wanted: readonly Candidate[]): void {
  expect(found.map((c) => c.symbol)).toEqual(wanted.map((c) => c.symbol));
  for (const [i, candidate] of found.entries()) {
    const other = wanted[i]!;
    expect(candidate.trend).toBe(other.trend);
    expect(candidate.asOf).toBe(other.asOf);
    for (const name of ["momentum_score", "rsi", "rvol", "percentChange", "gap", "dollarVolume"] as const)
      expect(Math.abs(candidate[name] - other[name]) / Math.max(1, Math.abs(other[name]))).toBeLessThan(2e-6);
    expect(candidate.distanceTo52WeekHigh).toBe(other.distanceTo52WeekHigh);
    expect(candidate.price).toBe(other.price);
  }
}

it("says at every bar what a scan as of that bar says", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(fc.integer({ min: 0, max: 1099 }), { minLength: 12, maxLength: 12 }),
      fc.boolean(),
      (seed, rows, holes) => {
        const bars = holes ? ragged("A", seed, 1200) : daily("A", seed, 1200);
        const history = momentumHistory(bars, options);
        for (const t of rows) {
          const scan = momentumScan([bars], { ...options, asOf: bars.closeTime[t]! });
          const reason = dropReasonAt(history, t);
          expect(reason).toBe(scan.dropped[0]?.reason ?? null);
          expect(Number.isNaN(history.score[t])).toBe(reason !== null);
          if (reason === null) expectSame([candidateAt(history, t)], scan.candidates);
        }
      },
    ),
    { numRuns: 20 },
  );
});

it("never reads a later bar", () => {
  const bars = daily("A", 8, 700);
  const whole = momentumHistory(bars, options);
  const part = momentumHistory(sliceBars(bars, 0, 500), options);
  expect(part.score).toEqual(whole.score.slice(0, 500));
  expect(part.dropped).toEqual(whole.dropped.slice(0, 500));
});

it("scores no bar of a series whose times do not ascend", () => {
  const bars = daily("A", 8, 300);
  const history = momentumHistory({ ...bars, closeTime: bars.closeTime.with(9, 0) });
  expect(history.score.every(Number.isNaN)).toBe(true);
  expect(dropReasonAt(history, 299)).toBe("unsorted");
});

it("has the candidates of each day that a scan of the universe as of that day has", () => {
  const series = [
    ...Array.from({ length: 25 }, (_, s) => (s % 3 === 0 ? ragged : daily)(`S${s}`, s + 1, 420)),
    sliceBars(daily("LATE", 77, 420), 100, 420),
    sliceBars(daily("GONE", 78, 420), 0, 330),
    { ...daily("STRAY", 79, 420), closeTime: daily("STRAY", 79, 420).closeTime.map((t) => t + 1) },
  ];
  const days = [
    ...candidatesByDay(
      series.map((bars) => momentumHistory(bars, options)),
      options,
    ),
  ];
  expect(days.length).toBe(420);
  expect(Math.max(...days.map((d) => d.candidates.length))).toBe(7);
  for (const day of days.filter((_, i) => i % 11 === 0 || i > 410)) {
    const scan = momentumScan(series, { ...options, asOf: day.asOf });
    expect(scan.asOf).toBe(day.asOf);
    expectSame(day.candidates, scan.candidates);
  }
  const some = [
    ...candidatesByDay(
      series.map((b) => momentumHistory(b, options)),
      options,
      { from: days[400]!.asOf, to: days[404]!.asOf },
    ),
  ];
  expect(some).toEqual(days.slice(400, 405));
  expect(() => [...candidatesByDay([])]).toThrow(/universe is empty/);
});
