import fc from "fast-check";
import { inverse } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import { demGbp } from "../testing/demGbp.ts";
import { fitGarch } from "./fitGarch.ts";
import { garchCoordinates } from "./garchCoordinates.ts";
import { garchLikelihood } from "./garchLikelihood.ts";
import { garchSpec } from "./garchSpec.ts";
import { isStationary } from "./maximiseGarch.ts";
import { outerProducts } from "./outerProducts.ts";
import { simulateGarch } from "./simulateGarch.ts";

const returns = demGbp();

describe("the DEM/GBP benchmark", () => {
  const fit = fitGarch(returns);

  // Digits on which TSP 4.4 and the program of Fiorentini, Calzolari and Panattoni (1996) agree, estimates and robust ("QMLE -
  // White") errors: C. Cummins, tspintl.com/code/bench/bgfcp.tsp (1998). Errors from the Hessian and from the outer products of the
  // scores: McCullough and Renfro, Benchmarks and Software Standards: A Case Study of GARCH Procedures (1999), as told by SHAZAM's
  // econometrics.com/intro/ARCH3.SHA; those from the Hessian stand in rugarch's benchmark too.
  it.each([
    ["mu", -0.006190408379994, 0.00846212, 0.009189354],
    ["omega", 0.0107613978518, 0.00285271, 0.006493186],
    ["alpha1", 0.15313406182, 0.0265228, 0.053531703],
    ["beta1", 0.805973670305, 0.0335527, 0.07246145],
  ])("%s and its errors are the published ones to their digits", (name, estimate, hessian, robust) => {
    const digits = (value: number | null | undefined, published: number, error: number) =>
      expect(Math.abs(value! / published - 1)).toBeLessThan(error);
    digits(fit.params[name], estimate, 1e-7);
    digits(fit.stdErrors[name], hessian, 2e-6);
    digits(fit.robustErrors[name], robust, 2e-6);
  });

  it("has outer products of the scores whose inverse gives the published errors", () => {
    const likelihood = garchLikelihood(returns, fit.spec);
    const scores = new Float64Array(4 * likelihood.length);
    likelihood.evaluate(fit.theta, undefined, scores);
    const covariance = inverse(outerProducts(scores, garchCoordinates(fit.spec).slopes));
    [0.00843359, 0.00132298, 0.0139737, 0.0165604].forEach((published, k) => {
      expect(Math.abs(Math.sqrt(covariance.get(k, k)) / published - 1)).toBeLessThan(1e-5);
    });
  });

  it("has the published log likelihood, and criteria from it", () => {
    expect(fit.converged).toBe(true);
    expect(fit.reason).toBeNull();
    expect(fit.logLikelihood).toBeCloseTo(-1106.607881041288, 8);
    expect(fit.observations).toBe(1974);
    expect(fit.aic).toBeCloseTo(2 * 4 + 2 * 1106.60788, 4);
    expect(fit.bic).toBeCloseTo(4 * Math.log(1974) + 2 * 1106.60788, 4);
  });

  it.each(["garch", "gjr", "egarch"] as const)("%s does not depend on the unit of the returns", (kind) => {
    const percent = fitGarch(returns, { kind });
    const fraction = fitGarch(
      returns.map((r) => r / 100),
      { kind },
    );
    expect(fraction.logLikelihood).toBeCloseTo(percent.logLikelihood + 1974 * Math.log(100), 5);
    expect(fraction.params.alpha1).toBeCloseTo(percent.params.alpha1!, 6);
    expect(fraction.stdErrors.beta1! / percent.stdErrors.beta1!).toBeCloseTo(1, 4);
    expect(fraction.params.mu! * 100).toBeCloseTo(percent.params.mu!, 6);
    for (const t of [0, 1000, 1973]) {
      expect(fraction.volatility[t]! * 100).toBeCloseTo(percent.volatility[t]!, 6);
    }
    const omega =
      kind === "egarch"
        ? percent.params.omega! - 2 * Math.log(100) * (1 - percent.params.beta1!)
        : percent.params.omega! / 1e4;
    expect(fraction.params.omega! / omega).toBeCloseTo(1, 5);
  });
});

