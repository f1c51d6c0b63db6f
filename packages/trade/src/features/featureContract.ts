import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import {
  BAR_COLUMNS,
  type BarSeries,
  type Beside,
  type Panel,
  PRICE_COLUMNS,
  sliceBars,
} from "../market/bars.ts";
import { slicePanel } from "../market/panel/slicePanel.ts";
import type { Feature } from "./feature.ts";
import { randomBars } from "./randomBars.ts";

export interface FeatureContractOptions {
  /**
   * How far the last row of a tail of `lookback` + 1 bars may lie from the same row of the whole, in units of
   * |value| + the column's deviation. What an average of infinite memory still keeps of its start.
   */
  readonly tailTolerance: number;
  /** instruments that the panel holds beside the target, in this order; none unless said */
  readonly context?: readonly string[];
  /** whether the panel carries funding, mark and open interest of the target; not unless said */
  readonly beside?: boolean;
}

/** What every feature must keep, whatever it computes: to be called in the feature's own test file. */
export function featureContract(
  make: () => Feature,
  { tailTolerance, context = [], beside = false }: FeatureContractOptions,
): void {
  const feature = make();
  const compute = (panel: Panel): readonly Float32Array[] => feature.compute(panel);
  const panelOf = (seed: number, rows: number, price?: number): Panel => {
    const panel = randomPanel(seed, rows, context, price);
    return beside ? { ...panel, beside: randomBeside(seed, panel.series[0]!) } : panel;
  };
  const length = feature.lookback + 300;
  const seeds = fc.integer({ min: 0, max: 1000 });
  const runs = { numRuns: 12 };

  describe("feature contract", () => {
    it("gives one column of the panel's length for each name, each documented, names unique", () => {
      const columns = compute(panelOf(1, length));
      expect(columns).toHaveLength(feature.columns.length);
      expect(new Set(feature.columns).size).toBe(feature.columns.length);
      expect(feature.docs.map((d) => d.name)).toEqual(feature.columns);
      for (const doc of feature.docs) expect(`${doc.formula}|${doc.source}`).toMatch(/.+\|.+/);
      for (const column of columns) expect(column).toHaveLength(length);
    });

    it("is causal: a prefix gives, bit for bit, the same rows as the whole", () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 0, max: length }), (seed, cut) => {
          const panel = panelOf(seed, length);
          const whole = compute(panel);
          compute(slicePanel(panel, 0, cut)).forEach((column, f) => {
            expect(bits(column), feature.columns[f]).toEqual(bits(whole[f]!.subarray(0, cut)));
          });
        }),
        runs,
      );
    });

    it("is causal: no change to the bars after a row, of all series or of one, changes it", () => {
      fc.assert(
        fc.property(
          seeds,
          fc.integer({ min: 0, max: length - 1 }),
          fc.integer({ min: -1, max: context.length }),
          (seed, at, only) => {
            const panel = panelOf(seed, length);
            const changed = clonePanel(panel);
            const other = panelOf(seed + 5000, length, 17);
            changed.series.forEach((bars, i) => {
              if (only >= 0 && only !== i) return;
              for (const name of BAR_COLUMNS) bars[name].set(other.series[i]![name].subarray(at + 1), at + 1);
            });
            for (const name of besideNames(changed))
              changed.beside![name]!.set(other.beside![name]!.subarray(at + 1), at + 1);
            const before = compute(panel);
            compute(changed).forEach((column, f) => {
              expect(bits(column.subarray(0, at + 1)), feature.columns[f]).toEqual(
                bits(before[f]!.subarray(0, at + 1)),
              );
            });
          },
        ),
        runs,
      );
    });

    it("forgets: the last `lookback` + 1 bars give the last row of the whole", () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: feature.lookback + 1, max: length }), (seed, end) => {
          const panel = panelOf(seed, length);
          const whole = compute(panel);
          const tail = compute(slicePanel(panel, end - feature.lookback - 1, end));
          tail.forEach((column, f) => {
            const wanted = whole[f]![end - 1]!;
            const allowed = tailTolerance * (Math.abs(wanted) + deviation(whole[f]!));
            expect(Math.abs(column[feature.lookback]! - wanted), feature.columns[f]).toBeLessThanOrEqual(
              allowed,
            );
          });
        }),
        runs,
      );
    });

    it("forgets also in a halted market, where averages only fade", () => {
      const panel = panelOf(6, feature.lookback + 200);
      // Trading ends 150 bars in, before the tail begins, and 100 bars before the whole's end there is a last, lone trade.
      for (const bars of panel.series) {
        for (let t = 150; t < bars.length; t++) {
          for (const name of PRICE_COLUMNS) bars[name][t] = bars.close[149]!;
          bars.volume[t] = 0;
        }
        bars.volume[bars.length - 100] = 1;
      }
      const whole = compute(panel);
      compute(slicePanel(panel, panel.length - feature.lookback - 1, panel.length)).forEach((column, f) => {
        const wanted = whole[f]![panel.length - 1]!;
        const allowed = tailTolerance * (Math.abs(wanted) + deviation(whole[f]!));
        expect(Math.abs(column[feature.lookback]! - wanted), feature.columns[f]).toBeLessThanOrEqual(allowed);
      });
    });

    it("is NaN in a warm-up of at most `lookback` rows and finite in every row after it", () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          compute(panelOf(seed, length)).forEach((column, f) => {
            const first = column.findIndex((value) => Number.isFinite(value));
            expect(first, feature.columns[f]).toBeGreaterThanOrEqual(0);
            expect(first, feature.columns[f]).toBeLessThanOrEqual(feature.lookback);
            column.forEach((value, t) => {
              if (t < first !== Number.isNaN(value)) expect.fail(`${feature.columns[f]}[${t}] is ${value}`);
            });
          });
        }),
        runs,
      );
    });

    it("leaves its input as it is", () => {
      const panel = panelOf(3, length);
      for (const bars of panel.series) bars.close[50] = Number.NaN;
      const copy = clonePanel(panel);
      compute(panel);
      expect(panel).toEqual(copy);
    });

    it("gives NaN or a finite number for anything, never an infinity, never an error", () => {
      const oddity = fc.constantFrom(
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        0,
        -0,
        -5,
        5e-324,
        1e-300,
        1e300,
        Number.MAX_VALUE,
      );
      fc.assert(
        fc.property(
          seeds,
          fc.integer({ min: 0, max: 400 }),
          fc.array(fc.tuple(fc.nat(context.length), fc.nat(399), fc.constantFrom(...BAR_COLUMNS), oddity), {
            maxLength: 8,
          }),
          (seed, rows, oddities) => {
            const panel = panelOf(seed, rows);
            for (const [i, at, name, value] of oddities) if (at < rows) panel.series[i]![name][at] = value;
            compute(panel).forEach((column, f) => {
              const infinite = column.findIndex((v) => Math.abs(v) === Number.POSITIVE_INFINITY);
              expect(infinite, feature.columns[f]).toBe(-1);
            });
          },
        ),
        { numRuns: 60 },
      );
    });

    it("is finite after the warm-up on constant prices and without trade", () => {
      const panel = panelOf(1, feature.lookback + 2);
      for (const bars of panel.series)
        for (const name of BAR_COLUMNS) bars[name].fill(name === "volume" ? 0 : 42.1);
      compute(panel).forEach((column, f) => {
        expect(Number.isFinite(column[feature.lookback]!), feature.columns[f]).toBe(true);
      });
    });

    if (context.length === 0) return;

    it("is NaN, not a guess, where the context is missing, and whole again `lookback` bars after", () => {
      const from = 40;
      const panel = panelOf(8, length);
      for (const bars of panel.series.slice(1)) {
        for (const name of BAR_COLUMNS) bars[name].fill(Number.NaN, 0, from);
      }
      const whole = compute(panelOf(8, length)).map(bits);
      let reading = 0;
      compute(panel).forEach((column, f) => {
        expect(column[from + feature.lookback], feature.columns[f]).not.toBeNaN();
        if (bits(column).every((value, t) => value === whole[f]![t])) return;
        reading++;
        const first = column.findIndex((value) => Number.isFinite(value));
        expect(first, feature.columns[f]).toBeGreaterThanOrEqual(from);
      });
      expect(reading).toBeGreaterThan(0);
    });

    it("refuses a panel without one of its context instruments, naming it", () => {
      const panel = panelOf(1, 10);
      context.forEach((name, i) => {
        const series = panel.series.filter((_, j) => j !== i + 1);
        expect(() => compute({ ...panel, series })).toThrow(name);
      });
    });
  });
}

