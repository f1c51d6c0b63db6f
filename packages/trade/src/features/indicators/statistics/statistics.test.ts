import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumns } from "../registry/inputColumns.ts";
import { expectPublished, publishedTables, tulipCases } from "../testing/publishedNumbers.ts";
import { fracDiffWeights } from "./fracDiff.ts";

const tulip = tulipCases();

function compute(name: string, params: Record<string, unknown>, columns: InputColumns) {
  return findIndicator(name).create(params).compute(columns);
}

/** Closes whose log returns are these. */
function closeOf(returns: readonly number[]): Float64Array {
  let level = 0;
  const levels = returns.map((r) => {
    level += r;
    return level;
  });
  return Float64Array.of(0, ...levels).map(Math.exp);
}

describe("Tulip's numbers", () => {
  it.each([
    ["stddev 5 atoz", 5, "deviation", 0.5],
    ["stddev 5 untest", 5, "deviation", 0.5],
    ["stddev 3 extra", 3, "deviation", 0.5],
    ["var 5 untest", 5, "variance", 0.5],
    ["var 3 extra", 3, "variance", 0.5],
  ] as const)("%s", (of, period, output, units) => {
    const got = compute("deviation", { period }, { close: tulip[of]!.inputs[0]!.values });
    expectPublished(got[output]!, tulip[of]!.outputs[0]!, { units });
  });
});

describe("skew and kurtosis", () => {
  // Microsoft's documentation of SKEW and KURT: 3, 4, 5, 2, 3, 4, 5, 6, 4, 7 give 0.359543071 and -0.151799637.
  const returns = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7].map((x) => x / 10);
  it("are those of Excel's documentation, wherever the block of the window begins", () => {
    for (let before = 0; before < 12; before++) {
      const close = closeOf([...new Array<number>(before).fill(0.9), ...returns]);
      expect(compute("skew", { period: 10 }, { close }).skew!.at(-1)).toBeCloseTo(0.359543071, 8);
      expect(compute("kurtosis", { period: 10 }, { close }).kurtosis!.at(-1)).toBeCloseTo(-0.151799637, 8);
    }
  });

  it("skew turns its sign with the returns; of symmetric ones it is 0", () => {
    const turned = compute("skew", { period: 10 }, { close: closeOf(returns.map((r) => -r)) }).skew!.at(-1);
    expect(turned).toBeCloseTo(-0.359543071, 8);
    const even = compute("skew", { period: 4 }, { close: closeOf([-0.2, -0.1, 0.1, 0.2]) }).skew!.at(-1)!;
    expect(Math.abs(even)).toBeLessThan(1e-12);
  });
});

describe("zScore and autocorrelation, worked by hand", () => {
  it("zScore: 7 lies 3 above the mean of 2, 3, 7, whose sample deviation is sqrt(7)", () => {
    const got = compute("zScore", { period: 3 }, { close: Float64Array.of(2, 3, 7) }).zScore!;
    expect(got[2]).toBeCloseTo(3 / Math.sqrt(7), 12);
  });

  it("autocorrelation: returns 1, 2, 4, 3: pairs (1,2) (2,4) (4,3) give 1 / sqrt(14/3 2)", () => {
    // means 7/3 and 3; products of the distances 4/3 1 + 1/3 (-1)... = (-4/3)(-1) + (-1/3)(1) + (5/3)(0) = 1; squares 14/3 and 2
    const close = closeOf([0.1, 0.2, 0.4, 0.3]);
    const got = compute("autocorrelation", { period: 3 }, { close }).autocorrelation!;
    expect(got.findIndex(Number.isFinite)).toBe(4);
    expect(got[4]).toBeCloseTo(1 / Math.sqrt(28 / 3), 12);
    // two bars up, two down: at lag 2 every move is the opposite of the one before
    const swing = closeOf([0.1, 0.1, -0.1, -0.1, 0.1, 0.1, -0.1, -0.1]);
    expect(
      compute("autocorrelation", { period: 4, lag: 2 }, { close: swing }).autocorrelation![8],
    ).toBeCloseTo(-1, 12);
  });
});

