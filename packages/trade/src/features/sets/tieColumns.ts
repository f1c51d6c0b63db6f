import { FLAT } from "../indicators/flat.ts";
import { typicalPrice } from "../indicators/medianPrice.ts";
import { mfi } from "../indicators/momentum/mfi.ts";
import { trueMove } from "../indicators/trueMove.ts";
import { wilder, wilderLookback } from "../indicators/wilder.ts";
import { each, type SetColumn } from "./indicatorColumns.ts";

/*
 * Prices lie on ticks, so that sums and differences of them are often equal; as 64-bit floats they then differ in the last
 * digit, this way or that by the unit of the price. Where an indicator asks which of two is greater, a tie must be a tie in
 * every unit: here a difference of no more than 1e-9 of the price is none.
 */

/** The registry's money flow index, of typical prices among which equal ones are equal. */
export function moneyFlowColumn(period: number): SetColumn {
  return {
    name: `mfi${period}`,
    formula: `100 P / (P + N), sums over ${period} of p volume where p rose and where it fell by more than 1e-9 of it, p = (high + low + close) / 3; 50 without flow`,
    source: "Quong and Soudack, Stocks & Commodities 7:3, 1989",
    lookback: period,
    of: ({ bars }) => {
      const price = typicalPrice(bars.high, bars.low, bars.close);
      for (let t = 1; t < price.length; t++) {
        if (Math.abs(price[t]! - price[t - 1]!) <= FLAT * price[t]!) price[t] = price[t - 1]!;
      }
      return mfi(price, bars.volume, period);
    },
  };
}

/** Wilder's directional indicators and their average index; without the index, which needs twice the memory, where `withIndex` is false. */
export function directionColumns(period: number, withIndex = true): readonly SetColumn[] {
  const moves = `up = high - high[-1], down = low[-1] - low, the greater one if above 0 (none within 1e-9 of the close), Wilder average over ${period} / that of the true range; 0 at rest`;
  const source = "Wilder, New Concepts in Technical Trading Systems, 1978";
  const memory = wilderLookback(period) + 1;
  const index: SetColumn = {
    name: `adx${period}`,
    formula: `Wilder average over ${period} of 100 |p - m| / (p + m), p and m: 100 times ${moves}`,
    source,
    lookback: 2 * memory + period,
    of: ({ bars }) => {
      const plus = direction(bars.high, bars.low, bars.close, period, 1);
      const minus = direction(bars.high, bars.low, bars.close, period, -1);
      const dx = each(bars, (t) => {
        const both = plus[t]! + minus[t]!;
        return both === 0 ? 0 : 100 * (Math.abs(plus[t]! - minus[t]!) / both);
      });
      return wilder(dx, period);
    },
  };
  const side = (name: string, sign: 1 | -1): SetColumn => ({
    name: `${name}${period}`,
    formula: `100 times that of ${sign === 1 ? "up" : "down"}: ${moves}`,
    source,
    lookback: memory,
    of: ({ bars }) => direction(bars.high, bars.low, bars.close, period, sign),
  });
  return [side("plusDi", 1), side("minusDi", -1), ...(withIndex ? [index] : [])];
}

function direction(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period: number,
  sign: 1 | -1,
): Float64Array {
  const moved = new Float64Array(close.length).fill(Number.NaN);
  for (let t = 1; t < close.length; t++) {
    const up = high[t]! - high[t - 1]!;
    const down = low[t - 1]! - low[t]!;
    const least = FLAT * close[t]!;
    const chosen = sign === 1 ? up : down;
    const greater = sign * (up - down) > least && chosen > least;
    moved[t] = Number.isFinite(up + down) ? (greater ? chosen : 0) : Number.NaN;
  }
  const range = wilder(trueMove(high, low, close).range, period);
  return wilder(moved, period).map((move, t) =>
    range[t]! <= FLAT * close[t]! ? 0 : 100 * (move / range[t]!),
  );
}