/** A target and its context at random prices on one clock, of unlike price levels; the same seed gives the same panel. */
export function randomPanel(seed: number, length: number, context: readonly string[], price = 60_000): Panel {
  const target = randomBars(seed, length, { price });
  const others = context.map((instrument, i) => ({
    ...randomBars(20_000 + 10 * seed + i, length, { price: 400 / (i + 1) }),
    instrument,
    closeTime: target.closeTime,
  }));
  return { length, closeTime: target.closeTime, series: [target, ...others] };
}

export function clonePanel(panel: Panel): Panel {
  const beside = besideNames(panel).map((name) => [name, panel.beside![name]!.slice()]);
  return {
    ...panel,
    closeTime: panel.closeTime.slice(),
    series: panel.series.map(cloneBars),
    ...(panel.beside ? { beside: Object.fromEntries(beside) as Beside } : {}),
  };
}

function besideNames({ beside = {} }: Panel): (keyof Beside)[] {
  return Object.keys(beside) as (keyof Beside)[];
}

/** Rates that stand for 96 bars each, a mark price near the close, contracts that come and go. */
export function randomBeside(seed: number, { close }: BarSeries): Required<Beside> {
  const random = seededRandom(30_000 + seed);
  let [rate, held] = [1e-4, 50_000];
  const funding = close.map((_, t) => {
    if (t % 96 === 0) rate = random.next() < 0.3 ? 1e-4 : 6e-4 * (random.next() - 0.4);
    return rate;
  });
  const mark = close.map((c) => c * (1 + 1e-3 * (random.next() - 0.5)));
  const openInterest = close.map(() => {
    held *= 1 + 0.02 * (random.next() - 0.5);
    return held;
  });
  return { funding, mark, closeAtMark: close.slice(), openInterest };
}

export function cloneBars(bars: BarSeries): BarSeries {
  const copy = sliceBars(bars, 0, bars.length);
  return {
    ...copy,
    closeTime: copy.closeTime.slice(),
    open: copy.open.slice(),
    high: copy.high.slice(),
    low: copy.low.slice(),
    close: copy.close.slice(),
    volume: copy.volume.slice(),
  };
}

/** The bit patterns: equal numbers, and NaN equal to NaN. */
function bits(column: Float32Array): Uint32Array {
  return new Uint32Array(column.slice().buffer);
}

function deviation(column: Float32Array): number {
  const finite = column.filter((value) => Number.isFinite(value));
  const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
  return Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
}
