import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { allocateBars, type BarSeries, PRICE_COLUMNS, singlePanel, sliceBars } from "../market/bars.ts";
import type { Labeler, Labels } from "./labeler.ts";

const length = 200;

/** Bars without a hole at the start: the usual step of a few bars, one of them a hole, is not that of the whole. */
const WHOLE_BARS = 12;

/** Bars whose close walks at random, now and then with bars missing or a price that is none; `range`: opens, highs and lows too. */
export function walkingBars(seed: number, { gaps = false, move = 0.01, range = false } = {}): BarSeries {
  const random = seededRandom(seed);
  const around = seededRandom(seed + 1);
  const bars = allocateBars("TEST", length);
  let close = 100;
  let time = 1_700_000_000_000;
  for (let t = 0; t < length; t++) {
    const before = close;
    close *= Math.exp((random.next() - 0.5) * 2 * move);
    time += 300_000 * (gaps && random.next() < 0.03 && t >= WHOLE_BARS ? 4 : 1);
    bars.closeTime[t] = time;
    bars.open[t] = bars.high[t] = bars.low[t] = bars.close[t] = close;
    bars.volume[t] = 1;
    if (range) {
      // mostly from the close before, now and then from beyond it: a gap
      bars.open[t] = before * (around.next() < 0.1 ? 1 + (around.next() - 0.5) * 4 * move : 1);
      bars.high[t] = Math.max(bars.open[t]!, close) * (1 + around.next() * move);
      bars.low[t] = Math.min(bars.open[t]!, close) * (1 - around.next() * move);
      if (gaps && around.next() < 0.01) bars[PRICE_COLUMNS[around.below(3)]!][t] = Number.NaN;
    }
    if (gaps && random.next() < 0.02) bars.close[t] = Number.NaN;
  }
  return bars;
}

/** The bars with their own copy of each price, changed by `change`. */
function withPrices(bars: BarSeries, change: (column: Float64Array) => void): BarSeries {
  const copies = PRICE_COLUMNS.map((name) => [name, bars[name].slice()] as const);
  for (const [, column] of copies) change(column);
  return { ...bars, ...Object.fromEntries(copies) };
}

/**
 * What every labeler must keep, so that its labels can be purged: to be called in the labeler's own test file.
 * @param early the outcome may be known before `horizonBars` bars have passed
 */