describe("hurst", () => {
  const at64 = (log: (t: number) => number): number =>
    compute("hurst", { period: 64 }, { close: Float64Array.from({ length: 64 }, (_, t) => Math.exp(log(t))) })
      .hurst![63]!;

  it("worked by hand: a price that alternates has F^2 = a^2 (1 - 3/(m^2-1)), the same at every scale but for the line", () => {
    // m = 8: 1 - 3/63, m = 16: 1 - 3/255; half the logarithm of their ratio over ln 2
    expect(at64((t) => 0.01 * (-1) ** t)).toBeCloseTo(0.5 * Math.log2((1 - 3 / 255) / (1 - 3 / 63)), 9);
  });

  it("worked by hand: a parabola leaves (m^2-1)(m^2-4)/180 around its lines, two powers of m", () => {
    expect(at64((t) => 1e-4 * t * t)).toBeCloseTo(0.5 * Math.log2((255 * 252) / (63 * 60)), 6);
  });

  it("is near 0.5 for random walks on the mean, above it where moves go on and below where they turn back", () => {
    const mean = (memory: number): number => {
      let sum = 0;
      for (let seed = 0; seed < 40; seed++) {
        const random = seededRandom(seed);
        let last = 0;
        const returns = Array.from(
          { length: 600 },
          () => (last = memory * last + 0.01 * (random.next() - 0.5)),
        );
        sum += compute("hurst", { period: 512 }, { close: closeOf(returns) }).hurst!.at(-1)!;
      }
      return sum / 40;
    };
    expect(Math.abs(mean(0) - 0.5)).toBeLessThan(0.05);
    expect(mean(0.7)).toBeGreaterThan(0.6);
    expect(mean(-0.7)).toBeLessThan(0.45);
  });
});

describe("entropy", () => {
  it("is that of Bandt and Pompe's example: 4, 7, 9, 10, 6, 11, 3 has 0.918 bits at order 2, 1.522 at order 3", () => {
    const close = Float64Array.of(4, 7, 9, 10, 6, 11, 3);
    const bits = (order: number, orders: number) =>
      compute("entropy", { period: 7, order }, { close }).entropy![6]! * Math.log2(orders);
    expect(bits(2, 2)).toBeCloseTo(0.918, 3);
    expect(bits(3, 6)).toBeCloseTo(1.522, 3);
    // the window has left a falling start behind
    const later = Float64Array.of(9, 8, 7, 6, ...close);
    expect(compute("entropy", { period: 7 }, { close: later }).entropy![10]).toBe(
      compute("entropy", { period: 7 }, { close }).entropy![6],
    );
  });

  it("is 0 for a price that only rises", () => {
    const close = Float64Array.from({ length: 20 }, (_, t) => t + 1);
    expect(compute("entropy", { period: 10 }, { close }).entropy![19]).toBe(0);
  });
});

describe("fracDiff", () => {
  it("has the weights of the binomial series", () => {
    // (1 - B)^0.5 = 1 - B/2 - B^2/8 - B^3/16 - 5 B^4/128 - 7 B^5/256 - ...
    expect([...fracDiffWeights(0.5, 0.02)]).toEqual([
      1,
      -1 / 2,
      -1 / 8,
      -1 / 16,
      -5 / 128,
      -7 / 256,
      -21 / 1024,
    ]);
    expect([...fracDiffWeights(1, 1e-5)]).toEqual([1, -1]);
    expect([...fracDiffWeights(2, 1e-5)]).toEqual([1, -2, 1]);
    expect([...fracDiffWeights(0, 1e-5)]).toEqual([1]);
    expect([fracDiffWeights(0.4, 1e-3).length, fracDiffWeights(0.4, 1e-5).length]).toEqual([55, 1458]);
  });

  it("sums them over log prices, worked by hand: 3 - 2/2 - 1/8 - 5/16 for logs 5, 1, 2, 3 at d 0.5", () => {
    const close = Float64Array.of(5, 1, 2, 3).map(Math.exp);
    const got = compute("fracDiff", { d: 0.5, threshold: 0.05 }, { close }).fracDiff!;
    expect(got.subarray(0, 3).every(Number.isNaN)).toBe(true);
    expect(got[3]).toBeCloseTo(3 - 1 - 1 / 8 - 5 / 16, 12);
  });
});

describe("QuantConnect's test data (SPY)", () => {
  it("has no series of these but the variance inside its Bollinger bands", () => {
    const { close, middle, upper } = publishedTables("lean.txt").bollinger!;
    const got = compute("deviation", {}, { close: close!.values }).deviation!;
    const published = {
      values: upper!.values.map((top, t) => (top - middle!.values[t]!) / 2),
      unit: upper!.unit,
    };
    expectPublished(got, published, { units: 1 });
  });
});
