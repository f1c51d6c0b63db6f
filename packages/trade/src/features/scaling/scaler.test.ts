import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../core/normalQuantile.ts";
import { seededRandom } from "../../core/random.ts";
import { featureContract } from "../featureContract.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { fitRankGaussScaler } from "./rankGaussScaler.ts";
import { fitRobustScaler } from "./robustScaler.ts";
import { rollingFeature } from "./rollingFeature.ts";
import { applyScaler, fitScaler } from "./scaler.ts";
import { scalerContract } from "./scalerContract.ts";
import { ScalingConfig } from "./scalingConfig.ts";

scalerContract({ kind: "standard", clip: 8 });
scalerContract({ kind: "robust", clip: 8 });
scalerContract({ kind: "rankGauss", clip: 4 });
scalerContract({ kind: "rolling", lookbackBars: 5, clip: 3 });

const rows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

describe("fitRobustScaler", () => {
  it("has median 3 and quartiles 2 and 4 for 1 2 3 4 100, type 7", () => {
    // numpy.percentile([1, 2, 3, 4, 100], [25, 50, 75]) is [2, 3, 4]
    const scaler = fitRobustScaler(["x"], [Float32Array.of(100, 4, 1, 3, 2)], rows(5));
    expect(scaler.centre).toEqual([3]);
    expect(scaler.scale[0]).toBeCloseTo(2 / (2 * 0.6744897501960817), 14);
  });

  it("is near mean and deviation for normal numbers", () => {
    const random = seededRandom(3);
    const column = Float32Array.from({ length: 20_000 }, () => 5 + 2 * normalQuantile(random.next() || 0.5));
    const { centre, scale } = fitRobustScaler(["x"], [column], rows(20_000));
    // three standard errors: 1.2533 x 2 / sqrt(n) of the median, 1.17 x 2 / sqrt(n) of the scale
    expect(Math.abs(centre[0]! - 5)).toBeLessThan(0.054);
    expect(Math.abs(scale[0]! - 2)).toBeLessThan(0.05);
  });

  it("takes the distance from the median where most values are equal", () => {
    const column = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 3, -1);
    expect(fitRobustScaler(["x"], [column], rows(10))).toMatchObject({
      centre: [0],
      scale: [1],
      constant: [],
    });
  });
});

describe("fitRankGaussScaler", () => {
  it("gives 10 20 20 50 the scores of ranks 1, 2.5, 2.5, 4 of 4", () => {
    const { tables } = fitRankGaussScaler(["x"], [Float32Array.of(20, 50, 10, 20)], rows(4));
    expect(tables[0]!.values).toEqual([10, 20, 50]);
    // qnorm(c(1/8, 4/8, 7/8)): Phi^-1(0.125) = -1.1503493803760079
    expect(tables[0]!.scores[0]).toBeCloseTo(-1.1503493803760079, 14);
    expect(tables[0]!.scores[1]).toBe(0);
    expect(tables[0]!.scores[2]).toBeCloseTo(1.1503493803760079, 14);
  });

  it("draws straight lines between and stays at the ends beyond them", () => {
    const scaler = fitRankGaussScaler(["x"], [Float32Array.of(10, 20, 20, 50)], rows(4));
    const [out] = applyScaler([Float32Array.of(-1e30, 10, 15, 20, 35, 50, 1e30)], scaler);
    const end = 1.1503493803760079;
    [-end, -end, -end / 2, 0, end / 2, end, end].forEach((z, t) => {
      expect(out![t]).toBeCloseTo(z, 6);
    });
  });

  it("is within a step of the exact score with a table of some 256 knots, whatever the distribution", () => {
    const random = seededRandom(5);
    const n = 50_000;
    // a third of the values is 0: bars without trade
    const column = Float32Array.from({ length: n }, () => {
      const z = normalQuantile(random.next() || 0.5);
      return random.next() < 1 / 3 ? 0 : Math.exp(3 * z);
    });
    const scaler = fitRankGaussScaler(["x"], [column], rows(n));
    const { values, scores } = scaler.tables[0]!;
    expect(values.length).toBeLessThanOrEqual(260);
    const step = (scores.at(-1)! - scores[0]!) / 255;
    const [out] = applyScaler([column], scaler);
    const order = [...rows(n)].sort((a, b) => column[a]! - column[b]!);
    for (let from = 0; from < n; ) {
      let to = from + 1;
      while (to < n && column[order[to]!] === column[order[from]!]) to++;
      const exact = normalQuantile((from + to) / 2 / n);
      if (!(Math.abs(out![order[from]!]! - exact) <= step * 1.01))
        expect.fail(`rank ${from}: ${out![order[from]!]}`);
      from = to;
    }
    // the ranks of the zeros are 1 … n0, so their score is that of half of their share
    expect(Math.abs(out![column.indexOf(0)]! - normalQuantile(1 / 6))).toBeLessThan(0.02);
  });
});

describe("rollingFeature", () => {
  const columns = ["logReturn", "spread"];
  const make = () =>
    rollingFeature(
      {
        columns,
        docs: columns.map((name) => ({ name, formula: name, source: "this test" })),
        lookback: 1,
        compute(panel) {
          const { close, high, low } = panelBars(panel);
          return [
            narrow(logReturn(close)),
            narrow(close.map((c, t) => (t === 0 ? NaN : (high[t]! - low[t]!) / c))),
          ];
        },
      },
      30,
    );
  featureContract(make, { tailTolerance: 1e-5 });

  it("tells the last of 1 2 3 as one sample deviation above their mean", () => {
    const feature = {
      columns: ["c"],
      docs: [{ name: "c", formula: "close", source: "the bar" }],
      lookback: 4,
      compute: () => [Float32Array.of(1, 2, 3, 3, 3, NaN, 1, 2, 3)],
    };
    const rolled = rollingFeature(feature, 3);
    expect(rolled.lookback).toBe(6);
    const [z] = rolled.compute({ length: 9, closeTime: new Float64Array(9), series: [] });
    // 2 3 3: mean 8/3, deviation sqrt(1/3): (1/3) / sqrt(1/3)
    const expected = [NaN, NaN, 1, 1 / Math.sqrt(3), 0, NaN, NaN, NaN, 1];
    expect([...z!].map((v) => Math.round(v * 1e6))).toEqual(expected.map((v) => Math.round(v * 1e6)));
  });
});

it("a scaling is refused by the key that does not fit", () => {
  expect(ScalingConfig.parse({ kind: "rankGauss" })).toEqual({ kind: "rankGauss", clip: 8 });
  for (const wrong of [
    { kind: "minmax" },
    { kind: "rolling" },
    { kind: "rolling", lookbackBars: 1 },
    { kind: "standard", clip: 0 },
    { kind: "robust", lookbackBars: 5 },
  ]) {
    expect(ScalingConfig.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  }
});

it("columns of enormous and tiny numbers stay finite", () => {
  const kinds = ["standard", "robust", "rankGauss"] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
      (kind, list) => {
        const column = Float32Array.from(list);
        const scaler = fitScaler({ kind, clip: 8 }, ["x"], [column], rows(list.length));
        expect(applyScaler([column], scaler)[0]!.every(Number.isFinite)).toBe(true);
      },
    ),
  );
});
