import { expect, test } from "vitest";
import {
  correlation,
  correlationInterval,
  dailyMeanInterval,
  probabilityLoss,
  rankCorrelation,
} from "./taskScores.ts";

// IQ and hours of television: the example of the article "Spearman's rank correlation coefficient" of Wikipedia,
// rho = -29/165
const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];

test("Spearman's correlation of the published example; ties share their mean rank", () => {
  expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 12);
  // ranks 0.5 0.5 2 3 against 0 1 2 3: 4.5 / sqrt(4.5 * 5)
  expect(rankCorrelation([5, 5, 6, 7], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
  expect(correlation([1, 1, 1], [1, 2, 3])).toBeNull();
});

test("Fisher's interval by hand: r = 0.5, n = 28 has a standard error of 1/5 about atanh 0.5 = 0.5493", () => {
  const interval = correlationInterval(0.5, 28)!;
  expect(interval.low).toBeCloseTo(Math.tanh(0.549306 - 0.391993), 5);
  expect(interval.high).toBeCloseTo(Math.tanh(0.549306 + 0.391993), 5);
  // of ranks: wider by sqrt(1 + 0.125)
  expect(correlationInterval(0.5, 28, "rank")!.low).toBeCloseTo(
    Math.tanh(0.549306 - 0.391993 * Math.sqrt(1.125)),
    5,
  );
  expect(correlationInterval(0.5, 3)).toBeNull();
  expect(correlationInterval(null, 100)).toBeNull();
});

test("a day is one observation: copies of a symbol make the interval no narrower, overlap makes it wider", () => {
  const one = Float64Array.of(1, 2, 3, 4, 5, 6);
  const day = [1, 2, 3, 4, 5, 6];
  const alone = dailyMeanInterval(one, day, 1)!;
  // deviation sqrt(3.5) over sqrt(6), by hand
  expect(alone.low).toBeCloseTo(3.5 - 1.959964 * Math.sqrt(3.5 / 6), 5);
  const twice = dailyMeanInterval(Float64Array.of(...one, ...one), [...day, ...day], 1)!;
  expect(twice.low).toBeCloseTo(alone.low, 12);
  expect(twice.high).toBeCloseTo(alone.high, 12);
  const overlapping = dailyMeanInterval(one, day, 2)!;
  expect(overlapping.high - 3.5).toBeCloseTo((alone.high - 3.5) * Math.SQRT2, 12);
  expect(dailyMeanInterval(one, day, 3)).toBeNull();
});

test("cross entropy of a half is ln 2, of the truth nothing", () => {
  expect(probabilityLoss([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
  expect(probabilityLoss([1, 0], [1, 0])).toBeCloseTo(0, 5);
});
