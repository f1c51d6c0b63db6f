import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, PRICE_COLUMNS } from "../bars.ts";
import { adjustBars } from "./adjustBars.ts";
import type { PriceFactors } from "./priceFactors.ts";

const at = (text: string): number => Date.parse(text);

/** Daily bars, stamped at the midnight after their date. */
function daily(instrument: string, rows: readonly (readonly [string, number, number])[]): BarSeries {
  const bars = allocateBars(instrument, rows.length);
  rows.forEach(([day, price, volume], t) => {
    bars.closeTime[t] = at(day) + DAY_MS;
    for (const name of PRICE_COLUMNS) bars[name][t] = price;
    bars.volume[t] = volume;
  });
  return bars;
}

function factors(instrument: string, rows: readonly (readonly [string, number, number])[]): PriceFactors {
  return {
    instrument,
    length: rows.length,
    day: Float64Array.from(rows, ([day]) => at(day)),
    priceFactor: Float64Array.from(rows, ([, price]) => price),
    splitFactor: Float64Array.from(rows, ([, , split]) => split),
  };
}

// Apple's 7:1 split, first day of trade after it 2014-06-09 (Apple, investor relations): 645.57 before, 93.70 after.
const apple = daily("AAPL", [
  ["2014-06-05", 647.35, 10_000_000],
  ["2014-06-06", 645.57, 12_000_000],
  ["2014-06-09", 93.7, 75_000_000],
]);
const sevenToOne = factors("AAPL", [["2014-06-06", 1, 1 / 7]]);

