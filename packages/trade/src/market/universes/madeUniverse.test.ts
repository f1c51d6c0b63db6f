import fc from "fast-check";
import { expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, type Panel } from "../bars.ts";
import { checkSymbol } from "../instrument.ts";
import { madeUniverse } from "./madeUniverse.ts";

/** A series whose every move is known by its number: bar t closes (1 + t / 1000) times the close before. */
function counted(length: number): BarSeries {
  const bars = allocateBars("REAL", length);
  let price = 100;
  for (let t = 0; t < length; t++) {
    bars.closeTime[t] = (t + 1) * DAY_MS;
    bars.open[t] = price * (1 + t / 2000);
    price *= 1 + t / 1000;
    bars.close[t] = price;
    bars.high[t] = price * 1.01;
    bars.low[t] = bars.open[t]! * 0.99;
    bars.volume[t] = 1000 + t;
  }
  return bars;
}

function panelOf(...series: BarSeries[]): Panel {
  return { length: series[0]!.length, closeTime: series[0]!.closeTime, series };
}

const small = { symbols: 3, days: 300, seed: 7, blockDays: 5 };

/** The number of the real bar that each made bar is, by its close over the close before. */
function rowsOf(bars: BarSeries): number[] {
  return Array.from({ length: bars.length - 1 }, (_, t) =>
    Math.round((bars.close[t + 1]! / bars.close[t]! - 1) * 1000),
  );
}

it("is made of stretches of real moves, all five numbers of a bar together", () => {
  const real = counted(40);
  const mean = 1000 + 20;
  const [made] = madeUniverse(panelOf(real), { ...small, days: 6000 });
  const rows = rowsOf(made!);
  let ends = 0;
  for (const [i, row] of rows.entries()) {
    const t = i + 1;
    expect(made!.close[t]! / made!.close[i]!).toBeCloseTo(1 + row / 1000, 9);
    expect(made!.open[t]! / made!.close[i]!).toBeCloseTo(1 + row / 2000, 9);
    expect(made!.high[t]! / made!.close[t]!).toBeCloseTo(1.01, 9);
    expect(made!.low[t]! / made!.open[t]!).toBeCloseTo(0.99, 9);
    if (i > 0 && row !== rows[i - 1]! + 1) ends++;
  }
  expect(new Set(rows)).toEqual(new Set(Array.from({ length: 39 }, (_, k) => k + 1)));
  const usual = made!.volume.slice(1).map((v, i) => v / (1000 + rows[i]!));
  // whole shares: equal but for rounding
  expect(Math.max(...usual) / Math.min(...usual)).toBeLessThan(1 + 2 / (mean * Math.min(...usual)));
  // a stretch ends with probability 1/5, or at the real series' own end
  expect(ends / rows.length).toBeGreaterThan(0.19);
  expect(ends / rows.length).toBeLessThan(0.25);
});

it("never goes on across a hole, and takes nothing from a broken bar", () => {
  const real = counted(40);
  for (const name of BAR_COLUMNS) real[name][20] = Number.NaN;
  const rows = rowsOf(madeUniverse(panelOf(real), { ...small, days: 4000, blockDays: 1000 })[0]!);
  expect(rows).not.toContain(20);
  expect(rows).not.toContain(21);
  expect(new Set(rows).size).toBe(37);
});

it("gives sound bars on weekdays under names of their own, the same for the same seed", () => {
  const random = seededRandom(3);
  const wild = counted(60);
  for (let t = 0; t < 60; t++) {
    // some bars contradict themselves, as vendors' do
    wild.close[t] = 50 + 100 * random.next();
    wild.open[t] = 50 + 100 * random.next();
    wild.high[t] = 100;
    wild.low[t] = 99;
  }
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (seed, blockDays) => {
      const options = { symbols: 4, days: 120, seed, blockDays };
      const made = madeUniverse(panelOf(counted(60), wild), options);
      expect(new Set(made.map((bars) => bars.instrument)).size).toBe(4);
      for (const bars of made) {
        expect(checkSymbol(bars.instrument)).toMatch(/^[A-Z]{4}\.M$/);
        for (let t = 0; t < bars.length; t++) {
          const [open, high, low, close] = [bars.open[t]!, bars.high[t]!, bars.low[t]!, bars.close[t]!];
          expect(barFault(open, high, low, close, bars.volume[t]!)).toBeNull();
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
          expect(low).toBeLessThanOrEqual(Math.min(open, close));
          expect([1, 2, 3, 4, 5]).toContain(new Date(bars.closeTime[t]! - DAY_MS).getUTCDay());
          if (t > 0) expect(bars.closeTime[t]).toBeGreaterThan(bars.closeTime[t - 1]!);
        }
      }
      expect(madeUniverse(panelOf(counted(60), wild), options)).toEqual(made);
      const more = madeUniverse(panelOf(counted(60), wild), { ...options, symbols: 6 });
      expect(more.slice(0, 4)).toEqual(made);
    }),
    { numRuns: 15 },
  );
});

it("another seed makes another universe, and every name is its own", () => {
  const panel = panelOf(counted(30));
  const [a] = madeUniverse(panel, small);
  const [b] = madeUniverse(panel, { ...small, seed: 8 });
  expect(a!.close).not.toEqual(b!.close);
  const many = madeUniverse(panel, { ...small, symbols: 1453, days: 2 });
  expect(new Set(many.map((bars) => bars.instrument)).size).toBe(1453);
});

it("refuses what cannot be made", () => {
  const panel = panelOf(counted(30));
  for (const wrong of [{ symbols: 0 }, { symbols: 1e6 }, { days: 0 }, { days: 1.5 }, { blockDays: 0.5 }])
    expect(() => madeUniverse(panel, { ...small, ...wrong })).toThrow(/not possible/);
  expect(() => madeUniverse(panel, { ...small, seed: Number.NaN })).toThrow(/seed NaN/);
  expect(() => madeUniverse(panel, { ...small, start: Number.NaN })).toThrow(/no time/);
  expect(() => madeUniverse(panelOf(counted(1)), small)).toThrow(/two sound bars in a row/);
  const rising = counted(30);
  rising.close.forEach((_, t) => {
    for (const name of ["open", "high", "low", "close"] as const) rising[name][t] = 10 ** t;
  });
  expect(() => madeUniverse(panelOf(rising), { ...small, days: 3000 })).toThrow(/run away/);
});