export function labelContract(make: () => Labeler, { early = false } = {}): void {
  const labeler = make();
  const label = (bars: BarSeries): Labels => labeler.label(singlePanel(bars));
  const arbitraryBars = fc
    .tuple(fc.integer({ min: 0, max: 10_000 }), fc.boolean(), fc.boolean())
    .map(([seed, gaps, range]) => walkingBars(seed, { gaps, range }));
  const runs = { numRuns: 40 };

  describe("label contract", () => {
    it("gives a column of the panel's length for each name, NaN exactly where knownAt is Infinity", () => {
      fc.assert(
        fc.property(arbitraryBars, (bars) => {
          const { values, knownAt } = label(bars);
          expect(values).toHaveLength(labeler.columns.length);
          for (const column of values) {
            expect(column).toHaveLength(length);
            column.forEach((value, t) => {
              if (Number.isFinite(value) !== Number.isFinite(knownAt[t]!)) expect.fail(`row ${t}: ${value}`);
            });
          }
        }),
        runs,
      );
    });

    it("knows a label at the close of a later bar, `horizonBars` on at the latest, and not before unless it may", () => {
      fc.assert(
        fc.property(arbitraryBars, (bars) => {
          const closes = new Set(bars.closeTime);
          label(bars).knownAt.forEach((known, t) => {
            if (!early && t >= length - labeler.horizonBars) expect(known).toBe(Number.POSITIVE_INFINITY);
            else if (known !== Number.POSITIVE_INFINITY) {
              expect(known).toBeGreaterThan(bars.closeTime[t]!);
              expect(known).toBeLessThanOrEqual(
                bars.closeTime[Math.min(length - 1, t + labeler.horizonBars)]!,
              );
              expect(closes.has(known)).toBe(true);
              if (!early) expect(known).toBe(bars.closeTime[t + labeler.horizonBars]);
            }
          });
        }),
        runs,
      );
    });

    it("depends on no bar that closes after knownAt", () => {
      fc.assert(
        fc.property(arbitraryBars, fc.integer({ min: 0, max: length - 1 }), (bars, cut) => {
          const before = label(bars);
          const changed = withPrices(bars, (column) => {
            for (let t = cut + 1; t < length; t++) column[t] = 3 + t;
          });
          const after = label(changed);
          for (let t = 0; t < length; t++) {
            if (before.knownAt[t]! > bars.closeTime[cut]!) continue;
            expect(after.knownAt[t]).toBe(before.knownAt[t]);
            before.values.forEach((column, i) => {
              expect(after.values[i]![t]).toBe(column[t]);
            });
          }
        }),
        runs,
      );
    });

    it("can be purged: what is known by a time is the same when the bars end there", () => {
      fc.assert(
        fc.property(arbitraryBars, fc.integer({ min: 0, max: length }), (bars, cut) => {
          const whole = label(bars);
          const ended = label(sliceBars(bars, 0, cut));
          const end = cut > 0 ? bars.closeTime[cut - 1]! : Number.NEGATIVE_INFINITY;
          for (let t = 0; t < cut; t++) {
            const known = whole.knownAt[t]! <= end;
            whole.values.forEach((column, i) => {
              expect(ended.values[i]![t]).toBe(known ? column[t] : Number.NaN);
            });
          }
        }),
        runs,
      );
    });

    it("gives a finite number or NaN for any prices, and leaves them as they are", () => {
      const price = fc.oneof(
        fc.double(),
        fc.double({ min: 90, max: 110, noNaN: true }),
        fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, -1, Number.POSITIVE_INFINITY, Number.NaN),
      );
      const bar = fc.tuple(price, price, price, price);
      fc.assert(
        fc.property(fc.array(bar, { maxLength: 60 }), (rows) => {
          const bars = sliceBars(walkingBars(1), 0, rows.length);
          const columns = () => PRICE_COLUMNS.map((name, i) => [name, Float64Array.from(rows, (r) => r[i]!)]);
          const given: BarSeries = { ...bars, ...Object.fromEntries(columns()) };
          const { values } = label(given);
          for (const column of values) {
            expect(column.every((v) => Number.isNaN(v) || Number.isFinite(v))).toBe(true);
          }
          expect(Object.fromEntries(PRICE_COLUMNS.map((name) => [name, given[name]]))).toEqual(
            Object.fromEntries(columns()),
          );
        }),
      );
    });

    it("gives no label to prices that are none, too few bars, or a horizon past their end; empty for no bars", () => {
      const absent = (bars: BarSeries): void => {
        const { values, knownAt } = label(bars);
        for (const column of values) expect(column).toEqual(new Float32Array(bars.length).fill(Number.NaN));
        expect(knownAt).toEqual(new Float64Array(bars.length).fill(Number.POSITIVE_INFINITY));
      };
      for (const none of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -100])
        absent(withPrices(walkingBars(2), (column) => column.fill(none)));
      for (const rows of [0, 1]) absent(sliceBars(walkingBars(2), 0, rows));
      if (!early) absent(sliceBars(walkingBars(2), 0, Math.min(length, labeler.horizonBars)));
    });

    it("says nothing but that a constant price stays where it is", () => {
      const { values } = label(withPrices(walkingBars(2), (column) => column.fill(100)));
      labeler.columns.forEach((name, i) => {
        const found = values[i]!.filter((v) => !Number.isNaN(v));
        if (name === "class" || name === "direction" || name === "position")
          expect(found.every((v) => v === 1)).toBe(true);
        if (/return|label|barrier|tValue|volatility|drawdown|paid/i.test(name))
          expect(found.every((v) => v === 0)).toBe(true);
      });
    });

    it("refuses times that are not in order and prices of another length, naming the row", () => {
      const bars = walkingBars(1);
      bars.closeTime[7] = bars.closeTime[6]!;
      expect(() => label(bars)).toThrow(/row 7/);
      bars.closeTime[7] = Number.NaN;
      expect(() => label(bars)).toThrow(/row 7/);
      expect(() => labeler.label({ length: 0, closeTime: new Float64Array(0), series: [] })).toThrow(
        /no instrument/,
      );
      const short = { ...walkingBars(1), close: new Float64Array(3) };
      expect(() => label(short)).toThrow(DataError);
      expect(() => label(short)).not.toThrow(UsageError);
    });
  });
}