describe("the likelihood", () => {
  const specs = (["garch", "gjr", "egarch"] as const).flatMap((kind) =>
    (["normal", "t", "skewt"] as const).flatMap((dist) => [
      { kind, dist, mean: "constant" as const },
      { kind, dist, mean: "ar" as const, arLags: 2, p: 2, q: 2 },
      { kind, dist, mean: "zero" as const, p: 1, q: 0 },
    ]),
  );

  it.each(specs)("of %j has the gradient that differences give", (options) => {
    const spec = garchSpec.parse(options);
    const { layout } = garchCoordinates(spec);
    const value: Record<string, number> = {
      mu: 0.02,
      ar1: 0.1,
      ar2: -0.05,
      omega: spec.kind === "egarch" ? -0.1 : 0.04,
      alpha1: 0.12,
      alpha2: 0.05,
      gamma1: 0.04,
      gamma2: -0.03,
      beta1: 0.5,
      beta2: 0.2,
      nu: 6,
      lambda: -0.2,
    };
    const theta = Float64Array.from(layout.names, (name) => value[name]!);
    const likelihood = garchLikelihood(returns.subarray(0, 300), spec);
    const gradient = new Float64Array(theta.length);
    const scores = new Float64Array(theta.length * likelihood.length);
    likelihood.evaluate(theta, gradient, scores);
    theta.forEach((_, k) => {
      const moved = (by: number) => likelihood.evaluate(theta.map((v, i) => (i === k ? v + by : v)));
      const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
      expect(gradient[k]! / Math.max(1, Math.abs(slope))).toBeCloseTo(
        slope / Math.max(1, Math.abs(slope)),
        4,
      );
      let sum = 0;
      for (let t = 0; t < likelihood.length; t++) sum += scores[t * theta.length + k]!;
      expect(sum).toBeCloseTo(gradient[k]!, 6);
    });
  });

  it("is the sum by hand: three returns of ARCH(1) with mean 0", () => {
    // s = (1 + 4 + 9)/3; h = 0.5 + 0.2 (s, 1, 4)
    const spec = garchSpec.parse({ mean: "zero", q: 0 });
    const hand = [1, -2, 3]
      .map((e, t) => ({ e, h: 0.5 + 0.2 * [14 / 3, 1, 4][t]! }))
      .reduce((sum, { e, h }) => sum - 0.5 * (Math.log(2 * Math.PI) + Math.log(h) + (e * e) / h), 0);
    expect(garchLikelihood([1, -2, 3], spec).evaluate([0.5, 0.2])).toBeCloseTo(hand, 12);
    expect(garchLikelihood([1, -2, 3], spec).evaluate([-5, 0.2])).toBe(-Infinity);
  });
});

describe("what was simulated is found again, within four of its own errors", () => {
  it.each([
    [
      { kind: "garch", mean: "ar" },
      { mu: 0.05, ar1: 0.2, omega: 0.05, alpha1: 0.08, beta1: 0.87 },
    ],
    [
      { kind: "gjr", dist: "t" },
      { mu: 0.03, omega: 0.04, alpha1: 0.03, gamma1: 0.1, beta1: 0.88, nu: 6 },
    ],
    [
      { kind: "egarch", dist: "skewt" },
      { mu: 0, omega: 0.01, alpha1: 0.15, gamma1: -0.08, beta1: 0.96, nu: 7, lambda: -0.15 },
    ],
    [
      { kind: "garch", p: 2, q: 1 },
      { mu: 0, omega: 0.05, alpha1: 0.05, alpha2: 0.1, beta1: 0.8 },
    ],
  ] as const)("%j", (options, params) => {
    const path = simulateGarch(garchSpec.parse(options), params, 6000, seededRandom(3));
    const fit = fitGarch(path.returns, options);
    expect(fit.reason).toBeNull();
    for (const [name, value] of Object.entries(params)) {
      expect(Math.abs(fit.params[name]! - value), name).toBeLessThan(4 * fit.stdErrors[name]!);
      expect(fit.robustErrors[name]! / fit.stdErrors[name]!).toBeGreaterThan(0.6);
      expect(fit.robustErrors[name]! / fit.stdErrors[name]!).toBeLessThan(1.8);
    }
  });
});

