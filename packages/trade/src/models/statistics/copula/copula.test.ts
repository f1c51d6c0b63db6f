import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import { points, references } from "../testing/copulaReferences.ts";
import type { CopulaFamily } from "./copula.ts";
import { bivariateNormalCdf, bivariateTCdf } from "./ellipticalCdf.ts";
import { type CopulaName, copulaFamilies, copulaNames } from "./families.ts";
import { kendallTau } from "./kendallTau.ts";
import { simulateCopula } from "./simulateCopula.ts";

const examples: Record<CopulaName, number[]> = {
  gaussian: [0.6],
  t: [-0.4, 4.5],
  clayton: [1.5],
  clayton90: [0.8],
  clayton180: [2.5],
  clayton270: [1.5],
  gumbel: [1.8],
  gumbel90: [2.5],
  gumbel180: [1.3],
  gumbel270: [1.8],
  frank: [-5],
  joe: [2.2],
  joe90: [1.4],
  joe180: [3],
  joe270: [2.2],
};

describe.each(Object.entries(references))("%s beside the R package copula", (name, { params, pdf, cdf }) => {
  const family: CopulaFamily = copulaFamilies[name as CopulaName];
  it.each(points.map(([u, v], i) => ({ u, v, i })))("at $u, $v", ({ u, v, i }) => {
    expect(Math.abs(Math.exp(family.logDensity(u, v, params)) - pdf[i]!)).toBeLessThan(
      6e-8 * Math.max(1, pdf[i]!),
    );
    expect(Math.abs(family.cdf(u, v, params) - cdf[i]!)).toBeLessThan(6e-9);
  });
});

describe.each(copulaNames)("%s", (name) => {
  const family: CopulaFamily = copulaFamilies[name];
  const params = examples[name];
  const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });

  it("has a density that is the slope of h, and h that of C", () => {
    fc.assert(
      fc.property(inside, inside, (u, v) => {
        const step = 1e-5;
        const h = family.conditional(u, v, params);
        const slopeC = (family.cdf(u, v + step, params) - family.cdf(u, v - step, params)) / (2 * step);
        expect(h).toBeCloseTo(slopeC, 5);
        const slopeH =
          (family.conditional(u + step, v, params) - family.conditional(u - step, v, params)) / (2 * step);
        const density = Math.exp(family.logDensity(u, v, params));
        expect(density / Math.max(1, slopeH)).toBeCloseTo(slopeH / Math.max(1, slopeH), 4);
      }),
      { numRuns: 60 },
    );
  });

  it("has uniform margins and stays between the bounds of Frechet and Hoeffding", () => {
    fc.assert(
      fc.property(inside, inside, (u, v) => {
        const c = family.cdf(u, v, params);
        expect(c).toBeGreaterThanOrEqual(Math.max(0, u + v - 1) - 1e-12);
        expect(c).toBeLessThanOrEqual(Math.min(u, v) + 1e-12);
        expect(family.cdf(u, 1 - 1e-12, params)).toBeCloseTo(u, 8);
        expect(family.cdf(1e-12, v, params)).toBeCloseTo(0, 8);
      }),
      { numRuns: 40 },
    );
  });

  it("has conditional quantiles that undo h, to the corners", () => {
    const p = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });
    fc.assert(
      fc.property(p, p, (q, v) => {
        const u = family.conditionalQuantile(q, v, params);
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThanOrEqual(1);
        // where h is all but a step in u, u has no more digits to give
        const slope = Math.exp(family.logDensity(Math.min(Math.max(u, 1e-15), 1 - 1e-15), v, params));
        expect(Math.abs(family.conditional(u, v, params) - q)).toBeLessThan(1e-9 + 1e-14 * slope);
      }),
      { numRuns: 100 },
    );
  });

  it("draws pairs with its own rank correlation", () => {
    const { u, v } = simulateCopula(family, params, 3000, seededRandom(9));
    // standard error of tau at independence: sqrt(2 (2n + 5) / (9 n (n - 1))) = 0.012
    expect(Math.abs(kendallTau(u, v) - family.kendall(params))).toBeLessThan(0.04);
    expect(u.reduce((sum, x) => sum + x, 0) / 3000).toBeCloseTo(0.5, 1);
  });

  it("starts a fit at the parameter of a rank correlation", () => {
    expect(family.kendall(family.start(family.kendall(params)))).toBeCloseTo(family.kendall(params), 6);
  });

  it("has the tail dependence that its distribution tends to", () => {
    const { lower, upper } = family.tailDependence(params);
    const q = 1e-7;
    const low = family.cdf(q, q, params) / q;
    const high = (2 * q - 1 + family.cdf(1 - q, 1 - q, params)) / q;
    // a normal copula tends to 0 slowly: C(q, q)/q about q^((1-rho)/(1+rho))
    const slack = name === "gaussian" ? 0.03 : 2e-3;
    expect(Math.abs(low - lower)).toBeLessThan(slack);
    expect(Math.abs(high - upper)).toBeLessThan(slack);
  });
});

