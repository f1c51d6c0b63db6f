import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import { allocateBars, type BarSeries, singlePanel, sliceBars } from "../market/bars.ts";
import type { Labeler, Labels } from "./labeler.ts";

const length = 200;

/** Bars without a hole at the start: the usual step of a few bars, one of them a hole, is not that of the whole. */
const WHOLE_BARS = 12;

/** Bars whose close walks at random, now and then with bars missing or a price that is none. */
export function walkingBars(seed: number, { gaps = false, move = 0.01 } = {}): BarSeries {
  const random = seededRandom(seed);
  const bars = allocateBars("TEST", length);
  let close = 100;
  let time = 1_700_000_000_000;
  for (let t = 0; t < length; t++) {
    close *= Math.exp((random.next() - 0.5) * 2 * move);
    time += 300_000 * (gaps && random.next() < 0.03 && t >= WHOLE_BARS ? 4 : 1);
    bars.closeTime[t] = time;
    bars.open[t] = bars.high[t] = bars.low[t] = bars.close[t] = close;
    bars.volume[t] = 1;
    if (gaps && random.next() < 0.02) bars.close[t] = Number.NaN;
  }
  return bars;
}

/** What every labeler must keep, so that its labels can be purged: to be called in the labeler's own test file. */
export function labelContract(make: () => Labeler): void {
  const labeler = make();
  const label = (bars: BarSeries): Labels => labeler.label(singlePanel(bars));
  const arbitraryBars = fc
    .tuple(fc.integer({ min: 0, max: 10_000 }), fc.boolean())
    .map(([seed, gaps]) => walkingBars(seed, { gaps }));
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

    it("knows no label before its own bar has closed and `horizonBars` bars have passed", () => {
      fc.assert(
        fc.property(arbitraryBars, (bars) => {
          label(bars).knownAt.forEach((known, t) => {
            if (t >= length - labeler.horizonBars) expect(known).toBe(Number.POSITIVE_INFINITY);
            else if (known !== Number.POSITIVE_INFINITY) {
              expect(known).toBeGreaterThanOrEqual(bars.closeTime[t]!);
              expect(known).toBeLessThanOrEqual(bars.closeTime[t + labeler.horizonBars]!);
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
          const changed = { ...bars, close: bars.close.slice() };
          for (let t = cut + 1; t < length; t++) changed.close[t] = 3 + t;
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

    it("gives a finite number or NaN for any closes, and leaves them as they are", () => {
      const close = fc.oneof(fc.double(), fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, -1));
      fc.assert(
        fc.property(fc.array(close, { maxLength: 60 }), (closes) => {
          const bars = sliceBars(walkingBars(1), 0, closes.length);
          const given = { ...bars, close: Float64Array.from(closes) };
          const { values } = label(given);
          for (const column of values) {
            expect(column.every((v) => Number.isNaN(v) || Number.isFinite(v))).toBe(true);
          }
          expect(given.close).toEqual(Float64Array.from(closes));
        }),
      );
    });

    it("refuses times that are not in order, naming the row", () => {
      const bars = walkingBars(1);
      bars.closeTime[7] = bars.closeTime[6]!;
      expect(() => label(bars)).toThrow(/row 7/);
      bars.closeTime[7] = Number.NaN;
      expect(() => label(bars)).toThrow(/row 7/);
      expect(() => labeler.label({ length: 0, closeTime: new Float64Array(0), series: [] })).toThrow(
        /no instrument/,
      );
    });
  });
}
