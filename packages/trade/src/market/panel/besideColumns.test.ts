import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries, sliceBars } from "../bars.ts";
import { alignPanel } from "./alignPanel.ts";
import { besideColumns, settlementHour } from "./besideColumns.ts";
import { slicePanel } from "./slicePanel.ts";

const START = Date.UTC(2023, 0, 1);

/** Bars that close one after the other at 100, 101, 102 … */
function barsFrom(start: number, stepMs: number, length: number): BarSeries {
  const bars = allocateBars("BTCUSDT", length);
  for (let t = 0; t < length; t++) {
    bars.closeTime[t] = start + (t + 1) * stepMs;
    for (const name of ["open", "high", "low", "close"] as const) bars[name][t] = 100 + t;
  }
  return bars;
}

const funding = (times: readonly number[], rates: readonly number[]) => ({
  instrument: "BTCUSDT",
  length: times.length,
  time: Float64Array.from(times),
  rate: Float64Array.from(rates),
});

describe("besideColumns", () => {
  it("funding: the last settled rate, from the close at the hour on though stamped 7 ms late, for a day", () => {
    const bars = barsFrom(START, HOUR_MS, 34);
    const series = funding([START + 2 * HOUR_MS + 7, START + 8 * HOUR_MS], [1e-4, -2e-4]);
    const { funding: rates } = besideColumns(bars, { funding: series });
    // closes at 01 … 34 h: none at 01, the first from 02, the second from 08 up to 32 = 08 + 24
    const wanted = Array.from({ length: 34 }, (_, t) =>
      t < 1 ? Number.NaN : t < 7 ? 1e-4 : t < 32 ? -2e-4 : Number.NaN,
    );
    expect([...rates!]).toEqual(wanted);
  });

  it("moves a time back to its hour only within the first minute after it, never forward", () => {
    expect(settlementHour(START + 999)).toBe(START);
    expect(settlementHour(START + MINUTE_MS)).toBe(START + MINUTE_MS);
    expect(settlementHour(START - 1)).toBe(START - 1);
  });

  it("mark: the last close of a longer bar, beside the future's own close of that very moment", () => {
    const bars = barsFrom(START, HOUR_MS, 30);
    const mark = {
      bars: { ...barsFrom(START, 8 * HOUR_MS, 2), close: Float64Array.of(50, 60) },
      stepMs: 8 * HOUR_MS,
    };
    const found = besideColumns(bars, { mark });
    // mark bars close at 08 and 16 h; the bar that closes at 08 h is row 7 and closes at 107; good for 16 hours
    expect([...found.mark!.subarray(6, 9)]).toEqual([Number.NaN, 50, 50]);
    expect([...found.closeAtMark!.subarray(6, 9)]).toEqual([Number.NaN, 107, 107]);
    expect([found.mark![15], found.closeAtMark![20]]).toEqual([60, 115]);
    expect([found.mark![29], found.closeAtMark![29]]).toEqual([60, 115]);
    const late = besideColumns(barsFrom(START, HOUR_MS, 40), { mark });
    expect([late.mark![31], late.mark![32]]).toEqual([60, Number.NaN]);
  });

  it("mark: none of its own where the future has no bar at that close", () => {
    const bars = barsFrom(START + 30 * MINUTE_MS, HOUR_MS, 10);
    const { mark, closeAtMark } = besideColumns(bars, {
      mark: { bars: barsFrom(START, 8 * HOUR_MS, 1), stepMs: 8 * HOUR_MS },
    });
    expect([mark![9], closeAtMark![9]]).toEqual([100, Number.NaN]);
  });

  it("open interest: contracts as of the close, two steps long; only what is given becomes a column", () => {
    const bars = barsFrom(START, 5 * MINUTE_MS, 5);
    const series = {
      instrument: "BTCUSDT",
      length: 1,
      time: Float64Array.of(START + 10 * MINUTE_MS),
      contracts: Float64Array.of(7),
      value: Float64Array.of(700),
    };
    const found = besideColumns(bars, { openInterest: { series, stepMs: 5 * MINUTE_MS } });
    expect([...found.openInterest!]).toEqual([Number.NaN, 7, 7, 7, Number.NaN]);
    expect(Object.keys(found)).toEqual(["openInterest"]);
    expect(besideColumns(bars, {})).toEqual({});
  });

  it("no row changes with what becomes known after it", () => {
    const bars = barsFrom(START, HOUR_MS, 60);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 * 60 }), { minLength: 1, maxLength: 30 }),
        fc.nat(59),
        (minutes, at) => {
          const times = minutes.toSorted((a, b) => a - b).map((m) => START + m * MINUTE_MS);
          const moment = bars.closeTime[at]!;
          const known = times.filter((time) => time <= moment);
          const rates = times.map((_, i) => i / 1e4);
          const whole = besideColumns(bars, { funding: funding(times, rates) }).funding!;
          const cut = besideColumns(sliceBars(bars, 0, at + 1), {
            funding: funding(known, rates.slice(0, known.length)),
          }).funding!;
          expect([...cut]).toEqual([...whole.subarray(0, at + 1)]);
        },
      ),
    );
  });
});

describe("slicePanel", () => {
  const bars = barsFrom(START, DAY_MS, 10);
  const beside = { funding: Float64Array.from({ length: 10 }, (_, t) => t) };
  // the peer closes an hour before and did not trade on the fourth day
  const all = barsFrom(START - HOUR_MS, DAY_MS, 10);
  const without = (column: Float64Array): Float64Array => column.filter((_, t) => t !== 3);
  const peer = {
    ...allocateBars("PEER", 9),
    closeTime: without(all.closeTime),
    close: without(all.close),
  };
  const peers = { symbols: [{ bars: peer, member: new Uint8Array(9).fill(1), sector: null }], barMs: DAY_MS };
  const panel = alignPanel(bars, [], { barMs: DAY_MS, beside, peers });

  it("keeps what stands beside the bars, row by row", () => {
    expect([...slicePanel(panel, 4, 7).beside!.funding!]).toEqual([4, 5, 6]);
  });

  it("keeps of a peer as many bars as there are rows, the last that had closed", () => {
    const [sliced] = slicePanel(panel, 2, 6).peers!.symbols;
    // rows 2 … 5: the peer's bars of the days 1, 2, 4, 5
    expect([...sliced!.bars.close]).toEqual([101, 102, 104, 105]);
    expect(sliced!.member).toHaveLength(4);
    expect(slicePanel(panel, 3, 3).peers!.symbols[0]!.bars.length).toBe(0);
  });
});