describe("adjustBars", () => {
  it("takes out a 7:1 split by hand: prices by seven, volume times seven, from the first day on", () => {
    const split = adjustBars(apple, sevenToOne, { mode: "splits" });
    expect(split.close[1]).toBeCloseTo(645.57 / 7, 10); // 92.22
    expect(split.close[2]).toBe(93.7);
    expect(split.volume[1]).toBeCloseTo(84_000_000, 4);
    expect(split.volume[2]).toBe(75_000_000);
    // the raw bars are as they were
    expect([...apple.close]).toEqual([647.35, 645.57, 93.7]);
    expect(adjustBars(apple, sevenToOne, { mode: "raw" })).toEqual(apple);
  });

  it("knew nothing of the split the day before it, and all of it on the day", () => {
    const before = adjustBars(apple, sevenToOne, { mode: "splits", asOf: at("2014-06-07") });
    expect([...before.close]).toEqual([647.35, 645.57]);
    expect([...before.volume]).toEqual([10_000_000, 12_000_000]);
    const after = adjustBars(apple, sevenToOne, { mode: "splits", asOf: at("2014-06-10") });
    expect(after.length).toBe(3);
    expect(after.close[1]).toBeCloseTo(92.224286, 6);
  });

  // SPY went ex-dividend on 2020-12-18 with 1.58 and on 2021-03-19 with 1.28 a share (State Street; 1.5800, 1.2778).
  // Factors and closes: QuantConnect Lean, factor_files/spy.csv, daily/spy.zip.
  const spyFactors = factors("SPY", [
    ["2020-12-17", 0.9925053, 1],
    ["2021-03-18", 0.996736, 1],
    ["2050-12-31", 1, 1],
  ]);
  it.each([
    ["2020-12-17", 372.24, "2020-12-18", 369.18, 1.58],
    ["2021-03-18", 391.48, "2021-03-19", 389.48, 1.2778],
  ])("gives SPY's return over the dividend after %s: raw return and yield", (d0, p0, d1, p1, dividend) => {
    const spy = daily("SPY", [
      [d0, p0, 1000],
      [d1, p1, 1000],
    ]);
    const total = adjustBars(spy, spyFactors, { mode: "total" });
    const adjusted = total.close[1]! / total.close[0]! - 1;
    // in full the dividend is reinvested before the day's move: the product of both is what is left over
    expect(adjusted).toBeCloseTo(p1 / p0 / (1 - dividend / p0) - 1, 6);
    expect(Math.abs(adjusted - (p1 / p0 - 1 + dividend / p0))).toBeLessThan(5e-5);
    expect([...total.volume]).toEqual([1000, 1000]);
    expect(adjustBars(spy, spyFactors, { mode: "splits" }).close[0]).toBe(p0);
  });

  it("counts a bar to its date in New York, after hours and in both kinds of time", () => {
    // the last hour of extended trade ends at 20:00: 00:00 UTC of the next day in summer, 01:00 in winter
    for (const [close, split] of [
      ["2014-06-07T00:00:00Z", true],
      ["2014-06-09T08:30:00Z", false],
    ] as const) {
      const bars = daily("AAPL", [["2014-06-06", 700, 1]]);
      bars.closeTime[0] = at(close);
      expect(adjustBars(bars, sevenToOne, { mode: "splits" }).close[0]).toBeCloseTo(split ? 100 : 700, 10);
    }
    const winter = daily("X", [["2024-01-02", 10, 1]]);
    winter.closeTime[0] = at("2024-01-03T01:00:00Z");
    expect(adjustBars(winter, factors("X", [["2024-01-02", 1, 0.5]]), { mode: "splits" }).close[0]).toBe(5);
    const utc = { mode: "splits", timezone: "UTC" } as const;
    expect(adjustBars(winter, factors("X", [["2024-01-02", 1, 0.5]]), utc).close[0]).toBe(10);
  });

  /** Hourly and daily bars with random events; a reverse split among them. */
  const random = (seed: number) => {
    const { next, below } = seededRandom(seed);
    const bars = allocateBars("X", 80);
    let time = at("2024-02-20");
    for (let t = 0; t < 80; t++) {
      time += (1 + below(12)) * HOUR_MS;
      bars.closeTime[t] = time;
      for (const name of BAR_COLUMNS) bars[name][t] = 1 + 99 * next();
    }
    const days = Array.from({ length: 8 }, (_, i) => [
      new Date(at("2024-02-20") + (3 * i + below(3)) * DAY_MS).toISOString().slice(0, 10),
      0.5 + next() / 2,
      [0.25, 0.5, 1, 10][below(4)]!,
    ]) as unknown as [string, number, number][];
    return { bars, rows: days };
  };
  const modes = fc.constantFrom("splits" as const, "total" as const);
  // the bars reach beyond 2024-03-10, when New York's clocks go forward
  const newYorkDay = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });

  it("as of a time: no later event and no later bar changes what was seen, and the last price is raw", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(79), modes, (seed, cut, mode) => {
        const { bars, rows } = random(seed);
        const asOf = bars.closeTime[cut]!;
        const seen = adjustBars(bars, factors("X", rows), { mode, asOf });
        expect(seen.length).toBe(cut + 1);
        expect(seen.close[cut]).toBe(bars.close[cut]);
        // what happens from the next day on is another history: factors then are all others, by a common ratio
        const today = newYorkDay.format(asOf - 1);
        const other = rows.map(([day, p, s]) => [day, p * 0.9, s * 4] as const);
        const future = [...other.filter(([day]) => day <= today), ["2030-01-01", 0.9, 4] as const];
        const here = rows.find(([day]) => day >= today) ?? ["2030-01-01", 1, 1];
        const unchanged = future.map(([day, p, s], i) =>
          i === future.length - 1 ? ([day, here[1] * 0.9, here[2] * 4] as const) : ([day, p, s] as const),
        );
        const again = adjustBars(bars, factors("X", unchanged), { mode, asOf });
        for (const name of BAR_COLUMNS) {
          again[name].forEach((value, t) => {
            expect(value / seen[name][t]!).toBeCloseTo(1, 10);
          });
        }
      }),
      // as of an hour that is a day later in New York in summer time than in winter time
      { examples: [[244, 79, "splits"]] },
    );
  });

  it("leaves returns within the past as they are, whatever is known later: levels move, ratios do not", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 79 }), modes, (seed, cut, mode) => {
        const { bars, rows } = random(seed);
        const then = adjustBars(bars, factors("X", rows), { mode, asOf: bars.closeTime[cut]! });
        const now = adjustBars(bars, factors("X", rows), { mode });
        for (let t = 1; t <= cut; t++) {
          const ratio = (b: BarSeries) => b.close[t]! / b.close[t - 1]!;
          expect(ratio(now) / ratio(then)).toBeCloseTo(1, 10);
        }
      }),
    );
  });

  it("takes no bars, no factors, NaN prices; keeps close x volume over a split", () => {
    const none = factors("AAPL", []);
    expect(adjustBars(daily("AAPL", []), sevenToOne, { mode: "total" }).length).toBe(0);
    expect(adjustBars(apple, none, { mode: "total" }).close).toEqual(apple.close);
    const holed = daily("AAPL", [["2014-06-06", Number.NaN, 70]]);
    const out = adjustBars(holed, sevenToOne, { mode: "splits" });
    expect([out.close[0], out.volume[0]]).toEqual([Number.NaN, 490]);
    const split = adjustBars(apple, sevenToOne, { mode: "splits" });
    expect(split.close[0]! * split.volume[0]!).toBeCloseTo(apple.close[0]! * apple.volume[0]!, 2);
  });

  it("refuses factors of another, unordered, doubled, NaN, zero and infinite ones, and times that are none", () => {
    const run = (rows: [string, number, number][]) =>
      adjustBars(apple, factors("AAPL", rows), { mode: "splits" });
    expect(() => adjustBars(apple, { ...sevenToOne, instrument: "MSFT" }, { mode: "raw" })).toThrow(
      /factors of MSFT cannot adjust bars of AAPL/,
    );
    expect(() =>
      run([
        ["2014-06-06", 1, 1],
        ["2014-06-06", 1, 1],
      ]),
    ).toThrow(/row 2: 2014-06-06 is no day after/);
    expect(() =>
      run([
        ["2014-06-06", 1, 1],
        ["2014-06-05", 1, 1],
      ]),
    ).toThrow(/row 2: 2014-06-05/);
    expect(() => run([["2014-06-06T12:00:00Z", 1, 1]])).toThrow(/row 1/);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => run([["2014-06-06", bad, 1]])).toThrow(/row 1 \(2014-06-06\): priceFactor/);
      expect(() => run([["2014-06-06", 1, bad]])).toThrow(/splitFactor .* is no number above 0/);
    }
    expect(() => adjustBars(apple, sevenToOne, { mode: "splits", asOf: Number.NaN })).toThrow(
      /NaN is no time/,
    );
  });
});
