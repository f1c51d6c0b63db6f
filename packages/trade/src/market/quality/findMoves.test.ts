import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { findMoves } from "./findMoves.ts";

/** Bars with these closes, one after another. */
function barsOf(closes: readonly number[], barMs = HOUR_MS): BarSeries {
  const bars = allocateBars("X", closes.length);
  closes.forEach((close, i) => {
    bars.closeTime[i] = (i + 1) * barMs;
    for (const name of ["open", "high", "low", "close"] as const) bars[name][i] = close;
    bars.volume[i] = 1;
  });
  return bars;
}

/** Up, down and nowhere by `step`: one robust standard deviation is 1.4826 x step. */
const swing = (length: number, step: number): number[] =>
  Array.from({ length }, (_, i) => 100 * Math.exp(i % 3 === 1 ? step : 0));

describe("findMoves", () => {
  test("the scale is local: what is usual in a wild time is an outlier in a quiet one", () => {
    const closes = [...swing(300, 0.001), ...swing(300, 0.02)];
    const quiet = 150;
    const wild = 450;
    for (const row of [quiet, wild]) closes[row] = 100 * Math.exp(0.03);
    const { moves } = findMoves(barsOf(closes), HOUR_MS, "continuous");
    expect(moves.map((m) => m.row)).toEqual([quiet]);
    expect(moves[0]).toMatchObject({ isSpike: true, rows: 1 });
    expect(moves[0]!.sigmas).toBeCloseTo(0.03 / (1.4826 * 0.001), 6);
  });

  test("a spike of three bars is three bars; of four it is a jump there and a jump back", () => {
    for (const [rows, expected] of [
      [3, [{ row: 100, rows: 3, isSpike: true }]],
      [
        4,
        [
          { row: 100, rows: 1, isSpike: false },
          { row: 104, rows: 1, isSpike: false },
        ],
      ],
    ] as const) {
      const closes = swing(300, 0.001);
      for (let i = 100; i < 100 + rows; i++) closes[i]! *= 1.1;
      const { moves } = findMoves(barsOf(closes), HOUR_MS, "continuous");
      expect(moves.map(({ row, rows, isSpike }) => ({ row, rows, isSpike }))).toEqual(expected);
    }
  });

  test("nights are judged among nights: a usual opening move is no outlier", () => {
    // seven hourly bars a day that move by 0.1 %, nights that move by 2 %
    const closes: number[] = [];
    let price = 100;
    for (let day = 0; day < 60; day++) {
      price *= Math.exp([0.02, -0.02, 0][day % 3]!);
      for (let hour = 0; hour < 7; hour++) {
        price *= Math.exp([0.001, -0.001, 0][hour % 3]!);
        closes.push(price);
      }
    }
    const bars = barsOf(closes);
    for (let i = 0; i < bars.length; i++)
      bars.closeTime[i] = Math.floor(i / 7) * DAY_MS + ((i % 7) + 15) * HOUR_MS;
    expect(findMoves(bars, HOUR_MS, "exchange").moves).toEqual([]);
    expect(findMoves(barsOf(closes), HOUR_MS, "continuous").moves.length).toBeGreaterThan(10);
  });

  test("over a hole there is no one-bar move", () => {
    const closes = [...swing(100, 0.001), ...swing(100, 0.001).map((c) => c * 2)];
    const bars = barsOf(closes);
    for (let i = 100; i < 200; i++) bars.closeTime[i]! += 20 * DAY_MS;
    expect(findMoves(bars, HOUR_MS, "continuous")).toMatchObject({ moves: [], judged: 198 });
    expect(findMoves(bars, HOUR_MS, "exchange").moves).toEqual([]);
  });

  test("prices that never move, and too few to judge", () => {
    expect(findMoves(barsOf(new Array(200).fill(5)), HOUR_MS, "continuous").moves).toEqual([]);
    expect(findMoves(barsOf([1, 2, 100, 3]), HOUR_MS, "continuous").moves).toEqual([]);
  });
});