describe("the edges of egarch's likelihood, where a residual is 0 and |z| has no slope", () => {
  const spec = garchSpec.parse({ kind: "egarch" });
  const params = { mu: 0.0004, omega: 4e-6, alpha1: 0.09, beta1: 0.88 };
  const seriesOf = (seed: number) =>
    simulateGarch(garchSpec.parse({}), params, 2500, seededRandom(seed)).returns;

  it.each([3, 11])("a maximum on one is found: no step aside is higher (seed %i)", (seed) => {
    const path = seriesOf(seed);
    const fit = fitGarch(path, { kind: "egarch" });
    expect(fit.reason).toBeNull();
    expect(Math.min(...fit.residuals.map(Math.abs))).toBeLessThan(1e-15);
    const { evaluate } = garchLikelihood(path, spec);
    const random = seededRandom(seed);
    const errors = fit.names.map((name) => fit.stdErrors[name]!);
    for (const size of [1, 0.1, 0.01, 0.001]) {
      for (let k = 0; k < 40; k++) {
        const aside = fit.theta.map((v, i) => v + size * errors[i]! * (2 * random.next() - 1));
        expect(evaluate(aside)).toBeLessThan(fit.logLikelihood);
      }
    }
    const [below, above] = [new Float64Array(5), new Float64Array(5)];
    evaluate(
      fit.theta.map((v, i) => (i === 0 ? v - 1e-10 : v)),
      below,
    );
    evaluate(
      fit.theta.map((v, i) => (i === 0 ? v + 1e-10 : v)),
      above,
    );
    expect(below[0]!).toBeGreaterThan(0);
    expect(above[0]!).toBeLessThan(0);
    // the error of a mean is near deviation / sqrt(T), whatever the variance does
    const deviation = Math.sqrt(path.reduce((sum, r) => sum + r * r, 0) / 2500);
    expect(fit.stdErrors.mu! / (deviation / 50)).toBeGreaterThan(0.7);
    expect(fit.stdErrors.mu! / (deviation / 50)).toBeLessThan(1.1);
  });
});

describe("what cannot be fitted", () => {
  const random = seededRandom(5);
  const noise = Float64Array.from({ length: 800 }, () => random.next() - 0.5);

  it("is refused: too short, not finite, constant", () => {
    expect(() => fitGarch(noise.subarray(0, 99))).toThrow(/99 returns are too few.*at least 100/);
    expect(() => fitGarch([])).toThrow(/0 returns/);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => fitGarch(noise.map((r, t) => (t === 7 ? bad : r)))).toThrow(/return 8 of 800 is/);
    }
    for (const constant of [0, 0.01, 1e300, -3]) {
      expect(() => fitGarch(new Float64Array(200).fill(constant))).toThrow(/no variance to model/);
    }
  });

  it("is marked: a variance that only trends, one that does not answer to shocks", () => {
    // every shock as large as the one before: no ARCH effect at all
    const even = fitGarch(
      Float64Array.from({ length: 400 }, (_, t) => ((t * 7) % 10 < 5 ? 1 : -1)),
      { mean: "zero" },
    );
    expect(even.converged).toBe(false);
    expect(even.reason).toMatch(/\w{10}/);
    expect(Object.values(even.stdErrors).every((e) => e === null)).toBe(true);
    const rising = noise.map((r, t) => r * Math.exp(t / 80));
    const trend = fitGarch(rising);
    expect(trend.converged).toBe(false);
    expect(trend.reason).toMatch(/integrated|no peak/);
  });

  it("never passes without a peak: any series gives estimates with errors, a marked fit or a refusal", () => {
    const wild = fc.array(
      fc.oneof(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constant(0),
        fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
      ),
      { minLength: 100, maxLength: 140 },
    );
    fc.assert(
      fc.property(wild, fc.constantFrom("garch", "gjr", "egarch" as const), (values, kind) => {
        let fit: ReturnType<typeof fitGarch>;
        try {
          fit = fitGarch(values, { kind: kind as "garch" });
        } catch (thrown) {
          expect(String(thrown)).toMatch(/no variance/);
          return;
        }
        expect(fit.converged).toBe(fit.reason === null);
        expect(fit.volatility.every((s) => s > 0)).toBe(true);
        for (const name of fit.names) {
          if (!fit.converged) expect(fit.stdErrors[name]).toBeNull();
          else if (!fit.atBound.includes(name)) expect(fit.stdErrors[name]).toBeGreaterThan(0);
        }
      }),
      { numRuns: 25 },
    );
  });
});

it("isStationary: the triangle of an AR(2), Box and Jenkins (1970) 3.2.4", () => {
  expect(isStationary([0.99])).toBe(true);
  expect(isStationary([1])).toBe(false);
  expect(isStationary([0.5, 0.4])).toBe(true);
  expect(isStationary([0.7, 0.31])).toBe(false);
  expect(isStationary([-1.2, -0.5])).toBe(true);
  expect(isStationary([0.1, -1.1])).toBe(false);
});
