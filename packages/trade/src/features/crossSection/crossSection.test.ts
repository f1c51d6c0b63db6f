import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { DAY_MS } from "../../core/time.ts";
import {
  BAR_COLUMNS,
  type BarSeries,
  type Panel,
  type Peer,
  singlePanel,
  sliceBars,
} from "../../market/bars.ts";
import { slicePanel } from "../../market/panel/slicePanel.ts";
import { dailyPanel } from "../dailyPanel.ts";
import { cloneBars } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { randomBars } from "../randomBars.ts";

const make = (config: object = {}) =>
  createPart(featureParts, { kind: "crossSection", ...config } as { kind: string }, "features.0");

const always = (bars: BarSeries): Uint8Array => new Uint8Array(bars.length).fill(1);
const peer = (bars: BarSeries, sector: string | null, member = always(bars)): Peer => ({
  bars,
  member,
  sector,
});

function panelIn(symbols: readonly Peer[], target: BarSeries): Panel {
  return { ...singlePanel(target), peers: { symbols, barMs: DAY_MS } };
}

function columnsOf(panel: Panel, config: object = {}): Record<string, Float32Array> {
  const part = make(config);
  const columns = part.compute(panel);
  return Object.fromEntries(part.columns.map((name, f) => [name, columns[f]!]));
}

/** A universe of random days; the third is listed on day 60 and leaves on day 240, the fourth did not trade on day 100. */
function randomUniverse(seed: number, length: number): Peer[] {
  const sectors = ["Energy", "Energy", "Energy", "Utilities", "Utilities", null];
  return sectors.map((sector, i) => {
    const whole = randomBars(100 * seed + i, length, { price: 50 * (i + 1), move: 0.03, stepMs: DAY_MS });
    const named = { ...whole, instrument: `S${i}` };
    const bars = i === 2 ? sliceBars(named, 60, length) : i === 3 ? without(named, 100) : named;
    const member = always(bars);
    if (i === 2) member.fill(0, 180);
    return peer(bars, sector, member);
  });
}

function without(bars: BarSeries, row: number): BarSeries {
  const copy = cloneBars(bars);
  for (const name of ["closeTime", ...BAR_COLUMNS] as const)
    Object.assign(copy, { [name]: bars[name].filter((_, t) => t !== row) });
  return { ...copy, length: bars.length - 1 };
}

const bits = (column: Float32Array): number[] => [...new Uint32Array(column.slice().buffer)];

describe("crossSection, by hand", () => {
  // on day 1 closes move from 100: A +10 %, B +10 %, C -5 %, D 0 %, E +20 %
  const moves = { A: 110, B: 110, C: 95, D: 100, E: 120 };
  const { series } = dailyPanel(
    2,
    Object.fromEntries(Object.entries(moves).map(([name, to]) => [name, (t: number) => (t < 1 ? 100 : to)])),
  );
  const sectors = ["Energy", "Energy", "Energy", "Utilities", "Utilities"];
  const peers = series.map((bars, i) => peer(bars, sectors[i]!));
  const at = (
    i: number,
    name: string,
    config: object = { leastPeers: 4, leastSectorPeers: 1 },
    symbols = peers,
  ) => columnsOf(panelIn(symbols, series[i]!), config)[name]![1];

  it("ranks from 0 to 1, ties in the middle", () => {
    // below A (+10 %) lie C and D, B equals it: (2 + 1/2) / 4
    expect([0, 1, 2, 3, 4].map((i) => at(i, "rankReturn1"))).toEqual([0.625, 0.625, 0, 0.25, 1]);
  });

  it("takes the mean of the sector's other members away", () => {
    const ln = (to: number) => Math.log(to / 100);
    expect(at(0, "sectorRelativeReturn1")).toBeCloseTo(ln(110) - (ln(110) + ln(95)) / 2, 7);
    expect(at(3, "sectorRelativeReturn1")).toBeCloseTo(ln(100) - ln(120), 7);
  });

  it("is NaN with fewer others than asked for, in the universe or in the sector, and without a sector", () => {
    expect(at(0, "rankReturn1", { leastPeers: 5 })).toBeNaN();
    expect(at(3, "sectorRelativeReturn1", { leastSectorPeers: 2 })).toBeNaN();
    const lone = peers.map((one, i) => (i === 0 ? { ...one, sector: null } : one));
    expect(at(0, "sectorRelativeReturn1", {}, lone)).toBeNaN();
    expect(at(0, "rankReturn1", {}, lone)).toBe(0.625);
  });

  it("counts members alone, and ranks who is none among them", () => {
    const out = peers.map((one, i) => (i === 1 ? { ...one, member: new Uint8Array(2) } : one));
    // without B: of C, D, E two lie below A; B itself, of A, C, D, E: two below, one equal
    expect(at(0, "rankReturn1", { leastPeers: 3 }, out)).toBeCloseTo(2 / 3, 7);
    expect(at(1, "rankReturn1", {}, out)).toBe(0.625);
    const stranger = { ...series[1]!, instrument: "Z" };
    const found = columnsOf(panelIn(peers, stranger), {});
    // of all five C and D lie below, A and B equal
    expect(found.rankReturn1![1]).toBeCloseTo(3 / 5, 7);
    expect(found.sectorRelativeReturn1![1]).toBeNaN();
  });

  it("does not rank a bar that closed a day ago", () => {
    const late = { ...peers[4]!, bars: sliceBars(series[4]!, 0, 1), member: new Uint8Array(1).fill(1) };
    const four = [...peers.slice(0, 4), late];
    expect(at(0, "rankReturn1", {}, four)).toBeNaN();
    expect(at(0, "rankReturn1", { leastPeers: 3 }, four)).toBeCloseTo(2.5 / 3, 7);
  });
});

