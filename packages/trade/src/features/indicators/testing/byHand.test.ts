import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumns } from "../registry/inputColumns.ts";

const run = (name: string, params: Record<string, unknown>, columns: InputColumns) =>
  findIndicator(name).create(params).compute(columns);
const closeTo = (got: Float64Array | undefined, wanted: readonly number[]): void => {
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((value, t) => {
    if (Number.isNaN(value)) expect(got![t], `row ${t}`).toBeNaN();
    else expect(got![t], `row ${t}`).toBeCloseTo(value, 9);
  });
};
const none = Number.NaN;
const close = Float64Array.of(1, 2, 4, 7, 11);

describe("indicators of which nobody prints a series, worked by hand from their formula", () => {
  it("zlema: the average of 2x[t] - x[t-1] = 3, 6, 10, 15; its start 19/3, then half of the way to 15", () => {
    closeTo(run("zlema", { period: 3 }, { close }).zlema, [none, none, none, 19 / 3, 32 / 3]);
  });

  it("rma and elder ray", () => {
    closeTo(run("rma", { period: 2 }, { close }).rma, [none, 1.5, 2.75, 4.875, 7.9375]);
    const { bull, bear } = run(
      "elderRay",
      { period: 3 },
      {
        close,
        high: close.map((x) => x + 1),
        low: close.map((x) => x - 2),
      },
    );
    // the average is 7/3, then 14/3 and 47/6
    closeTo(bull, [none, none, 5 - 7 / 3, 8 - 14 / 3, 12 - 47 / 6]);
    closeTo(bear, [none, none, 2 - 7 / 3, 5 - 14 / 3, 9 - 47 / 6]);
  });

  it("ichimoku: the spans are the lines of d bars ago, and nothing of later bars", () => {
    const high = Float64Array.of(2, 4, 6, 5, 9);
    const low = Float64Array.of(1, 2, 3, 1, 4);
    const got = run("ichimoku", { conversion: 1, base: 2, span: 3, displacement: 1 }, { high, low });
    closeTo(got.conversion, [1.5, 3, 4.5, 3, 6.5]);
    closeTo(got.base, [none, 2.5, 4, 3.5, 5]);
    closeTo(got.spanA, [none, none, 2.75, 4.25, 3.25]);
    closeTo(got.spanB, [none, none, none, 3.5, 3.5]);
    expect(Object.keys(got)).toEqual(["conversion", "base", "spanA", "spanB"]);
  });

  it("alligator: Wilder averages of the median price, moved forward", () => {
    const params = { jaw: 2, teeth: 1, lips: 1, jawShift: 1, teethShift: 2, lipsShift: 0 };
    const got = run("alligator", params, { high: close.map((x) => x + 1), low: close.map((x) => x - 1) });
    closeTo(got.jaw, [none, none, 1.5, 2.75, 4.875]);
    closeTo(got.teeth, [none, none, 1, 2, 4]);
    closeTo(got.lips, [...close]);
  });

  it("accelerator: the awesome oscillator less its own mean", () => {
    // the oscillator of 1 and 2 bars is half of the last step: 0.5, 1, 1.5, 2
    const got = run("awesome", { fast: 1, slow: 2, signal: 2 }, { high: close, low: close });
    closeTo(got.ao, [none, 0.5, 1, 1.5, 2]);
    closeTo(got.ac, [none, none, 0.25, 0.25, 0.25]);
  });

  it("linreg: the line through 2, 4, 7 at the times 1, 2, 3, by the sums of squares", () => {
    // slope 5/2, mean 13/3, explained 2 * 6.25 of 38/3
    const got = run("linreg", { period: 3 }, { close: Float64Array.of(2, 4, 7) });
    closeTo(got.slope, [none, none, 2.5]);
    closeTo(got.value, [none, none, 13 / 3 + 2.5]);
    closeTo(got.intercept, [none, none, 13 / 3 - 2.5]);
    closeTo(got.forecast, [none, none, 13 / 3 + 5]);
    closeTo(got.r2, [none, none, 75 / 76]);
  });

  it("stochastic RSI: k and d are plain means of raw", () => {
    const prices = Float64Array.from({ length: 30 }, (_, t) => 100 + 5 * Math.sin(t) + (t % 3));
    const { raw, k, d } = run(
      "stochRsi",
      { rsiPeriod: 3, period: 3, smoothK: 2, smoothD: 2 },
      { close: prices },
    );
    closeTo(
      k!.subarray(6),
      [...raw!.subarray(6)].map((value, i) => (value + raw![i + 5]!) / 2),
    );
    closeTo(
      d!.subarray(7),
      [...k!.subarray(7)].map((value, i) => (value + k![i + 6]!) / 2),
    );
  });

  it("connors RSI: RSI, RSI of the streak and percent rank, a third each", () => {
    const prices = Float64Array.of(10, 11, 12, 11, 11);
    // row 3: RSI(2) of +1, +1, -1: gains 1 then 0.5, losses 0 then 0.5: 50. Streaks 0, 1, 2, -1: the same averages with the
    // losses 3 / 2 = 1.5: 100 * 0.5 / 2 = 25. The change of -1/12 is below both changes before: 0.
    const { connorsRsi } = run(
      "connorsRsi",
      { period: 2, streakPeriod: 2, rankPeriod: 2 },
      { close: prices },
    );
    closeTo(connorsRsi!.subarray(0, 4), [none, none, none, (50 + 25 + 0) / 3]);
    // row 4: gains 0.25, losses 0.25: 50. The streak goes from -1 to 0: gain (0.5 + 1) / 2, loss 0.75: 50. 0 is above -1/12, not above 1/11.
    expect(connorsRsi![4]).toBeCloseTo((50 + 50 + 50) / 3, 9);
  });

  it("parabolic stop: it turns where a low crosses it, jumps to the extreme and stays above two highs", () => {
    const high = Float64Array.of(10, 11, 12, 10);
    const low = Float64Array.of(9, 10, 11, 7);
    const { psar, direction } = run("psar", {}, { high, low });
    // rising from 9: 9.02, kept at the low of 9; a = 0.04, extreme 11: 9.08, kept at 9; a = 0.06, extreme 12: 9.18; the low of 7 crosses: 12
    closeTo(psar, [none, 9, 9, 12]);
    closeTo(direction, [none, 1, 1, -1]);
  });

  it("supertrend: falling below the upper band, rising once a close is above it", () => {
    const high = Float64Array.of(11, 11, 11, 20);
    const low = Float64Array.of(9, 9, 9, 18);
    const price = Float64Array.of(10, 10, 10, 19);
    const got = run("supertrend", { period: 1, multiplier: 1 }, { high, low, close: price });
    // ranges 2, 2, 2, 10: bands 12 and 8; the close of 19 lies above 12, and the lower band is 19 - 10 = 9
    closeTo(got.supertrend, [12, 12, 12, 9]);
    closeTo(got.direction, [-1, -1, -1, 1]);
  });
});
