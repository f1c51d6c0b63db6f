import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { constituentIndex, type IndexOptions } from "./constituentIndex.ts";
import { parseUniverse } from "./parseUniverse.ts";

const START = Date.parse("2024-01-01");

/** Daily bars by day number (1 is 2024-01-01): they close at the midnight after. */
function bars(symbol: string, closes: Readonly<Record<number, number>>, volume = 1): BarSeries {
  const days = Object.keys(closes).map(Number);
  const made = allocateBars(symbol, days.length);
  days.forEach((day, i) => {
    made.closeTime[i] = START + day * DAY_MS;
    for (const name of ["open", "high", "low", "close"] as const) made[name][i] = closes[day]!;
    made.volume[i] = volume;
  });
  return made;
}
const universe = (lines: string) =>
  parseUniverse(`symbol,market,listed,delisted,known\n${lines}`, "u", "u.csv");
const equal: IndexOptions = {
  name: "INDEX",
  weighting: { kind: "equal" },
  rebalanceBars: 1,
  maxStaleRows: 3,
};

describe("constituentIndex", () => {
  // A stays; B enters at the close of day 2 (it is known from January 3); C leaves at the close of day 3 (no trade on 4).
  const three = universe("A,stock,,,2023-01-01\nB,stock,,,2024-01-03\nC,stock,,2024-01-04,2023-01-01\n");
  const series = [
    bars("A", { 1: 10, 2: 11, 3: 11, 4: 12.1, 5: 12.1 }),
    bars("B", { 1: 50, 2: 40, 3: 44, 4: 44, 5: 33 }, 10),
    bars("C", { 1: 20, 2: 18, 3: 27, 4: 1000 }, 2),
  ];

  it("chains equal weights by hand, with a member that enters and one that leaves", () => {
    // Day 2: A +10 %, C -10 % at halves: 0. B's -20 % came before it entered.
    // Day 3, thirds: A 0, B +10 %, C +50 %: +20 %. Day 4, halves of A and B: +5 %; C's leap is after its end.
    // Day 5: B -25 % at half: -12.5 %.
    const made = constituentIndex(three, series, equal);
    const wanted = [100, 100, 120, 126, 110.25];
    expect(made.bars.length).toBe(5);
    wanted.forEach((level, t) => void expect(made.bars.close[t]).toBeCloseTo(level, 10));
    expect([...made.held]).toEqual([2, 3, 2, 2, 2]);
    expect(made.bars.closeTime[0]).toBe(START + DAY_MS);
    expect(made.bars.volume[0]).toBeNaN();
    expect(made.stopped).toEqual([]);
  });

  it("lets weights drift between rebalancings", () => {
    // A doubles, then B doubles. Rebalanced at each close: 1.5 x 1.5. Never: (2 + 2) / 2.
    const two = universe("A,stock,,,2023-01-01\nB,stock,,,2023-01-01\n");
    const pair = [bars("A", { 1: 1, 2: 2, 3: 2 }), bars("B", { 1: 1, 2: 1, 3: 2 })];
    expect(constituentIndex(two, pair, equal).bars.close[2]).toBeCloseTo(225, 10);
    const drifting = constituentIndex(two, pair, { ...equal, rebalanceBars: 99 });
    expect(drifting.bars.close[2]).toBeCloseTo(200, 10);
    // at the close of day 2 A weighs 2/3: to halves one sells 1/6
    expect(constituentIndex(two, pair, equal).turnover[1]).toBeCloseTo(1 / 6, 12);
    expect([...drifting.turnover]).toEqual([0, 0, 0]);
  });

  it("weighs by dollar volume of the bars up to the rebalancing, and by capitalisation, by hand", () => {
    const two = universe("A,stock,,,2023-01-01\nB,stock,,,2023-01-01\n");
    const pair = [bars("A", { 1: 10, 2: 20, 3: 22 }, 3), bars("B", { 1: 10, 2: 10, 3: 5 }, 1)];
    // Day 1: 30 and 10, so 3/4 and 1/4: day 2 +75 %. Mean of two days: 45 and 10: 9/11 x 10 % - 2/11 x 50 % = -1/110.
    const volume = constituentIndex(two, pair, {
      ...equal,
      weighting: { kind: "dollarVolume", averageBars: 2 },
    });
    expect(volume.bars.close[1]).toBeCloseTo(175, 10);
    expect(volume.bars.close[2]).toBeCloseTo(175 * (1 - 1 / 110), 10);
    // 1 million and 3 million shares at 10: 1/4 and 3/4; the index then follows the sum of capitalisations: 40, 50, 37
    const shares = (symbol: string) => (symbol === "A" ? 1e6 : 3e6);
    const capital = constituentIndex(two, pair, { ...equal, weighting: { kind: "capitalisation", shares } });
    expect(capital.bars.close[1]).toBeCloseTo(125, 10);
    expect(capital.bars.close[2]).toBeCloseTo(92.5, 10);
  });

  it("carries a halted member at its last price, and sells it when its bars have stopped for too long", () => {
    const two = universe("A,stock,,,2023-01-01\nB,stock,,,2023-01-01\n");
    const pair = [bars("A", { 1: 10, 2: 10, 3: 10, 4: 10, 5: 11, 6: 22 }), bars("B", { 1: 10, 2: 20 })];
    const made = constituentIndex(two, pair, { ...equal, maxStaleRows: 2 });
    // Day 2: +50 %. B halts on 3 and 4 and is sold at the close of 5, having lain at half while A rose by 10 %.
    [100, 150, 150, 150, 157.5, 315].forEach((level, t) => {
      expect(made.bars.close[t]).toBeCloseTo(level, 10);
    });
    expect(made.stopped).toEqual([{ symbol: "B", time: START + 5 * DAY_MS }]);
    expect([...made.held]).toEqual([2, 2, 2, 2, 1, 1]);
  });

  it("keeps its level while it holds nothing, and buys what comes later", () => {
    const gap = universe("A,stock,,2024-01-03,2023-01-01\nB,stock,,,2024-01-06\n");
    const made = constituentIndex(
      gap,
      [bars("A", { 1: 10, 2: 15 }), bars("B", { 4: 9, 5: 10, 6: 12 })],
      equal,
    );
    // days 1, 2, 5 and 6: on 5 it buys, on 6 it has earned 20 %
    expect([...made.bars.close].map((c) => Math.round(c * 1e6) / 1e6)).toEqual([100, 150, 150, 180]);
    expect([...made.held]).toEqual([1, 0, 1, 1]);
  });

  it("reads nothing after a close: whatever comes later, the level up to it stays", () => {
    const names = ["A", "B", "C", "D"];
    const members = universe(
      "A,stock,,,2023-01-01\nB,stock,,2024-02-10,2024-01-10\nC,stock,2024-01-20,,2024-01-05\nD,stock,,,2023-01-01\n",
    );
    const make = (seed: number): BarSeries[] =>
      names.map((name, i) => {
        const random = seededRandom(seed + i);
        const made = bars(
          name,
          Object.fromEntries(
            Array.from({ length: 60 }, (_, d) => [d + 1, 10 + 5 * random.next()] as const).filter(
              () => random.next() > 0.15,
            ),
          ),
        );
        made.volume.forEach((_, t) => {
          made.volume[t] = 1 + random.next();
        });
        return made;
      });
    const weighting = fc.constantFrom<IndexOptions["weighting"]>(
      { kind: "equal" },
      { kind: "dollarVolume", averageBars: 5 },
      { kind: "capitalisation", shares: (s) => s.charCodeAt(0) },
    );
    const seed = fc.nat(1000);
    fc.assert(
      fc.property(
        seed,
        seed,
        weighting,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (a, b, w, cut, every) => {
          const options = { ...equal, weighting: w, rebalanceBars: every, maxStaleRows: 2 };
          const time = START + cut * DAY_MS;
          const first = make(a);
          // up to the cut the bars of `a`, after it those of `b`
          const changed = first.map((old, i) => {
            const other = make(b + 5000)[i]!;
            const closes: Record<number, number> = {};
            const volumes: number[] = [];
            for (const source of [old, other]) {
              source.closeTime.forEach((t, row) => {
                if (source === old ? t > time : t <= time) return;
                closes[(t - START) / DAY_MS] = source.close[row]!;
                volumes.push(source.volume[row]!);
              });
            }
            const joined = bars(old.instrument, closes);
            joined.volume.set(volumes);
            return joined;
          });
          const upTo = (all: BarSeries[]) => {
            const { bars: index, held } = constituentIndex(members, all, options);
            const rows = index.closeTime.filter((t) => t <= time).length;
            return [
              [...index.closeTime.subarray(0, rows)],
              [...index.close.subarray(0, rows)],
              [...held.subarray(0, rows)],
            ];
          };
          expect(upTo(changed)).toEqual(upTo(first));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes nothing and one row, and refuses what cannot be", () => {
    const one = universe("A,stock,,,2023-01-01\n");
    expect(constituentIndex(one, [], equal).bars.length).toBe(0);
    expect(constituentIndex(one, [bars("Z", { 1: 5 })], equal).bars.length).toBe(0);
    expect([...constituentIndex(one, [bars("A", { 1: 5 })], equal).bars.close]).toEqual([100]);
    const run = (b: BarSeries, options: Partial<IndexOptions> = {}) =>
      constituentIndex(one, [b], { ...equal, ...options });
    expect(() => run(bars("A", { 1: Number.NaN }))).toThrow(/A closed 2024-01-02T00:00:00Z at NaN/);
    expect(() => run(bars("A", { 1: 0 }))).toThrow(/at 0, which is no price/);
    const twice = bars("A", { 1: 5, 2: 6 });
    twice.closeTime[1] = twice.closeTime[0]!;
    expect(() => run(twice)).toThrow(/A row 1: 2024-01-02T00:00:00Z does not follow/);
    twice.closeTime[1] = Number.NaN;
    expect(() => run(twice)).toThrow(/A row 1: NaN does not follow/);
    const weighting = { kind: "dollarVolume", averageBars: 2 } as const;
    expect(() => run(bars("A", { 1: 5 }, Number.NaN), { weighting })).toThrow(
      /A has no weight at 2024-01-02/,
    );
    expect(() => run(bars("A", { 1: 5 }, 0), { weighting })).toThrow(/no member has a dollarVolume above 0/);
    expect(() => run(bars("A", { 1: 5 }), { rebalanceBars: 0 })).toThrow(/rebalanceBars 0/);
    expect(() => run(bars("A", { 1: 5 }), { weighting: { ...weighting, averageBars: 0 } })).toThrow(
      /averageBars 0/,
    );
    expect(() => constituentIndex(one, [bars("A", {}), bars("A", {})], equal)).toThrow(/A is given twice/);
  });
});