describe("beside Python", () => {
  const [a, b, , , c, , d] = points;
  const four = [a!, b!, c!, d!];

  it("Gumbel of 2.5 and t of 0.6 and 4: statsmodels 0.14, GumbelCopula and StudentTCopula", () => {
    const { gumbel, t } = copulaFamilies;
    const densities = [0.9468940555634054, 0.16994916925344863, 29.8498652651585, 0.17774730195262664];
    const values = [0.31762525716731277, 0.06158236288317143, 0.9841925882783227, 0.058590297447337986];
    const ofT = [1.0408274222029947, 0.35627329793148593, 14.3415805800273, 0.358441684064543];
    four.forEach(([u, v], i) => {
      expect(Math.exp(gumbel.logDensity(u, v, [2.5])) / densities[i]!).toBeCloseTo(1, 11);
      expect(gumbel.cdf(u, v, [2.5])).toBeCloseTo(values[i]!, 12);
      expect(Math.exp(t.logDensity(u, v, [0.6, 4])) / ofT[i]!).toBeCloseTo(1, 11);
    });
  });

  it.each([
    [0.6, 4, [0.28593539391864126, 0.05716686586710616, 0.9811068501595095, 0.05430073807369307]],
    [-0.5, 3, [0.12818509906798264, 0.015067671732612913, 0.9777801570730803, 0.013867780382501466]],
    [0.95, 7.5, [0.3355771331745271, 0.06240541897403854, 0.9845191978535188, 0.05943342953170019]],
  ])("t of %f and %f: its conditional distribution integrated by scipy", (rho, nu, values) => {
    four.forEach(([u, v], i) => {
      expect(copulaFamilies.t.cdf(u, v, [rho, nu])).toBeCloseTo(values[i]!, 10);
    });
  });

  it.each([
    [0.5, -1, 0.3, 0.13325613544995113],
    [-2, 1.5, -0.8, 0.006244202450369359],
    [-3, -3, 0.99, 0.0011015199986206224],
    [1, 1.01, 0.9999, 0.8408640881567553],
  ])("the normal at %f, %f with %f: the same", (x, y, rho, value) => {
    expect(bivariateNormalCdf(x, y, rho)).toBeCloseTo(value, 11);
  });
});

describe("closed forms by hand", () => {
  it.each<[CopulaName, number[], number, number, number]>([
    ["clayton", [2], 0.5, Math.SQRT1_2, 0],
    ["gumbel", [2], 0.5, 0, 2 - Math.SQRT2],
    ["gaussian", [0.5], 1 / 3, 0, 0],
    ["clayton180", [2], 0.5, 0, Math.SQRT1_2],
    ["gumbel180", [2], 0.5, 2 - Math.SQRT2, 0],
    ["clayton90", [2], -0.5, 0, 0],
    // Joe 2014, 4.7: tau at theta = 2 is 1 - psi'(2) = 2 - pi^2/6
    ["joe", [2], 2 - Math.PI ** 2 / 6, 0, 2 - Math.SQRT2],
    // rho 0, nu 1: 2 T_2(-sqrt 2) = 1 - sqrt(2)/2, from T_2(x) = 1/2 + x / (2 sqrt(2 + x^2))
    ["t", [0, 1], 0, 1 - Math.SQRT1_2, 1 - Math.SQRT1_2],
  ])("%s %j: tau %f, tails %f and %f", (name, params, tau, lower, upper) => {
    const family: CopulaFamily = copulaFamilies[name];
    expect(family.kendall(params)).toBeCloseTo(tau, 9);
    expect(family.tailDependence(params).lower).toBeCloseTo(lower, 9);
    expect(family.tailDependence(params).upper).toBeCloseTo(upper, 9);
  });

  it("Frank: tau of theta 5.736 is 0.5 (Joe 2014, 4.5: 5.736)", () => {
    expect(copulaFamilies.frank.kendall([5.736])).toBeCloseTo(0.5, 4);
    expect(copulaFamilies.frank.kendall([-5.736])).toBeCloseTo(-0.5, 4);
    expect(copulaFamilies.frank.kendall([1e-5])).toBeCloseTo(1e-5 / 9, 12);
  });

  it("the quadrants: P(X < 0, Y < 0) = 1/4 + asin(rho) / (2 pi), normal and t (Sheppard 1899)", () => {
    for (const rho of [-0.999, -0.7, -0.2, 0, 0.3, 0.69, 0.71, 0.95, 0.9999]) {
      const quadrant = 0.25 + Math.asin(rho) / (2 * Math.PI);
      expect(bivariateNormalCdf(0, 0, rho)).toBeCloseTo(quadrant, 13);
      for (const nu of [1, 3.5, 40]) expect(bivariateTCdf(0, 0, rho, nu)).toBeCloseTo(quadrant, 13);
    }
    expect(bivariateNormalCdf(1, 0.5, 1)).toBeCloseTo(0.6914624612740131, 12);
    expect(bivariateNormalCdf(1, -0.5, -1)).toBeCloseTo(0.8413447460685429 - 0.6914624612740131, 12);
  });
});

describe("kendallTau", () => {
  it("by hand, with and without ties", () => {
    expect(kendallTau([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(4 / 6, 14);
    // pairs 6, one tied in x, one in y: (4 - 0) / 5
    expect(kendallTau([1, 1, 2, 3], [1, 2, 3, 3])).toBeCloseTo(4 / 5, 14);
    expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeNaN();
  });

  it("equals the count of all pairs", () => {
    const column = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(column, (pairs) => {
        let [sum, x, y] = [0, 0, 0];
        for (let i = 0; i < pairs.length; i++) {
          for (let j = 0; j < i; j++) {
            const [a, b] = [Math.sign(pairs[i]![0] - pairs[j]![0]), Math.sign(pairs[i]![1] - pairs[j]![1])];
            sum += a * b;
            x += a * a;
            y += b * b;
          }
        }
        const tau = kendallTau(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b),
        );
        if (x === 0 || y === 0) expect(tau).toBeNaN();
        else expect(tau).toBeCloseTo(sum / Math.sqrt(x * y), 12);
      }),
    );
  });
});
