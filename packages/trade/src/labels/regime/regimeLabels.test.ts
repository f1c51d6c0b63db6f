import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { seededRandom } from "../../core/random.ts";
import { allocateBars, type BarSeries, singlePanel } from "../../market/bars.ts";
import { labelParts } from "../index.ts";
import { labelContract, walkingBars } from "../labelContract.ts";
import { joinShortRuns } from "./joinShortRuns.ts";
import { RegimeRule, regimeOf } from "./regimeRule.ts";
import { REGIMES } from "./regimes.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "regime", ...config }, "label");

/** Bars whose closes have these log returns. */
function barsOf(returns: readonly number[], first = 100): BarSeries {
  const bars = allocateBars("TEST", returns.length + 1);
  let log = Math.log(first);
  for (let t = 0; t < bars.length; t++) {
    if (t > 0) log += returns[t - 1]!;
    bars.close[t] = Math.exp(log);
    bars.closeTime[t] = (t + 1) * 300_000;
  }
  return bars;
}

describe.each([
  { halfBars: 3, referenceBars: 20, minBars: 1 },
  { halfBars: 4, referenceBars: 30, minBars: 6, gaps: "allow" },
])("regime %j", (config) => {
  labelContract(() => make(config));
});

describe("the regime rule", () => {
  const zigzag = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01];
  const small = { halfBars: 2, referenceBars: 10, minBars: 1 };
  // deviation of the zigzag: sqrt(10 * 0.0001 / 9) = 0.01054093; a window of 4 bars has the unit 0.02108185
  it.each([
    // no deviation in the window: 0.08 / 0.02108185; the last high is 0.01 above the window's first bar
    ["strongUp", [0.02, 0.02, 0.02, 0.02], 3.7947332, 0, 0.4743416],
    // mean 0.005, squares 3 * 0.000025 + 0.000225, deviation 0.01, ratio 0.9486833; the trend by the larger deviation
    ["weakUp", [0.01, 0.01, 0.01, -0.01], 0.9486833, 0.9486833, 0.4743416],
    ["weakDown", [-0.01, -0.01, -0.01, 0.01], -0.9486833, 0.9486833, 1.8973666],
    ["strongDown", [-0.02, -0.02, -0.02, -0.02], -3.7947332, 0, 4.2690748],
    // mean 0, deviation sqrt(4 * 0.0001 / 3) = 0.01154701
    ["range", [0.01, -0.01, 0.01, -0.01], 0, 1.0954451, 0.4743416],
    // mean 0, deviation sqrt(4 * 0.0009 / 3) = 0.03464102; from 0.03 to 0 it falls by 0.03
    ["highVolatility", [0.03, -0.03, 0.03, -0.03], 0, 3.2863353, 1.4230249],
    // mean -0.0225, deviation sqrt(0.004275 / 3) = 0.03774917; from 0.01 to -0.09: 0.1
    ["crisis", [-0.03, 0.03, -0.06, -0.03], -1.1920793, 3.5811985, 4.7434165],
  ] as const)("%s, by hand", (name, window, trend, ratio, drawdown) => {
    const { values, knownAt } = make(small).label(singlePanel(barsOf([...zigzag, ...window])));
    const row = values.map((column) => column[12]!);
    expect(REGIMES[row[0]!]).toBe(name);
    expect(row[1]).toBeCloseTo(trend, 5);
    expect(row[2]).toBeCloseTo(ratio, 5);
    expect(row[3]).toBeCloseTo(drawdown, 5);
    expect([...knownAt].map(Number.isFinite).indexOf(true)).toBe(12);
    expect(knownAt[12]).toBe(15 * 300_000);
  });

  it("takes the first that fits, and a threshold's own value fits", () => {
    const rule = RegimeRule.parse({});
    const at = (trend: number, volatilityRatio = 1, drawdown = 0) =>
      regimeOf({ trend, volatilityRatio, drawdown }, rule);
    expect([at(1), at(0.99), at(0.5), at(0.49), at(-0.49), at(-0.5), at(-1)]).toEqual([
      ...["strongUp", "weakUp", "weakUp", "range", "range", "weakDown", "strongDown"],
    ]);
    expect([at(5, 1.5), at(-5, 1.5, 2.99), at(5, 1.5, 3), at(-5, 1.49, 9)]).toEqual([
      ...["highVolatility", "highVolatility", "crisis", "strongDown"],
    ]);
  });

  it("joins a short run to the long one before it, and none across missing rows", () => {
    const join = (states: number[], minBars: number) => [...joinShortRuns(Int32Array.from(states), minBars)];
    expect(join([4, 4, 4, 0, 4, 4, 1, 1, 1, 1, 1], 3)).toEqual([4, 4, 4, 4, 4, 4, 1, 1, 1, -1, -1]);
    expect(join([0, 0, 1, 1, 1, -1, 2, 2, 3, 3, 3, 3], 3)).toEqual([
      ...[-1, -1, 1, 1, 1, -1, -1, -1, 3, 3, -1, -1],
    ]);
    expect(join([5, 6, 5], 1)).toEqual([5, 6, 5]);
  });

  it("is the same at any level of prices, and at any volatility", () => {
    const config = { halfBars: 5, referenceBars: 40 };
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: -6, max: 6 }),
        fc.constantFrom(0.25, 2, 8),
        (seed, p, k) => {
          const random = seededRandom(seed);
          const returns = Array.from({ length: 200 }, () => (random.next() - 0.5) * 0.01);
          const labels = make(config).label(singlePanel(barsOf(returns)));
          const wild = make(config).label(
            singlePanel(
              barsOf(
                returns.map((r) => r * k),
                100 * 10 ** p,
              ),
            ),
          );
          for (let t = 0; t < 200; t++) {
            for (const [i, column] of labels.values.entries()) {
              if (Number.isNaN(column[t]!)) expect(wild.values[i]![t]).toBeNaN();
              else expect(wild.values[i]![t]).toBeCloseTo(column[t]!, 4);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("turned upside down, up and down change places", () => {
    // a fall in logs turned round is a rise of the same size; drawdowns are not symmetric, so no crisis is asked for
    const config = { halfBars: 6, referenceBars: 50, crisisDrawdown: 1000, minBars: 3 };
    const swapped = [2, 3, 0, 1, 4, 5, 6];
    const random = seededRandom(11);
    const returns = Array.from(
      { length: 600 },
      (_, i) => (random.next() - 0.5) * (i % 150 < 100 ? 0.01 : 0.03),
    );
    const up = make(config).label(singlePanel(barsOf(returns))).values[0]!;
    const down = make(config).label(singlePanel(barsOf(returns.map((r) => -r)))).values[0]!;
    const seen = new Set<number>();
    up.forEach((state, t) => {
      if (Number.isNaN(state)) expect(down[t]).toBeNaN();
      else {
        expect(down[t]).toBe(swapped[state]);
        seen.add(state);
      }
    });
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("a random walk of constant volatility is in a strong trend about as often as a normal beyond 1", () => {
    const random = seededRandom(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const walk = barsOf(Array.from({ length: 60_000 }, () => normal() * 0.001));
    const { values } = make({ minBars: 1 }).label(singlePanel(walk));
    const told = [...values[0]!].filter(Number.isFinite);
    const share = (...states: number[]) => told.filter((v) => states.includes(v)).length / told.length;
    // P(|Z| > 1) = 0.317, P(0.5 < |Z| < 1) = 0.300 (normal tables); a little less, as the larger deviation divides
    expect(share(0, 2)).toBeGreaterThan(0.25);
    expect(share(0, 2)).toBeLessThan(0.32);
    expect(share(1, 3)).toBeGreaterThan(0.27);
    expect(share(1, 3)).toBeLessThan(0.33);
  });

  it("has nothing to say where prices do not move, and names a setting that cannot be", () => {
    const { values } = make().label(singlePanel(barsOf(new Array(400).fill(0))));
    expect(values[0]!.every(Number.isNaN)).toBe(true);
    expect(() => make({ weakTrend: 2 })).toThrow(/label\.weakTrend/);
    expect(() => make({ halfBars: 1 })).toThrow(/label\.halfBars/);
    expect(walkingBars(1).length).toBeLessThan(250);
    expect(
      make()
        .label(singlePanel(walkingBars(1)))
        .values[0]!.every(Number.isNaN),
    ).toBe(true);
  });
});