describe("crossSection", () => {
  const config = { leastPeers: 3, leastSectorPeers: 1 };
  const part = make(config);
  const length = part.lookback + 60;

  it("has seven ranks and seven values against the sector, each documented, and says what it needs", () => {
    expect(part.columns).toHaveLength(14);
    expect(part.docs.map((doc) => doc.name)).toEqual(part.columns);
    expect(part.needs).toEqual({ peers: "sectors" });
    const ranks = make({ sectorRelative: false });
    expect([ranks.columns, ranks.needs]).toEqual([part.columns.slice(0, 7), { peers: "universe" }]);
    expect(part.lookback).toBe(251);
  });

  it("ranks lie in [0, 1] and, of members that all have a value, average to 1/2", () => {
    fc.assert(
      fc.property(fc.nat(200), (seed) => {
        const universe = randomUniverse(seed, 120).filter((_, i) => i !== 2 && i !== 3);
        const all = universe.map(({ bars }) => columnsOf(panelIn(universe, bars), config));
        for (const name of part.columns.slice(0, 6)) {
          for (let t = 65; t < 120; t++) {
            const ranks = all.map((columns) => columns[name]![t]!);
            for (const rank of ranks) expect(rank >= 0 && rank <= 1, name).toBe(true);
            expect(ranks.reduce((a, b) => a + b, 0) / ranks.length).toBeCloseTo(0.5, 6);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it("no bar of any peer after a moment changes what it said at or before it", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(length - 1), fc.nat(5), (seed, cut, target) => {
        const universe = randomUniverse(seed, length);
        const bars = universe[target]!.bars;
        const at = Math.min(cut, bars.length - 1);
        const moment = bars.closeTime[at]!;
        const changed = universe.map((one, i) => {
          const copy = cloneBars(one.bars);
          const other = randomBars(9000 + seed + i, length, { price: 7, stepMs: DAY_MS });
          for (let t = 0; t < copy.length; t++) {
            if (copy.closeTime[t]! > moment) for (const name of BAR_COLUMNS) copy[name][t] = other[name][t]!;
          }
          return { ...one, bars: copy };
        });
        const cutOff = universe.map(({ bars: all, member, sector }) => {
          const rows = all.closeTime.filter((time) => time <= moment).length;
          return { bars: sliceBars(all, 0, rows), member: member.subarray(0, rows), sector };
        });
        const wanted = part.compute(panelIn(universe, bars));
        for (const symbols of [changed, cutOff]) {
          const found = part.compute(panelIn(symbols, symbols[target]!.bars));
          found.forEach((column, f) => {
            expect(bits(column.slice(0, at + 1)), part.columns[f]).toEqual(bits(wanted[f]!.slice(0, at + 1)));
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it("a peer that is listed later changes nothing before", () => {
    const universe = randomUniverse(4, length);
    const [target] = universe;
    const before = part.compute(
      panelIn(
        universe.filter((_, i) => i !== 2),
        target!.bars,
      ),
    );
    part.compute(panelIn(universe, target!.bars)).forEach((column, f) => {
      expect(bits(column.slice(0, 60)), part.columns[f]).toEqual(bits(before[f]!.slice(0, 60)));
    });
    const after = part.compute(panelIn(universe, target!.bars))[0]!;
    expect(bits(after.slice(61, 240))).not.toEqual(bits(before[0]!.slice(61, 240)));
    // gone from the universe on day 240
    expect(bits(after.slice(240))).toEqual(bits(before[0]!.slice(240)));
  });

  it("forgets: the last `lookback` + 1 bars of every symbol give the last row bit for bit, a missing day or not", () => {
    for (const target of [0, 3]) {
      const universe = randomUniverse(target, length + 200);
      const panel = panelIn(universe, universe[target]!.bars);
      const whole = part.compute(panel);
      for (const end of [part.lookback + 1, part.lookback + 90, panel.length]) {
        const tail = part.compute(slicePanel(panel, end - part.lookback - 1, end));
        tail.forEach((column, f) => {
          expect(bits(column.slice(-1)), part.columns[f]).toEqual(bits(whole[f]!.slice(end - 1, end)));
        });
      }
    }
  });

  it("does not depend on the order of the universe, nor on the unit of a symbol's prices and volumes", () => {
    const universe = randomUniverse(7, length);
    const wanted = part.compute(panelIn(universe, universe[1]!.bars)).map(bits);
    expect(part.compute(panelIn(universe.toReversed(), universe[1]!.bars)).map(bits)).toEqual(wanted);
    const scaled = universe.map((one) => {
      const copy = cloneBars(one.bars);
      // powers of two change no digit
      for (const name of BAR_COLUMNS) copy[name].set(copy[name].map((value) => value * 4));
      return { ...one, bars: copy };
    });
    expect(part.compute(panelIn(scaled, scaled[1]!.bars)).map(bits)).toEqual(wanted);
  });

  it("gives NaN or a finite number for anything", () => {
    const oddity = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -5, 1e300, 5e-324);
    const places = fc.array(fc.tuple(fc.nat(5), fc.nat(199), fc.constantFrom(...BAR_COLUMNS), oddity), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.nat(50), places, (seed, odd) => {
        const universe = randomUniverse(seed, 300);
        for (const [i, t, name, value] of odd) universe[i]!.bars[name][t] = value;
        for (const column of part.compute(panelIn(universe, universe[0]!.bars)))
          expect(column.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toBe(false);
      }),
      { numRuns: 30 },
    );
    const still = dailyPanel(260, { A: () => 5, B: () => 5, C: () => 5, D: () => 5, E: () => 5 });
    const peers = still.series.map((bars) => peer(bars, "Energy"));
    const last = columnsOf(panelIn(peers, still.series[0]!));
    // all alike: in the middle, and no different from the sector
    expect(Object.values(last).map((column) => column.at(-1))).toEqual([
      ...Array(7).fill(0.5),
      ...Array(7).fill(0),
    ]);
  });

  it("refuses a panel without a universe, a universe without sectors, a symbol twice", () => {
    const universe = randomUniverse(1, 300);
    const { bars } = universe[0]!;
    expect(() => part.compute(singlePanel(bars))).toThrow(/S0 comes without its universe/);
    const bare = universe.map((one) => ({ ...one, sector: null }));
    expect(() => part.compute(panelIn(bare, bars))).toThrow(/universe\.sectors.*sectorRelative: false/);
    expect(() => part.compute(panelIn([...universe, universe[0]!], bars))).toThrow(/S0 is in it twice/);
  });
});
